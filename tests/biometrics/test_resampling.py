from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.error_rates import eer
from facesign.biometrics.resampling import TrialScores, speaker_interval
from facesign.errors import ShapeError


def trials(n_speakers: int, n_each: int, *, spread: float, seed: int = 0) -> TrialScores:
    """Genuine and impostor trials whose scores differ by speaker, and little within one."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.0, spread, n_speakers)
    a = np.repeat(np.arange(n_speakers), 2 * n_each)
    is_genuine = np.tile(np.arange(2 * n_each) < n_each, n_speakers)
    b = np.where(is_genuine, a, (a + rng.integers(1, n_speakers, len(a))) % n_speakers)
    score = level[a] + is_genuine * 2.0 + rng.normal(0.0, 0.5, len(a))
    return TrialScores(score, is_genuine, a, b)


def test_pairs_of_speakers_are_counted_once_whichever_comes_first() -> None:
    made = TrialScores(
        np.zeros(5),
        np.array([False, False, False, True, False]),
        np.array([1, 2, 1, 3, 1]),
        np.array([2, 1, 3, 3, 2]),
    )
    assert made.n_impostor_pairs == 2
    assert made.n_speakers == 3


def test_the_interval_holds_the_value() -> None:
    made = trials(30, 10, spread=1.0)
    low, high = speaker_interval(made, eer) or (1.0, 0.0)
    assert low < eer(made.genuine, made.impostor) < high


def test_more_trials_of_the_same_speakers_do_not_narrow_the_interval() -> None:
    """The spread lies between the speakers: forty trials of each tell little more than ten."""

    def width(n_each: int) -> float:
        low, high = speaker_interval(trials(20, n_each, spread=1.0), eer) or (0.0, 0.0)
        return high - low

    assert width(40) > 0.7 * width(10)


def test_more_speakers_narrow_the_interval() -> None:
    def width(n_speakers: int) -> float:
        low, high = speaker_interval(trials(n_speakers, 8, spread=1.0), eer) or (0.0, 0.0)
        return high - low

    assert width(160) < 0.6 * width(20)


def test_the_same_seed_gives_the_same_interval() -> None:
    made = trials(12, 5, spread=0.5)
    assert speaker_interval(made, eer, seed=3) == speaker_interval(made, eer, seed=3)


def test_two_speakers_have_no_interval() -> None:
    assert speaker_interval(trials(2, 5, spread=0.5), eer) is None


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"speaker_b must have shape \(2,\)"):
        TrialScores(np.zeros(2), np.ones(2, bool), np.zeros(2, int), np.zeros(3, int))
