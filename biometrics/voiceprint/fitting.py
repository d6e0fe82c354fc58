"""Calibrate on a list of trials, and measure on speakers that the fit has not heard."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from facesign.biometrics.error_rates import det
from facesign.biometrics.resampling import UNKNOWN_SPEAKER, TrialScores
from facesign.biometrics.stream import TimeArray
from facesign.biometrics.voiceprint.calibration import Calibration, Terms, fit_calibration
from facesign.biometrics.voiceprint.operating import least_fmr
from facesign.errors import CalibrationError

__all__ = ["LEAST_PAIRS", "LEAST_SPEAKERS", "fmr_thresholds", "held_out_llrs", "require_enough"]

LEAST_SPEAKERS = 10
LEAST_PAIRS = 60
"""Pairs of impostors: fewer cannot show a false match rate of 5 %."""
TARGETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""False match rates to look for in trials; the first that they can show is the default."""
STRICTER = (0.0005, 0.0002, 0.0001)
"""Further ones, for searches in a gallery."""
_REPEATS = 10


def require_enough(trials: TrialScores) -> None:
    """Check that trials can carry a calibration.

    Raises:
        CalibrationError: there are too few speakers, pairs, or genuine trials.
    """
    found = trials.n_speakers, trials.n_impostor_pairs, len(trials.genuine)
    needed = LEAST_SPEAKERS, LEAST_PAIRS, LEAST_SPEAKERS
    if any(n < least for n, least in zip(found, needed, strict=True)):
        sides = (trials.speaker_a, trials.speaker_b)
        unknown = any((side == UNKNOWN_SPEAKER).any() for side in sides)
        raise CalibrationError(
            f"{found[0]} speakers, {found[1]} pairs of impostors and {found[2]} genuine trials; "
            f"expected at least {needed[0]}, {needed[1]} and {needed[2]}"
            + ("; add columns speaker_a and speaker_b that say who speaks" if unknown else "")
        )


def held_out_llrs(terms: Terms, trials: TrialScores, *, seed: int = 0) -> TimeArray:
    """Return log-likelihood ratios from fits on other speakers.

    Speakers are halved ten times; a trial between speakers of one half is read by the fit
    on the other half, and its readings are averaged.

    Args:
        terms: Shape (n_trials, n_terms).
        trials: Who speaks in each.
        seed: Makes the halves the same each time.

    Returns:
        Shape (n_trials,); NaN for a pair of speakers that never shared a half.
    """
    speakers = np.union1d(trials.speaker_a, trials.speaker_b)
    rng = np.random.default_rng(seed)
    total, count = np.zeros(len(terms)), np.zeros(len(terms))
    for _ in range(_REPEATS):
        half = set(rng.permutation(speakers)[: len(speakers) // 2].tolist())
        in_a = np.array([speaker in half for speaker in trials.speaker_a.tolist()])
        in_b = np.array([speaker in half for speaker in trials.speaker_b.tolist()])
        for fitted, read in ((in_a & in_b, ~in_a & ~in_b), (~in_a & ~in_b, in_a & in_b)):
            line = _fit(terms[fitted], trials.only(fitted))
            if line is not None:
                total[read] += line.llrs(terms[read])
                count[read] += 1
    return np.where(count > 0, total / np.maximum(count, 1), math.nan)


def fmr_thresholds(trials: TrialScores, targets: Sequence[float] = ()) -> Mapping[str, float]:
    """Return the lowest threshold that keeps each false match rate, the default first.

    Args:
        trials: Log-likelihood ratios of trials.
        targets: False match rates to look for; by default those that the trials can show.
    """
    least = least_fmr(trials.n_impostor_pairs)
    wanted = targets or [rate for rate in (*TARGETS, *STRICTER) if rate >= least]
    curve = det(trials.genuine, trials.impostor)
    found = {}
    for rate in wanted:
        threshold = float(curve.threshold[np.argmax(curve.fmr <= rate)])
        if math.isfinite(threshold):
            found[f"fmr-{rate:g}"] = threshold
    return found


def _fit(terms: npt.NDArray[np.float64], trials: TrialScores) -> Calibration | None:
    try:
        return fit_calibration(terms, trials.is_genuine, model="", fitted_on="half of the speakers")
    except CalibrationError:
        return None
