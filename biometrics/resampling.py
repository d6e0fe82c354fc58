"""Intervals of error rates by resampling speakers, since trials of one voice are alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from facesign.biometrics.error_rates import Scores
from facesign.errors import ShapeError

__all__ = ["UNKNOWN_SPEAKER", "Statistic", "TrialScores", "speaker_interval"]

UNKNOWN_SPEAKER = -1
"""Number of everybody who may be one of the other speakers, or one another."""

Statistic: TypeAlias = Callable[[Scores, Scores], float]
"""From the scores of genuine and of impostor trials to one number."""


@dataclass(frozen=True, slots=True, eq=False)
class TrialScores:
    """Scored trials and whose voices they compare; every array has shape (n_trials,)."""

    score: Scores
    is_genuine: npt.NDArray[np.bool_]
    speaker_a: npt.NDArray[np.intp]
    """Number of the speaker on the reference's side, or UNKNOWN_SPEAKER."""
    speaker_b: npt.NDArray[np.intp]
    """Number of the speaker on the probe's side."""

    def __post_init__(self) -> None:
        for name in ("is_genuine", "speaker_a", "speaker_b"):
            if getattr(self, name).shape != self.score.shape:
                raise ShapeError(name, f"({len(self.score)},)", getattr(self, name).shape)

    @property
    def genuine(self) -> Scores:
        """Scores of the genuine trials."""
        return self.score[self.is_genuine]

    @property
    def impostor(self) -> Scores:
        """Scores of the impostor trials."""
        return self.score[~self.is_genuine]

    @property
    def n_speakers(self) -> int:
        """How many speakers there are for certain."""
        speakers = np.union1d(self.speaker_a, self.speaker_b)
        return int(np.count_nonzero(speakers != UNKNOWN_SPEAKER))

    @property
    def n_impostor_pairs(self) -> int:
        """How many different pairs of speakers the impostor trials compare for certain."""
        pairs = np.sort(np.stack([self.speaker_a, self.speaker_b], axis=1), axis=1)
        known = (pairs != UNKNOWN_SPEAKER).all(axis=1) & (pairs[:, 0] != pairs[:, 1])
        return len(np.unique(pairs[known & ~self.is_genuine], axis=0))

    def only(self, which: npt.NDArray[np.bool_]) -> TrialScores:
        """Return some of the trials, shape (n_trials,)."""
        return TrialScores(
            self.score[which],
            self.is_genuine[which],
            self.speaker_a[which],
            self.speaker_b[which],
        )


def speaker_interval(
    trials: TrialScores,
    statistic: Statistic,
    *,
    coverage: float = 0.95,
    n_resamples: int = 500,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Return the interval of a statistic over draws of as many speakers, with replacement.

    A trial counts as often as its speaker was drawn, an impostor trial as often as both
    of its speakers were drawn together.

    Args:
        trials: Scored trials.
        statistic: What is measured.
        coverage: Share of the draws that the interval holds.
        n_resamples: How often speakers are drawn.
        seed: Makes the draws the same each time.

    Returns:
        Its ends; None where there are under three speakers or most draws hold trials of
        one kind alone.

    Source: Poh, Martin and Bengio 2007 (user-specific bootstrap).
    """
    speakers, where = np.unique(
        np.concatenate([trials.speaker_a, trials.speaker_b]), return_inverse=True
    )
    if len(speakers) < 3:
        return None
    first, second = where[: len(trials.score)], where[len(trials.score) :]
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n_resamples):
        drawn = np.bincount(
            rng.integers(len(speakers), size=len(speakers)), minlength=len(speakers)
        )
        times = np.where(trials.is_genuine, drawn[first], drawn[first] * drawn[second])
        again = np.repeat(np.arange(len(times)), times)
        score, is_genuine = trials.score[again], trials.is_genuine[again]
        genuine, impostor = score[is_genuine], score[~is_genuine]
        if len(genuine) and len(impostor):
            found.append(statistic(genuine, impostor))
    if len(found) <= n_resamples / 2:
        return None
    tail = 50.0 * (1.0 - coverage)
    low, high = np.percentile(found, [tail, 100.0 - tail])
    return float(low), float(high)
