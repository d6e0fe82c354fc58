"""Flags: identity or course of the interview to be reviewed by a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from facesign.biometrics.face.quality import Reliability
from facesign.biometrics.observation import Observation
from facesign.biometrics.speakers.turns import Turn
from facesign.errors import SettingsError
from facesign.interview.heard import compared, mismatches, voices_heard
from facesign.interview.home import require_one_of
from facesign.interview.risk.fusion import Fusion, fuse
from facesign.interview.risk.monitors import monitor
from facesign.interview.risk.watch import RiskState
from facesign.interview.voices import VoiceResult

__all__ = [
    "HISTORY_FLAGS",
    "VOICE_FLAGS",
    "ExternalEvidence",
    "Flag",
    "FlagCode",
    "flags_from",
]

FlagCode: TypeAlias = Literal[
    "undeclared_person",
    "face_absent",
    "face_elsewhere",
    "face_size_changed",
    "identity_mismatch",
    "genuineness_doubted",
    "voice_does_not_match",
    "voice_changed",
    "another_voice",
    "voice_under_other_customer",
    "watch_list_voice",
]
Family: TypeAlias = Literal["identity", "genuineness", "protocol"]

VOICE_FLAGS: tuple[FlagCode, ...] = ("voice_does_not_match", "voice_changed", "another_voice")
"""What is heard; the rest of the identity flags is seen."""
HISTORY_FLAGS: tuple[FlagCode, ...] = ("voice_under_other_customer", "watch_list_voice")
"""What earlier sessions and the gallery know."""


@dataclass(frozen=True, slots=True)
class ExternalEvidence:
    """What another system of the bank found, such as the national ID network check."""

    source: str
    kind: Literal["identity", "genuineness"]
    result: Literal["match", "no_match", "inconclusive"]
    reference: str | None
    """The other system's own number for it."""
    time_s: float

    def __post_init__(self) -> None:
        require_one_of("kind", self.kind, ("identity", "genuineness"))
        require_one_of("result", self.result, ("match", "no_match", "inconclusive"))
        if not self.source:
            raise SettingsError("evidence needs the name of its source")
        if not self.time_s >= 0:
            raise SettingsError(f"time_s must not be negative, got {self.time_s}")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {
            "source": self.source,
            "kind": self.kind,
            "result": self.result,
            "reference": self.reference,
            "time_s": self.time_s,
        }


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to review: evidence with an interval; never a verdict."""

    flag_id: str
    code: FlagCode
    family: Family
    start_s: float
    end_s: float
    value: float | None
    unit: str
    threshold: float | None
    quality: float | None
    reliability: Reliability | None
    """What face measurements of this capture are worth; None where none is behind it."""
    observations: tuple[Observation, ...]
    fusion: Fusion | None = None
    """Evidence of all families behind its rank; None before the monitoring points were read."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {
            "id": self.flag_id,
            "code": self.code,
            "family": self.family,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "value": self.value,
            "unit": self.unit,
            "threshold": self.threshold,
            "quality": self.quality,
            "observations": [observation.to_dict() for observation in self.observations],
            **({"reliability": self.reliability} if self.reliability is not None else {}),
            **({"rank": self.fusion.to_dict()} if self.fusion is not None else {}),
        }


def flags_from(
    observations: Sequence[Observation],
    evidence: Sequence[ExternalEvidence],
    *,
    first_found_s: float | None,
    others_declared: bool,
    reliability: Reliability,
    turns: Sequence[Turn] = (),
    comparisons: Sequence[VoiceResult] = (),
    state: RiskState | None = None,
) -> tuple[Flag, ...]:
    """Raise flags from what was seen and what other systems said, in time order.

    Args:
        observations: All observations of the session.
        evidence: What other systems found.
        first_found_s: When the applicant's face was first seen; before it nobody is absent.
        others_declared: Whether companions were declared, whose faces are then expected.
        reliability: What face measurements of this capture are worth.
        turns: Who spoke when.
        comparisons: The applicant's speech against the customer's voiceprint.
        state: What the monitoring points found: history raises flags, and all families rank
            them; None leaves both out.
    """
    raised = [
        *(
            replace(flag, reliability="low" if reliability == "none" else reliability)
            for flag in _from_faces(observations, first_found_s, others_declared=others_declared)
        ),
        *_from_voices(turns, others_declared=others_declared),
        *_from_comparisons(comparisons),
        *_from_evidence(evidence),
        *(() if state is None else _from_history(state)),
    ]
    raised.sort(key=lambda flag: flag.start_s)
    return tuple(
        replace(
            flag,
            flag_id=f"f{n}",
            fusion=None if state is None else fuse(flag.code, flag.start_s, flag.end_s, state),
        )
        for n, flag in enumerate(raised, 1)
    )


