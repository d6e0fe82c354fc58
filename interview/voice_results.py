"""What the voice credit fingerprint answers: enrollment, verification, search, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from facesign.biometrics.gallery.entries import Enrolled
from facesign.biometrics.gallery.history import Drift, Event
from facesign.biometrics.gallery.matching import Decision, Point
from facesign.biometrics.gallery.watch_list import WatchEntry

__all__ = [
    "Candidate",
    "Enrollment",
    "History",
    "SearchResult",
    "Verification",
    "VerifyReason",
    "point_to_dict",
]

VerifyReason: TypeAlias = Literal[
    "between_thresholds",
    "provisional",
    "short_speech",
    "low_snr",
    "clipped",
    "narrowband",
    "silent_track",
    "two_at_once",
    "uncalibrated",
    "media_damaged",
    "only_the_beginning_used",
]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A customer was enrolled."""

    customer: str = field(repr=False)
    enrolled: Enrolled
    purposes: tuple[str, ...]
    model: str
    channels: tuple[str, ...]
    net_speech_s: float
    """Of all recordings."""
    previous_llr: float | None = None
    """For a new voiceprint in place of an older one of the same model: how alike they are."""
    only_the_beginning_used: tuple[str, ...] = ()
    """Recordings that go on after what was listened to."""

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "customer": self.customer,
            "enrollment": self.enrolled.enrollment_id,
            "status": self.enrolled.status,
            "n_templates": self.enrolled.n_templates,
            "net_speech_s": round(self.net_speech_s, 2),
            "purposes": list(self.purposes),
            "channels": list(self.channels),
            "model": self.model,
            "retain_until": self.enrolled.retain_until.isoformat(),
            "identity_proof": self.enrolled.basis.identity_proof,
            "record": self.enrolled.basis.record,
            "previous_llr": _rounded(self.previous_llr),
            "only_the_beginning_used": list(self.only_the_beginning_used),
        }


@dataclass(frozen=True, slots=True)
class Verification:
    """A recording was compared with a customer's voiceprint."""

    customer: str = field(repr=False)
    decision: Decision
    score: float | None
    """Normalised cosine; None where the recording could not be measured."""
    llr: float | None
    """Calibrated log-likelihood ratio, natural logarithm."""
    point: Point | None
    reasons: tuple[str, ...]
    """Why it is inconclusive, or what limits it."""
    status: Literal["provisional", "confirmed"]
    n_references: int
    model: str
    channel: str
    net_speech_s: float
    snr_db: float | None
    at: datetime
    record: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "customer": self.customer,
            "decision": self.decision,
            "score": _rounded(self.score),
            "llr": _rounded(self.llr),
            "operating_point": point_to_dict(self.point),
            "reasons": list(self.reasons),
            "status": self.status,
            "n_references": self.n_references,
            "model": self.model,
            "channel": self.channel,
            "net_speech_s": round(self.net_speech_s, 2),
            "snr_db": _rounded(self.snr_db, 1),
            "at": self.at.isoformat(),
            "record": self.record,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a search found."""

    customer: str = field(repr=False)
    score: float
    llr: float | None
    above_threshold: bool | None
    """At the operating point of the search; None where that is not assessed, and where a
    provisional voiceprint would be above it."""
    status: Literal["provisional", "confirmed"]
    """Of the templates that the score comes from."""
    watch: WatchEntry | None = None
    """Why they are on the watch list, for a search of it."""

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        entry: dict[str, Any] = {
            "customer": self.customer,
            "score": _rounded(self.score),
            "llr": _rounded(self.llr),
            "above_threshold": self.above_threshold,
            "status": self.status,
        }
        if self.watch is not None:
            entry["watch"] = self.watch.to_dict()
        return entry


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A recording was compared with everybody in the gallery who may be searched."""

    status: Literal["assessed", "not_assessed"]
    reason: str | None
    """Why it is not assessed."""
    purpose: str
    candidates: tuple[Candidate, ...]
    n_people: int
    """How many people were compared."""
    expected_false: float | None
    """Candidates above the threshold to be expected of a voice that is not in the gallery."""
    point: Point | None
    model: str
    net_speech_s: float
    only_the_beginning_used: bool = False
    """Whether the recording goes on after what was listened to."""

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "status": self.status,
            "reason": self.reason,
            "only_the_beginning_used": self.only_the_beginning_used,
            "purpose": self.purpose,
            "n_people": self.n_people,
            "expected_false": _rounded(self.expected_false),
            "operating_point": point_to_dict(self.point),
            "model": self.model,
            "net_speech_s": round(self.net_speech_s, 2),
            "candidates": [one.to_dict() for one in self.candidates],
        }


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a customer's voiceprint over time."""

    customer: str = field(repr=False)
    enrollments: Sequence[Enrolled]
    events: Sequence[Event]
    drift: Sequence[Drift]
    revocations: Sequence[tuple[datetime, str]]

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "customer": self.customer,
            "enrollments": [
                {
                    "enrollment": one.enrollment_id,
                    "status": one.status,
                    "created_at": one.created_at.isoformat(),
                    "retain_until": one.retain_until.isoformat(),
                    "n_templates": one.n_templates,
                    **one.basis.to_dict(),
                }
                for one in self.enrollments
            ],
            "verifications": [{"at": one.at.isoformat(), **one.fields} for one in self.events],
            "drift": [asdict(one) for one in self.drift],
            "revoked": [{"at": at.isoformat(), "because": why} for at, why in self.revocations],
        }


def point_to_dict(point: Point | None) -> dict[str, Any] | None:
    """Return an operating point for JSON, with where it was measured."""
    if point is None:
        return None
    names = ("name", "threshold", "fmr", "fnmr", "measured_on", "validated_for")
    return {name: getattr(point, name) for name in names}


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
