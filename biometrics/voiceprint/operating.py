"""Where a likelihood ratio becomes an answer, and how often that answer was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol, TypeAlias

from facesign.biometrics.error_rates import fmr_at, fnmr_at
from facesign.biometrics.resampling import TrialScores, speaker_interval
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import CalibrationError

__all__ = [
    "LEAST_SPEECH_S",
    "NOT_VALIDATED",
    "Decision",
    "HasThreshold",
    "OperatingPoint",
    "decide",
    "least_fmr",
    "measured_points",
]

Decision: TypeAlias = Literal["match", "no_match", "inconclusive"]

LEAST_SPEECH_S = 1.0
"""Net speech of a probe below which nothing is decided."""
NOT_VALIDATED = "not validated for Mandarin, dialects, telephone or people over 60"
"""What is said of points that were not measured on a bank's own trials."""


class HasThreshold(Protocol):
    """All that a decision asks of an operating point."""

    @property
    def threshold(self) -> float:
        """Least log-likelihood ratio of a match, natural logarithm."""
        ...


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold with the errors that were counted at it."""

    name: str
    threshold: float
    """Least log-likelihood ratio of a match, natural logarithm."""
    fmr: float
    """False match rate of one comparison, 0 to 1; not below what so many pairs can show."""
    fnmr: float
    """Share of genuine trials that do not match: told apart or inconclusive."""
    genuine_no_match: float
    """Share of genuine trials that are told apart."""
    n_false_matches: int
    n_genuine: int
    n_impostor: int
    n_impostor_pairs: int
    """Different pairs of speakers in the impostor trials."""
    measured_on: str
    validated_for: str = NOT_VALIDATED
    fmr_interval: tuple[float, float] | None = None
    """95 %, by resampling speakers."""
    fnmr_interval: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> OperatingPoint:
        """Read what `to_dict` wrote.

        Raises:
            CalibrationError: a field is missing or unknown.
        """
        held = dict(values)
        for name in ("fmr_interval", "fnmr_interval"):
            if held.get(name) is not None:
                held[name] = tuple(held[name])
        try:
            return cls(**held)
        except TypeError as error:
            raise CalibrationError(f"operating point: {error}") from error


def decide(llr: float, point: HasThreshold, probe: Voiceprint) -> Decision:
    """Decide at an operating point.

    Two voices are told apart as far on the other side of even odds as the threshold lies
    on this side; in between nothing is said.

    Args:
        llr: Calibrated log-likelihood ratio, natural logarithm.
        point: Where matches begin.
        probe: What was compared; with under a second of speech nothing is decided.
    """
    if probe.net_speech_s < LEAST_SPEECH_S:
        return "inconclusive"
    if llr >= point.threshold:
        return "match"
    return "no_match" if llr < -abs(point.threshold) else "inconclusive"


def least_fmr(n_impostor_pairs: int) -> float:
    """Return the lowest false match rate that so many independent pairs can speak of.

    Without any false match among n pairs, the rate is under 3 / n with 95 % confidence.

    Source: Hanley 1983 (the rule of three).
    """
    return 3.0 / max(n_impostor_pairs, 1)


def measured_points(
    thresholds: Mapping[str, float],
    trials: TrialScores,
    *,
    measured_on: str,
    validated_for: str = NOT_VALIDATED,
) -> dict[str, OperatingPoint]:
    """Count the errors at named thresholds.

    No false match rate below `least_fmr` is named: at a threshold with fewer false
    matches the point says `least_fmr`, and thresholds above that one make no point.

    Args:
        thresholds: Log-likelihood ratios by name.
        trials: Log-likelihood ratios of trials and who speaks in them.
        measured_on: The trials, in words.
        validated_for: Groups of people and channels in them, or what is missing.

    Returns:
        Points by name, in the order of the thresholds given.
    """
    least = least_fmr(trials.n_impostor_pairs)
    silent = [
        threshold
        for threshold in thresholds.values()
        if fmr_at(threshold, trials.impostor) <= least
    ]
    highest = min(silent, default=float("inf"))
    return {
        name: _measured(name, threshold, trials, measured_on, validated_for)
        for name, threshold in thresholds.items()
        if threshold <= highest
    }


def _measured(
    name: str, threshold: float, trials: TrialScores, measured_on: str, validated_for: str
) -> OperatingPoint:
    least = least_fmr(trials.n_impostor_pairs)
    return OperatingPoint(
        name=name,
        threshold=threshold,
        fmr=max(fmr_at(threshold, trials.impostor), least),
        fnmr=fnmr_at(threshold, trials.genuine),
        genuine_no_match=fnmr_at(-abs(threshold), trials.genuine),
        n_false_matches=int((trials.impostor >= threshold).sum()),
        n_genuine=len(trials.genuine),
        n_impostor=len(trials.impostor),
        n_impostor_pairs=trials.n_impostor_pairs,
        measured_on=measured_on,
        validated_for=validated_for,
        fmr_interval=_not_below(
            least, speaker_interval(trials, lambda _, impostor: fmr_at(threshold, impostor))
        ),
        fnmr_interval=speaker_interval(trials, lambda genuine, _: fnmr_at(threshold, genuine)),
    )


def _not_below(least: float, interval: tuple[float, float] | None) -> tuple[float, float] | None:
    """Draws of speakers among whom there was no false match would all say that there is none."""
    return None if interval is None else (interval[0], max(interval[1], least))
