"""Voiceprints and scored trials whose numbers are known beforehand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from facesign.biometrics.resampling import TrialScores
from facesign.biometrics.voiceprint.voiceprint import Voiceprint

MODEL = "round@000000000000"


def voiceprint(
    *values: float,
    model: str = MODEL,
    net_speech_s: float = 10.0,
    snr_db: float | None = 30.0,
    bandwidth_hz: float | None = 8000.0,
) -> Voiceprint:
    """Return a voiceprint whose embedding points where the values do, zeros following."""
    embedding = direction(*values)
    return Voiceprint(embedding, model, net_speech_s, snr_db, bandwidth_hz)


def direction(*values: float) -> npt.NDArray[np.float32]:
    """Return 192 values of unit length, those given first."""
    padded = np.zeros(192, dtype=np.float32)
    padded[: len(values)] = values
    return padded / np.linalg.norm(padded)


def two_bells(n_speakers: int, n_each: int, *, distance: float = 4.0, seed: int = 0) -> TrialScores:
    """Return trials in two bells of deviation 1 around +distance/2 and -distance/2.

    The log-likelihood ratio of such a score is `distance` times the score.
    """
    rng = np.random.default_rng(seed)
    a = np.repeat(np.arange(n_speakers), 2 * n_each)
    is_genuine = np.tile(np.arange(2 * n_each) < n_each, n_speakers)
    other = (a + rng.integers(1, n_speakers, len(a))) % n_speakers
    middle: npt.NDArray[np.float64] = np.where(is_genuine, 0.5, -0.5) * distance
    score = rng.normal(middle, 1.0)
    return TrialScores(score, is_genuine, a, np.where(is_genuine, a, other))
