"""The figures of one set of scored trials."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from voiceprint_lists import DevList

from facesign.biometrics.error_rates import Scores, cllr, det, eer, min_cllr, min_dcf
from facesign.biometrics.resampling import Statistic, TrialScores, speaker_interval

__all__ = ["figures", "of_each"]

FEW_SPEAKERS, FEW_TRIALS = 5, 20
"""An error rate of fewer speakers or trials speaks of those alone, and is not given."""
DET_FNMR_AT = (0.2, 0.1, 0.05, 0.02)


def figures(trials: TrialScores, *, calibrated: bool = False) -> dict[str, Any]:
    """Return counts, error rates and intervals; a kind of trial that is missing has none.

    Args:
        trials: Scores or log-likelihood ratios.
        calibrated: Whether they are likelihood ratios, and what they cost means something.
    """
    counts = {
        "n_genuine": len(trials.genuine),
        "n_impostor": len(trials.impostor),
        "n_impostor_pairs": trials.n_impostor_pairs,
        "n_speakers": trials.n_speakers,
    }
    fewest = min(len(trials.genuine), len(trials.impostor))
    if fewest < FEW_TRIALS or trials.n_speakers < FEW_SPEAKERS:
        return {**counts, "eer": None}
    found = {
        **counts,
        **_with_interval("eer", trials, eer),
        "min_dcf_0.01": _rounded(min_dcf(trials.genuine, trials.impostor)),
        "min_cllr": _rounded(min_cllr(trials.genuine, trials.impostor)),
    }
    if calibrated:
        found |= _with_interval("cllr", trials, cllr)
        found["det"] = _det(trials.genuine, trials.impostor)
    return found


def of_each(
    listed: DevList, systems: dict[str, npt.NDArray[np.float64]], which: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    """Return the figures of some trials for each system."""
    return {name: figures(listed.scores(values, which)) for name, values in systems.items()}


def _with_interval(name: str, trials: TrialScores, statistic: Statistic) -> dict[str, Any]:
    interval = speaker_interval(trials, statistic)
    return {
        name: _rounded(statistic(trials.genuine, trials.impostor)),
        f"{name}_interval_95": interval and [_rounded(end) for end in interval],
    }


def _det(genuine: Scores, impostor: Scores) -> list[dict[str, float]]:
    """Return FNMR at some FMR: the curve in the few numbers that so few pairs allow."""
    curve = det(genuine, impostor)
    rows = [(rate, int(np.argmax(curve.fmr <= rate))) for rate in DET_FNMR_AT]
    return [{"fmr": rate, "fnmr": _rounded(float(curve.fnmr[i]))} for rate, i in rows]


def _rounded(value: float) -> float:
    return round(value, 4)
