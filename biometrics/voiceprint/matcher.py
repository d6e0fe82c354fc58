"""Compare a probe with a person's references, calibrated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from facesign.biometrics.voiceprint.calibration import Calibration
from facesign.biometrics.voiceprint.cohort import Cohort
from facesign.biometrics.voiceprint.comparison import (
    Comparison,
    as_norm,
    compare,
    of_one_channel,
    pooled,
)
from facesign.biometrics.voiceprint.operating import (
    Decision,
    HasThreshold,
    OperatingPoint,
    decide,
)
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import CalibrationError, ItemError

__all__ = ["CalibratedMatcher"]


class CalibratedMatcher:
    """Compares voiceprints of one model.

    Args:
        calibration: Makes log-likelihood ratios of scores.
        points: Operating points by name, the default first.
        cohort: Normalises scores; None for the bare cosine.

    Raises:
        CalibrationError: the calibration was fitted with a cohort and there is none, or
            the other way round, or the two are of different models.
    """

    def __init__(
        self,
        calibration: Calibration,
        points: Mapping[str, OperatingPoint],
        cohort: Cohort | None = None,
    ) -> None:
        if (calibration.cohort_sha256 is None) != (cohort is None):
            raise CalibrationError("fitted with another cohort than the one given")
        if cohort is not None and cohort.model != calibration.model:
            raise CalibrationError(f"is for {calibration.model}, the cohort for {cohort.model}")
        self.calibration = calibration
        self.points = points
        self._cohort = cohort

    @property
    def model(self) -> str:
        """The encoder whose voiceprints are compared, as `name@sha256`."""
        return self.calibration.model

    def compare(self, references: Sequence[Voiceprint], probe: Voiceprint) -> Comparison:
        """Compare a probe with the references of one person.

        Raises:
            TemplateMismatchError: they are not all of one model.
            ItemError: there is no reference.
        """
        if not references:
            raise ItemError("references", "one or more", "none")
        near = of_one_channel(references, probe)
        score = pooled([self._score(one, probe) for one in near])
        held = replace(
            near[0],
            net_speech_s=sum(one.net_speech_s for one in near),
            snr_db=max((one.snr_db for one in near if one.snr_db is not None), default=None),
        )
        return Comparison(score, self.calibration.llr(score, held, probe))

    def decide(self, llr: float, point: HasThreshold, probe: Voiceprint) -> Decision:
        """Decide at an operating point."""
        return decide(llr, point, probe)

    def _score(self, reference: Voiceprint, probe: Voiceprint) -> float:
        if self._cohort is None:
            return compare(reference, probe)
        return as_norm(reference, probe, self._cohort)
