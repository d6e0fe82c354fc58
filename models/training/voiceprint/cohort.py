"""Cohorts that hold no real person's embedding, and the real one to compare them with."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.cluster.vq import kmeans2

from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.cohort import Cohort

SEED = 20261125
N_DRAWS = 400
LEAST_MEMBERS = 5
SHRINK = 0.2
"""Share of the covariance that is spread evenly: there are twice as many people as values."""

Embeddings = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Remembering(Cohort):
    """A cohort that works out what it scores against a voiceprint once."""

    known: dict[bytes, tuple[float, float]] = field(default_factory=dict, repr=False)

    def levels(self, embedding: FloatArray) -> tuple[float, float]:
        """Return what the cohort does."""
        key = embedding.tobytes()
        if key not in self.known:
            self.known[key] = Cohort.levels(self, embedding)
        return self.known[key]


def speaker_means(embeddings: Embeddings, speaker: npt.NDArray[np.intp]) -> Embeddings:
    """Return the mean direction of each speaker's voiceprints, (n_speakers, n_values)."""
    return _unit(np.stack([embeddings[speaker == one].mean(axis=0) for one in np.unique(speaker)]))


def real(means: Embeddings) -> Embeddings:
    """Return the people themselves; never shipped."""
    return means


def clusters(means: Embeddings) -> Embeddings:
    """Return centres of clusters of five speakers or more; smaller ones join the nearest."""
    rng = np.random.default_rng(SEED)
    n_clusters = max(2, len(means) // (2 * LEAST_MEMBERS))
    centres, label = kmeans2(means, n_clusters, minit="++", seed=rng)
    while True:
        size = np.bincount(label, minlength=len(centres))
        small = np.flatnonzero(size < LEAST_MEMBERS)
        if not len(small):
            break
        gone = small[np.argmin(size[small])]
        centres = np.delete(centres, gone, axis=0)
        label = np.argmax(means @ _unit(centres).T, axis=1)
        centres = np.stack(
            [means[label == i].mean(axis=0) for i in range(len(centres)) if np.any(label == i)]
        )
        label = np.argmax(means @ _unit(centres).T, axis=1)
    return _unit(centres)


def mixture(means: Embeddings) -> Embeddings:
    """Return draws from a mixture of two bells, as high and low voices are.

    Only mean and covariance over dozens of people enter; a draw that comes nearer to a
    person than people come to each other is drawn again.
    """
    rng = np.random.default_rng(SEED)
    _, label = kmeans2(means, 2, minit="++", seed=rng)
    between = means @ means.T - 2.0 * np.eye(len(means))
    nearest = float(np.quantile(between.max(axis=1), 0.5))
    found: list[Embeddings] = []
    for part in (0, 1):
        held = means[label == part]
        middle, covariance = held.mean(axis=0), np.cov(held, rowvar=False)
        even = np.eye(len(middle)) * np.trace(covariance) / len(middle)
        covariance = (1.0 - SHRINK) * covariance + SHRINK * even
        n_wanted = round(N_DRAWS * len(held) / len(means))
        kept = np.zeros((0, len(middle)))
        while len(kept) < n_wanted:
            draws = _unit(rng.multivariate_normal(middle, covariance, size=N_DRAWS))
            kept = np.concatenate([kept, draws[(draws @ means.T).max(axis=1) < nearest]])
        found.append(kept[:n_wanted])
    return np.concatenate(found)


KINDS: dict[str, Callable[[Embeddings], Embeddings]] = {
    "real": real,
    "clusters": clusters,
    "mixture": mixture,
}


def packed(embeddings: Embeddings, model: str) -> bytes:
    """Return the file that ships."""
    file = io.BytesIO()
    np.savez_compressed(file, embeddings=embeddings.astype(np.float16), model=np.array(model))
    return file.getvalue()


def _unit(vectors: Embeddings) -> Embeddings:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
