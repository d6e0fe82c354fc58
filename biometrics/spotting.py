"""How well spans in time were found: matching, F1, class scores, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.optimize import linear_sum_assignment

from facesign.biometrics.stream import BoolArray, FloatArray
from facesign.errors import ShapeError

__all__ = [
    "Interval",
    "Spotting",
    "calibration_error",
    "match",
    "strs",
    "uf1_uar",
]

Interval: TypeAlias = tuple[float, float]
"""Onset and offset in seconds."""


@dataclass(frozen=True, slots=True)
class Spotting:
    """Counts of true, found and rightly found spans; add them up over people."""

    n_true: int
    n_found: int
    n_hit: int

    def __add__(self, other: Spotting) -> Spotting:
        return Spotting(
            self.n_true + other.n_true, self.n_found + other.n_found, self.n_hit + other.n_hit
        )

    @property
    def precision(self) -> float:
        """Share of what was found that is true; NaN if nothing was found."""
        return self.n_hit / self.n_found if self.n_found else float("nan")

    @property
    def recall(self) -> float:
        """Share of what is true that was found; NaN if there was nothing to find."""
        return self.n_hit / self.n_true if self.n_true else float("nan")

    @property
    def f1(self) -> float:
        """Harmonic mean of the two, 0 without a hit; NaN where nothing is true or found."""
        both = self.n_true + self.n_found
        return 2 * self.n_hit / both if both else float("nan")


def match(
    found: Sequence[Interval], true: Sequence[Interval], *, least_iou: float = 0.5
) -> list[tuple[int, int]]:
    """Pair what was found with what is true, one to one, for the largest total overlap.

    Args:
        found: Spans that were found.
        true: Spans of the truth.
        least_iou: Intersection over union from which two spans are the same.

    Returns:
        Pairs of an index into `found` and one into `true`, by the first.

    Source: Li et al. 2022, "MEGC2022: ACM Multimedia 2022 Micro-Expression Grand
        Challenge": a spotted interval is true where its IoU is at least 0.5.
    """
    if not found or not true:
        return []
    a, b = np.array(found)[:, None, :], np.array(true)[None, :, :]
    both = np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0])
    either = np.maximum(a[..., 1], b[..., 1]) - np.minimum(a[..., 0], b[..., 0])
    iou = np.clip(both, 0, None) / np.maximum(either, 1e-12)
    rows, columns = linear_sum_assignment(np.where(iou >= least_iou, iou, 0.0), maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(i, j) for i, j in pairs if iou[i, j] >= least_iou]


def uf1_uar(
    true: Sequence[str], predicted: Sequence[str | None], classes: Sequence[str]
) -> tuple[float, float]:
    """Return unweighted F1 and unweighted average recall over the classes that occur.

    Args:
        true: Class of each sample.
        predicted: Class it was given; None for none, which counts as missed.
        classes: All classes.

    Raises:
        ShapeError: The two differ in length.

    Source: See et al. 2019, "MEGC 2019 - The Second Facial Micro-Expressions Grand
        Challenge", eqs. 1 to 4.
    """
    if len(true) != len(predicted):
        raise ShapeError("predicted", f"({len(true)},)", (len(predicted),))
    f1, recall = [], []
    for name in classes:
        n_true = sum(t == name for t in true)
        if not n_true:
            continue
        n_hit = sum(t == name == p for t, p in zip(true, predicted, strict=True))
        n_given = sum(p == name for p in predicted)
        f1.append(2 * n_hit / (n_true + n_given))
        recall.append(n_hit / n_true)
    if not f1:
        return float("nan"), float("nan")
    return float(np.mean(f1)), float(np.mean(recall))


def strs(spotting_f1: float, analysis_f1: float) -> float:
    """Return the spot-then-recognize score: the product of both F1.

    Source: Davison et al. 2023, "MEGC2023: ACM Multimedia 2023 ME Grand Challenge".
    """
    return spotting_f1 * analysis_f1


def calibration_error(probability: FloatArray, hit: BoolArray, *, n_bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width.

    Args:
        probability: In [0, 1], shape (n,).
        hit: Whether each came true, shape (n,).
        n_bins: How many bins.

    Returns:
        Mean of |share that came true - mean probability| over the samples; NaN without any.

    Source: Naeini, Cooper and Hauskrecht 2015, AAAI, section 3.
    """
    if probability.shape != hit.shape:
        raise ShapeError("hit", str(probability.shape), hit.shape)
    if not len(probability):
        return float("nan")
    which = np.minimum((probability * n_bins).astype(int), n_bins - 1)
    away = 0.0
    for bin_ in range(n_bins):
        inside = which == bin_
        if inside.any():
            away += inside.sum() * abs(hit[inside].mean() - probability[inside].mean())
    return float(away / len(probability))
