"""Which checks a session made, which found something, and which it could not make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from facesign.biometrics.face.quality import MIN_INTER_OCULAR_PX, MIN_RATE_HZ, RATE_TOLERANCE_HZ
from facesign.biometrics.observation import Observation
from facesign.biometrics.voice.quality import VoiceQuality
from facesign.interview.capture import (
    LEAST_FACE_S,
    frame_rate_hz,
    inter_ocular_px,
    quality_reasons,
)
from facesign.interview.consent import ConsentBook
from facesign.interview.findings import Findings
from facesign.interview.flags import HISTORY_FLAGS, VOICE_FLAGS, ExternalEvidence, Flag
from facesign.interview.outcome import ALWAYS_REQUIRED, Check, CheckName
from facesign.interview.voices import REASON_CODES, is_comparable

__all__ = ["Conditions", "run_checks", "voice_observations"]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a session had to work with."""

    has_video: bool
    has_audio: bool
    behaviour_off: str | None
    """Reason code where behaviour is not assessed by choice, else None."""
    face_refused: bool
    voice_refused: bool
    has_baseline: bool
    speakers_known: bool
    """Separate tracks, or marks that tell whose turn it was."""
    voice: VoiceQuality | None
    unverified: str | None = "no_voiceprint"
    """Reason code where there was no voiceprint to compare with."""
    others_declared: bool = False
    """Whether somebody else may have spoken on the applicant's side."""
    searched: tuple[Observation, ...] = ()
    """What searches of the gallery came to."""


def run_checks(
    findings: Findings,
    quality: Sequence[Observation],
    flags: Sequence[Flag],
    evidence: Sequence[ExternalEvidence],
    consent: ConsentBook,
    conditions: Conditions,
    required: Sequence[str],
) -> tuple[Check, ...]:
    """Make every check of a session, in the order of the report."""
    made = {
        "consent": _consent(consent),
        "quality": _quality(quality, conditions),
        "identity": _identity(evidence),
        "genuineness": (None, "no_analyser"),
        "face": _face(findings, flags, conditions),
        "voice": _voice(findings, flags, conditions),
        "search": _search(flags, conditions.searched),
        "behaviour": _behaviour(conditions, findings),
        "voice_behaviour": _voice_behaviour(conditions),
        "movements": _movements(conditions, findings),
    }
    return tuple(
        Check(name, *made[name], required=name in required or name in ALWAYS_REQUIRED)
        for name in _ORDER
    )


def voice_observations(
    voice: VoiceQuality | None, end_s: float, *, unheard: str = "no_sound"
) -> Iterator[Observation]:
    """Turn the quality of the applicant's track into observations.

    Args:
        voice: What was heard on it; None where it was not listened to.
        end_s: End of the session.
        unheard: Reason code for a track that was not listened to.
    """
    known = voice or VoiceQuality(None, 0.0, 0.0, None, ("silent_track",))
    rows: tuple[tuple[str, str, float | None, str], ...] = (
        ("voice.snr", "dB", known.snr_db, "low_snr"),
        ("voice.clipping", "1", known.clipped_share, "clipped"),
        ("voice.net_speech", "s", known.net_speech_s, "short_speech"),
        ("voice.bandwidth", "Hz", known.bandwidth_hz, "narrowband"),
    )
    reasons = set(known.reasons)
    silent = "silent_track" in reasons
    for name, unit, value, reason in rows:
        measured = value is not None and not silent
        yield Observation(
            name=name,
            start_s=0.0,
            end_s=end_s,
            value=value if measured else None,
            unit=unit,
            status="assessed" if measured else "not_assessed",
            reason=None if measured else unheard if voice is None else _why_no_voice(voice),
            quality=(0.0 if reason in reasons else 1.0) if measured else None,
            subject="session",
            analyser="voice.quality",
        )


_ORDER: tuple[CheckName, ...] = get_args(CheckName)
_Made = tuple[bool | None, str | None]


def _consent(consent: ConsentBook) -> _Made:
    decisions = [consent.decision(purpose) for purpose in ("recording", "face", "voice")]
    if False in decisions:
        return None, "consent_refused"
    return (False, None) if all(decisions) else (None, "no_consent_recorded")


