"""Embeddings of real people for the benchmarks of the gallery, and people drawn around them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray, Sound
from facesign.biometrics.voiceprint.encoder import Encoder
from facesign.interview.media.container import open_sound
from facesign.interview.media.tracks import SoundTrack

__all__ = ["People", "Population", "real_people", "sound_of"]

IntArray = npt.NDArray[np.int64]
SHRINK = 0.1
"""Share of a round cloud in each covariance: 71 people span only 70 directions."""


@dataclass(frozen=True, eq=False)
class People:
    """Utterances of real people."""

    embeddings: FloatArray
    """Unit length, shape (n_utterances, 192)."""
    speaker: IntArray
    """Number of who speaks, shape (n_utterances,)."""
    names: tuple[str, ...]
    corpora: tuple[str, ...]
    """Of each speaker."""
    paths: tuple[str, ...]
    """Of each utterance, as trials.csv names it."""


def real_people(data: Path, encoder: Encoder) -> People:
    """Embed every utterance of speech/dev, pauses left in."""
    folder = data / "speech" / "dev"
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = tuple(sorted({row["speaker"] for row in rows}))
    corpus_of = {row["speaker"]: row["corpus"] for row in rows}
    embeddings = [encoder.embed(sound_of(folder / row["path"])) for row in rows]
    return People(
        embeddings=np.stack(embeddings),
        speaker=np.array([names.index(row["speaker"]) for row in rows]),
        names=names,
        corpora=tuple(corpus_of[name] for name in names),
        paths=tuple(row["path"] for row in rows),
    )


class Population:
    """People drawn around real ones: as far apart, and each as varied, as they are.

    Args:
        people: Whom to draw around.
        rng: Draws.
    """

    def __init__(self, people: People, rng: np.random.Generator) -> None:
        groups = [people.embeddings[people.speaker == i] for i in range(len(people.names))]
        means = np.stack([group.mean(axis=0) for group in groups])
        scatter = np.concatenate([group - group.mean(axis=0) for group in groups])
        within = scatter.T @ scatter / (len(scatter) - len(groups))
        # A mean over few utterances varies with the person and with the utterances.
        n_mean = len(scatter) / len(groups)
        self._centre = means.mean(axis=0)
        self._between = _root(np.cov(means.T) - within / n_mean)
        self._within = _root(within)
        self._rng = rng

    def centres(self, n_people: int) -> FloatArray:
        """Draw people, shape (n_people, 192)."""
        drawn = self._rng.standard_normal((n_people, len(self._centre)), dtype=np.float32)
        return self._centre + drawn @ self._between

    def utterances(self, centres: FloatArray) -> FloatArray:
        """Draw one utterance of each person, unit length, shape (n_people, 192)."""
        drawn = self._rng.standard_normal(centres.shape, dtype=np.float32)
        said = centres + drawn @ self._within
        return np.asarray(said / np.linalg.norm(said, axis=1, keepdims=True), np.float32)


def _root(covariance: npt.NDArray[Any]) -> FloatArray:
    values, axes = np.linalg.eigh(covariance)
    values = np.maximum(values, 0.0)
    values = (1.0 - SHRINK) * values + SHRINK * values.mean()
    return np.asarray((axes * np.sqrt(values)).T, np.float32)


def sound_of(path: Path) -> FloatArray:
    """Return the samples of a file."""
    reader = open_sound(path)
    if reader is None:
        raise ValueError(f"{path.name} holds no sound")
    track = SoundTrack(reader, "mixed")
    track.start()
    pieces = [item.samples for item in track if isinstance(item, Sound)]
    reader.close()
    return np.concatenate(pieces)
