"""From a comparison score to a log-likelihood ratio, by how much and how clear the speech was."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import BoolArray, TimeArray
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import CalibrationError

__all__ = ["SCHEMA", "TERMS", "Calibration", "fit_calibration", "terms_of"]

SCHEMA = 1
TERMS = ("score", "log_shorter_speech", "log_longer_speech", "noisier_snr_10_db")
_SPEECH_S = (0.5, 60.0)
"""Less speech is no voiceprint; more changes an embedding no further."""
_SNR_DB = (0.0, 40.0)
_PENALTY = 1e-3
"""Ridge on the weights of standardised terms: keeps terms that hardly vary at zero."""

Terms = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A line through score and quality, whose value is a log-likelihood ratio.

    Source: Mandasari 2013 (quality measures beside the score).
    """

    model: str
    """The encoder that it is for, as `name@sha256`."""
    intercept: float
    weights: tuple[float, ...]
    """One for each of `TERMS`."""
    centre: tuple[float, ...]
    """Mean of each term where it was fitted; stands in for a term that is not known."""
    fitted_on: str
    """The trials that it was fitted on, in words."""
    n_genuine: int
    n_impostor: int
    cohort_sha256: str | None = None
    """Hash of the cohort that normalises the score; None for the bare cosine."""

    def llr(self, score: float, reference: Voiceprint, probe: Voiceprint) -> float:
        """Return the natural logarithm of the likelihood ratio of one and of two voices."""
        return float(self.llrs(terms_of(score, reference, probe)[None])[0])

    def llrs(self, terms: Terms) -> TimeArray:
        """Return one log-likelihood ratio per row of terms, shape (n_trials, n_terms)."""
        known = np.where(np.isnan(terms), self.centre, terms)
        return np.asarray((known - self.centre) @ np.asarray(self.weights) + self.intercept)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {"schema": SCHEMA, "terms": list(TERMS), **asdict(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Calibration:
        """Read what `to_dict` wrote.

        Raises:
            CalibrationError: it is of another schema, or something is missing.
        """
        if values.get("schema") != SCHEMA or tuple(values.get("terms", ())) != TERMS:
            raise CalibrationError("written by another version; run facesign voice calibrate")
        try:
            held = {name: values[name] for name in cls.__dataclass_fields__}
            held |= {name: tuple(map(float, held[name])) for name in ("weights", "centre")}
        except (KeyError, TypeError, ValueError) as error:
            raise CalibrationError(f"{error} is missing or no number") from error
        return cls(**held)


def terms_of(score: float, reference: Voiceprint, probe: Voiceprint) -> Terms:
    """Return the terms of one comparison, shape (n_terms,); NaN where one is not known."""
    shorter, longer = sorted(
        min(max(one.net_speech_s, _SPEECH_S[0]), _SPEECH_S[1]) for one in (reference, probe)
    )
    known = [one.snr_db for one in (reference, probe) if one.snr_db is not None]
    snr = min(max(min(known), _SNR_DB[0]), _SNR_DB[1]) / 10.0 if known else math.nan
    return np.array([score, math.log(shorter), math.log(longer), snr])


def fit_calibration(
    terms: Terms,
    is_genuine: BoolArray,
    *,
    model: str,
    fitted_on: str,
    cohort_sha256: str | None = None,
) -> Calibration:
    """Fit by logistic regression, genuine and impostor trials weighing a half each.

    Args:
        terms: From `terms_of`, shape (n_trials, n_terms).
        is_genuine: Shape (n_trials,).
        model: The encoder, as `name@sha256`.
        fitted_on: The trials, in words.
        cohort_sha256: Of the cohort that normalised the scores.

    Raises:
        CalibrationError: trials of one kind are missing, or genuine trials do not score
            higher than impostor trials.
    """
    from scipy.optimize import minimize

    n_genuine, n_impostor = int(is_genuine.sum()), int((~is_genuine).sum())
    if not n_genuine or not n_impostor:
        raise CalibrationError(f"{n_genuine} genuine and {n_impostor} impostor trials")
    known = ~np.isnan(terms)
    centre = np.where(known, terms, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, terms - centre, 0.0)
    scale = np.where(centred.std(axis=0) > 1e-9, centred.std(axis=0), np.inf)
    inputs = centred / scale
    sign = np.where(is_genuine, 1.0, -1.0)
    weight = np.where(is_genuine, 0.5 / n_genuine, 0.5 / n_impostor)

    def loss(line: Terms) -> tuple[float, Terms]:
        margin = sign * (inputs @ line[1:] + line[0])
        pull = -weight * sign / (1.0 + np.exp(np.clip(margin, -500.0, 500.0)))
        slope = np.append(pull.sum(), inputs.T @ pull + _PENALTY * line[1:])
        ridge = 0.5 * _PENALTY * float(line[1:] @ line[1:])
        return float(weight @ np.logaddexp(0.0, -margin)) + ridge, slope

    line = minimize(loss, np.zeros(terms.shape[1] + 1), jac=True, method="L-BFGS-B").x
    if line[1] <= 0.0:
        raise CalibrationError("genuine trials do not score higher than impostor trials")
    return Calibration(
        model=model,
        intercept=float(line[0]),
        weights=_floats(line[1:] / scale),
        centre=_floats(centre),
        fitted_on=fitted_on,
        n_genuine=n_genuine,
        n_impostor=n_impostor,
        cohort_sha256=cohort_sha256,
    )


def _floats(values: Sequence[float] | Terms) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
