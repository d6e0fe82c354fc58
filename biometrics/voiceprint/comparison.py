"""How alike two voices are: cosine, normalised by a cohort, over several references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.voice.quality import NARROW_HZ
from facesign.biometrics.voiceprint.cohort import Cohort
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import ItemError, TemplateMismatchError

__all__ = ["N_BEST", "Comparison", "as_norm", "compare", "of_one_channel", "pooled"]

N_BEST = 2
"""References of one person whose scores are averaged: measured against one, all and their mean
embedding in benchmarks/results/voiceprint.json."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A probe against the references of one person."""

    score: float
    """Comparison score: the cosine, normalised where there is a cohort."""
    llr: float | None
    """Calibrated log-likelihood ratio, natural logarithm; None without a calibration."""


def compare(a: Voiceprint, b: Voiceprint) -> float:
    """Return the cosine of two voiceprints, -1 to 1.

    Raises:
        TemplateMismatchError: they are of two models.
    """
    if a.model != b.model:
        raise TemplateMismatchError(a.model, b.model)
    return float(a.embedding @ b.embedding)


def as_norm(a: Voiceprint, b: Voiceprint, cohort: Cohort) -> float:
    """Return the cosine in standard deviations over what other voices score against each.

    Raises:
        TemplateMismatchError: the two and the cohort are not of one model.

    Source: Matějka 2017.
    """
    cosine = compare(a, b)
    if cohort.model != a.model:
        raise TemplateMismatchError(cohort.model, a.model)
    (mean_a, std_a), (mean_b, std_b) = cohort.levels(a.embedding), cohort.levels(b.embedding)
    return 0.5 * ((cosine - mean_a) / std_a + (cosine - mean_b) / std_b)


def pooled(scores: Sequence[float], *, n_best: int = N_BEST) -> float:
    """Return the mean of the highest scores of one person's references.

    Raises:
        ItemError: there are none.
    """
    if not scores:
        raise ItemError("scores", "one or more", "none")
    return float(np.mean(sorted(scores)[-n_best:]))


def of_one_channel(references: Sequence[Voiceprint], probe: Voiceprint) -> list[Voiceprint]:
    """Return the references that came through a band like the probe's, or all if none did.

    A telephone takes away what a voice has above 4 kHz; a reference through the same kind
    of channel is compared with what is left.
    """
    same = [one for one in references if _is_narrow(one) == _is_narrow(probe)]
    return same or list(references)


def _is_narrow(voiceprint: Voiceprint) -> bool:
    return voiceprint.bandwidth_hz is not None and voiceprint.bandwidth_hz < NARROW_HZ
