"""Error rates of comparisons: DET, EER, detection cost, and the cost of likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import TimeArray
from facesign.errors import ItemError, ShapeError

__all__ = ["Det", "Scores", "cllr", "det", "eer", "fmr_at", "fnmr_at", "min_cllr", "min_dcf"]

Scores: TypeAlias = npt.NDArray[np.float32] | npt.NDArray[np.float64]
"""Comparison scores; higher means more alike."""


@dataclass(frozen=True, slots=True, eq=False)
class Det:
    """Both error rates at every threshold that makes a difference."""

    threshold: TimeArray
    """Least score of a match, increasing, shape (n,); the last is infinite."""
    fmr: TimeArray
    """Share of the impostor trials that match, falling, shape (n,)."""
    fnmr: TimeArray
    """Share of the genuine trials that do not, rising, shape (n,)."""


def det(genuine: Scores, impostor: Scores) -> Det:
    """Measure both error rates at every score.

    Args:
        genuine: Scores of genuine trials, shape (n_genuine,).
        impostor: Scores of impostor trials, shape (n_impostor,).

    Raises:
        ShapeError: one of them is empty or not of one axis.
        ItemError: one of them holds what is no number.
    """
    genuine, impostor = _sorted("genuine", genuine), _sorted("impostor", impostor)
    threshold = np.append(np.unique(np.concatenate([genuine, impostor])), np.inf)
    return Det(
        threshold,
        1.0 - np.searchsorted(impostor, threshold) / len(impostor),
        np.searchsorted(genuine, threshold) / len(genuine),
    )


def fmr_at(threshold: float, impostor: Scores) -> float:
    """Return the share of impostor trials that match: score at or over the threshold."""
    return float(np.mean(_sorted("impostor", impostor) >= threshold))


def fnmr_at(threshold: float, genuine: Scores) -> float:
    """Return the share of genuine trials that do not match: score under the threshold."""
    return float(np.mean(_sorted("genuine", genuine) < threshold))


def eer(genuine: Scores, impostor: Scores) -> float:
    """Return the error rate at which FMR and FNMR are equal, 0 to 1.

    Between two thresholds both rates run along a line, so that tied scores count as they
    would on average if the tie were broken at random.

    Raises:
        ShapeError: one of them is empty or not of one axis.
        ItemError: one of them holds what is no number.
    """
    curve = det(genuine, impostor)
    gap = curve.fnmr - curve.fmr
    after = int(np.argmax(gap >= 0.0))
    if after == 0:
        return float(curve.fmr[0])
    before = after - 1
    share = -gap[before] / (gap[after] - gap[before])
    return float(curve.fmr[before] + share * (curve.fmr[after] - curve.fmr[before]))


def min_dcf(genuine: Scores, impostor: Scores, *, prior: float = 0.01) -> float:
    """Return the least detection cost over all thresholds, both errors costing the same.

    Args:
        genuine: Scores of genuine trials.
        impostor: Scores of impostor trials.
        prior: Probability of a genuine trial, between 0 and 1.

    Returns:
        Cost relative to deciding without looking at the voice: 0 to 1.

    Source: Doddington 2000 (the cost of NIST's evaluations).
    """
    if not 0.0 < prior < 1.0:
        raise ItemError("prior", "between 0 and 1", str(prior))
    curve = det(genuine, impostor)
    cost = prior * curve.fnmr + (1.0 - prior) * curve.fmr
    return float(cost.min() / min(prior, 1.0 - prior))


def cllr(genuine: Scores, impostor: Scores) -> float:
    """Return what likelihood ratios cost, in bits: 0 is perfect, 1 as good as none.

    Args:
        genuine: Log-likelihood ratios of genuine trials, natural logarithm.
        impostor: Those of impostor trials.

    Raises:
        ShapeError: one of them is empty or not of one axis.
        ItemError: one of them holds what is no number.

    Source: Brümmer and du Preez 2006.
    """
    genuine, impostor = _sorted("genuine", genuine), _sorted("impostor", impostor)
    missed = np.logaddexp(0.0, -genuine).mean()
    matched = np.logaddexp(0.0, impostor).mean()
    return float((missed + matched) / (2.0 * np.log(2.0)))


def min_cllr(genuine: Scores, impostor: Scores) -> float:
    """Return the cost, in bits, of the best likelihood ratios that rise with these scores.

    Raises:
        ShapeError: one of them is empty or not of one axis.
        ItemError: one of them holds what is no number.

    Source: Brümmer and du Preez 2006 (pool adjacent violators).
    """
    from scipy.optimize import isotonic_regression

    genuine, impostor = _sorted("genuine", genuine), _sorted("impostor", impostor)
    scores, where = np.unique(np.concatenate([genuine, impostor]), return_inverse=True)
    # Each side weighs a half, and a tie is one step for both sides.
    n_scores = len(scores)
    of_genuine = np.bincount(where[: len(genuine)], minlength=n_scores) / len(genuine)
    of_impostor = np.bincount(where[len(genuine) :], minlength=n_scores) / len(impostor)
    weight = of_genuine + of_impostor
    posterior = isotonic_regression(of_genuine / weight, weights=weight).x
    bits = _entropy_bits(of_genuine, posterior) + _entropy_bits(of_impostor, 1.0 - posterior)
    return float(bits) / 2.0


def _entropy_bits(weight: TimeArray, probability: TimeArray) -> float:
    held = weight > 0.0
    return float(-(weight[held] * np.log2(np.clip(probability[held], 1e-300, 1.0))).sum())


def _sorted(name: str, scores: Scores) -> TimeArray:
    if scores.ndim != 1 or not len(scores):
        raise ShapeError(name, "(n_trials,), one or more", scores.shape)
    if np.isnan(scores).any():
        raise ItemError(name, "numbers", f"{np.count_nonzero(np.isnan(scores))} NaN")
    return np.sort(scores).astype(np.float64)