def _from_faces(
    observations: Sequence[Observation], first_found_s: float | None, *, others_declared: bool
) -> Iterator[Flag]:
    other_s = monitor("identity.other_face").limit
    absent_s = monitor("protocol.face_absent").limit
    jump_widths = monitor("identity.face_elsewhere").limit
    size_ratio = monitor("identity.face_size_changed").limit
    for o in observations:
        if o.name == "face.other" and not others_declared and o.duration_s >= other_s:
            yield _flag("undeclared_person", "identity", o, o.duration_s, "s", other_s)
        elif o.name == "face.absent" and first_found_s is not None:
            if o.start_s > first_found_s and o.duration_s >= absent_s:
                yield _flag("face_absent", "protocol", o, o.duration_s, "s", absent_s)
        elif o.name == "face.place_jump" and (o.value or 0.0) >= jump_widths:
            yield _flag("face_elsewhere", "identity", o, o.value, "1", jump_widths)
        elif o.name == "face.size_jump" and (o.value or 0.0) >= size_ratio:
            yield _flag("face_size_changed", "identity", o, o.value, "1", size_ratio)


def _from_voices(turns: Sequence[Turn], *, others_declared: bool) -> Iterator[Flag]:
    changed_s, other_s = monitor("voice.changed").limit, monitor("voice.another").limit
    for o in voices_heard(turns):
        if o.value is None:
            continue
        if o.name == "voice.changed":
            if o.value >= changed_s:
                yield _flag("voice_changed", "identity", o, o.value, "s", changed_s)
        elif not others_declared and o.value >= other_s:
            yield _flag("another_voice", "identity", o, o.value, "s", other_s)


def _from_comparisons(comparisons: Sequence[VoiceResult]) -> Iterator[Flag]:
    for run in mismatches(comparisons):
        worst = min((one for one in run if one.llr is not None), key=lambda one: one.llr or 0.0)
        yield Flag(
            flag_id="",
            code="voice_does_not_match",
            family="identity",
            start_s=min(one.start_s for one in run),
            end_s=max(one.end_s for one in run),
            value=worst.llr,
            unit="1",
            threshold=worst.threshold,
            quality=None,
            reliability=None,
            observations=tuple(compared(run)),
        )


def _from_evidence(evidence: Sequence[ExternalEvidence]) -> Iterator[Flag]:
    for item in evidence:
        if item.result == "no_match":
            is_identity = item.kind == "identity"
            yield Flag(
                flag_id="",
                code="identity_mismatch" if is_identity else "genuineness_doubted",
                family=item.kind,
                start_s=item.time_s,
                end_s=item.time_s,
                value=None,
                unit="1",
                threshold=None,
                quality=None,
                reliability=None,
                observations=(),
            )


def _from_history(state: RiskState) -> Iterator[Flag]:
    for fired in state.fired:
        code = fired.monitor.flag
        for known in HISTORY_FLAGS:
            if code == known and fired.threshold is not None:
                first = fired.evidence[0]
                yield _flag(known, "identity", first, fired.value, fired.unit, fired.threshold)


def _flag(
    code: FlagCode,
    family: Family,
    observation: Observation,
    value: float | None,
    unit: str,
    threshold: float,
) -> Flag:
    return Flag(
        flag_id="",
        code=code,
        family=family,
        start_s=observation.start_s,
        end_s=observation.end_s,
        value=value,
        unit=unit,
        threshold=threshold,
        quality=observation.quality,
        reliability=None,
        observations=(observation,),
    )