def _quality(quality: Sequence[Observation], conditions: Conditions) -> _Made:
    reasons = list(quality_reasons(quality))
    voice = conditions.voice
    if not conditions.has_audio:
        reasons.append("no_sound")
    elif voice is not None:
        reasons += [REASON_CODES[r] for r in voice.reasons if r in _UNUSABLE_VOICE]
    return (None, reasons[0]) if reasons else (False, None)


_UNUSABLE_VOICE = ("silent_track", "low_snr", "short_speech")


def _identity(evidence: Sequence[ExternalEvidence]) -> _Made:
    results = {item.result for item in evidence if item.kind == "identity"}
    if "no_match" in results:
        return True, None
    if "match" in results:
        return False, None
    return None, "evidence_inconclusive" if results else "no_evidence"


def _face(findings: Findings, flags: Sequence[Flag], conditions: Conditions) -> _Made:
    if conditions.face_refused:
        return None, "consent_refused"
    if not conditions.has_video:
        return None, "no_video"
    rate_hz = frame_rate_hz(findings)
    if findings.n_found == 0:
        return None, "no_face"
    if rate_hz is None or findings.n_found / rate_hz < LEAST_FACE_S:
        return None, "too_short"
    heard = ("identity_mismatch", *VOICE_FLAGS, *HISTORY_FLAGS)
    return any(flag.code not in heard for flag in flags), None


def _voice(findings: Findings, flags: Sequence[Flag], conditions: Conditions) -> _Made:
    unheard = _why_unheard(conditions)
    if unheard is not None:
        return None, unheard
    if conditions.unverified is not None:
        return None, conditions.unverified
    whole = next((one for one in findings.compared if one.is_whole), None)
    if whole is None:
        theirs = [turn for turn in findings.turns if turn.subject == "applicant"]
        if any(is_comparable(turn, shared=conditions.others_declared) for turn in theirs):
            return None, "too_little_speech"
        return None, "shared_microphone" if theirs else "speakers_not_separated"
    if whole.decision == "inconclusive":
        return None, next(iter(whole.reasons), "evidence_inconclusive")
    return any(flag.code in VOICE_FLAGS for flag in flags), None


def _search(flags: Sequence[Flag], searched: Sequence[Observation]) -> _Made:
    if any(flag.code in HISTORY_FLAGS for flag in flags):
        return True, None
    reasons = [one.reason or "not_searched" for one in searched if one.status == "not_assessed"]
    # A watch-list without an entry, or a gallery without anybody else, leaves the other one.
    weighty = [reason for reason in reasons if reason != "nothing_to_search"]
    if weighty or len(reasons) == len(searched):
        return None, next(iter([*weighty, *reasons]), "not_searched")
    return False, None


def _why_unheard(conditions: Conditions) -> str | None:
    if conditions.voice_refused:
        return "consent_refused"
    if not conditions.has_audio or conditions.voice is None:
        return "no_sound"
    return "silent_sound" if "silent_track" in conditions.voice.reasons else None


def _behaviour(conditions: Conditions, findings: Findings) -> _Made:
    if conditions.behaviour_off is not None:
        return None, conditions.behaviour_off
    made, reason = _face(findings, (), conditions)
    if made is None and reason != "too_short":
        return None, reason
    return (False, None) if conditions.has_baseline else (None, "baseline_short")


def _movements(conditions: Conditions, findings: Findings) -> _Made:
    made, reason = _behaviour(conditions, findings)
    if made is None and reason != "baseline_short":
        return None, reason
    rate_hz, size_px = frame_rate_hz(findings), inter_ocular_px(findings)
    if rate_hz is not None and rate_hz < MIN_RATE_HZ - RATE_TOLERANCE_HZ:
        return None, "frame_rate"
    if size_px is not None and size_px < MIN_INTER_OCULAR_PX:
        return None, "inter_eye_distance"
    return made, reason


def _voice_behaviour(conditions: Conditions) -> _Made:
    if conditions.behaviour_off is not None:
        return None, conditions.behaviour_off
    unheard = _why_unheard(conditions)
    if unheard is not None:
        return None, unheard
    return (False, None) if conditions.speakers_known else (None, "speakers_not_separated")


def _why_no_voice(voice: VoiceQuality) -> str:
    return "silent_sound" if "silent_track" in voice.reasons else "too_little_speech"
