"""What voices in general score against a voiceprint, without any real person's embedding."""

from __future__ import annotations

import io
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.errors import ModelFileError, ShapeError

__all__ = ["N_NEAREST", "Cohort", "read_cohort"]

N_NEAREST = 100
"""Members that a voiceprint is normalised by: those most like it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Embeddings of voices that are nobody's: means over several people, or draws."""

    embeddings: FloatArray
    """Unit length, shape (n_members, n_values)."""
    model: str
    """The encoder that the voices come from, as `name@sha256`."""

    def __post_init__(self) -> None:
        if self.embeddings.ndim != 2 or len(self.embeddings) < 2:
            raise ShapeError("embeddings", "(2 or more, n_values)", self.embeddings.shape)

    def levels(self, embedding: FloatArray) -> tuple[float, float]:
        """Return mean and standard deviation of the cosines to the nearest members.

        Args:
            embedding: Unit length, shape (n_values,).

        Source: Matějka 2017 (adaptive symmetric normalisation, the nearest members of each side).
        """
        cosines = self.embeddings @ embedding
        n = min(N_NEAREST, len(cosines))
        nearest = np.partition(cosines, len(cosines) - n)[-n:].astype(np.float64)
        return float(nearest.mean()), max(float(nearest.std()), 1e-6)

    def __repr__(self) -> str:
        """Show the encoder and how many members, never their numbers."""
        return f"Cohort({self.model}, n_members={len(self.embeddings)})"


def read_cohort(content: bytes, name: str) -> Cohort:
    """Read a cohort from an `.npz` file, which cannot hold code.

    Args:
        content: The file, with arrays `embeddings` (n_members, n_values) and `model`, the
            encoder that it was made with, as `name@sha256`.
        name: What to call it in a message.

    Raises:
        ModelFileError: it is no such file.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            embeddings, model = held["embeddings"].astype(np.float32), str(held["model"])
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise ModelFileError(f"{name}: not a cohort: {error}") from error
    lengths = np.linalg.norm(embeddings, axis=-1, keepdims=True)
    return Cohort(embeddings / np.maximum(lengths, 1e-9), model)
