"""The parts of `report.json` that describe: media, script, baseline, timeline, models, limits."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from facesign import __version__
from facesign.biometrics.face.quality import GOOD_INTER_OCULAR_PX, GOOD_RATE_HZ
from facesign.biometrics.observation import Observation
from facesign.interview.answers import Answer
from facesign.interview.capture import frame_rate_hz, inter_ocular_px
from facesign.interview.facts import SessionFacts
from facesign.interview.flags import Flag
from facesign.interview.outcome import Check
from facesign.interview.prompts import Prompt
from facesign.interview.spans import lanes
from facesign.models.registry import ModelCard, card

__all__ = ["report_details"]


def report_details(
    facts: SessionFacts,
    answers: tuple[Answer, ...],
    checks: tuple[Check, ...],
    prompts: tuple[Prompt, ...],
    flags: tuple[Flag, ...],
    summary: tuple[Observation, ...],
) -> dict[str, Any]:
    """Return everything of `report.json` that is neither outcome nor evidence."""
    findings = facts.findings
    return {
        "facesign": __version__,
        "lang": facts.settings.lang,
        "media": _media(facts),
        "customer": facts.customer,
        "external_ref": facts.external_ref,
        "script": _script(facts, answers),
        "baseline": _baseline(facts),
        "summary": [observation.to_dict() for observation in summary],
        "timeline": {
            **findings.curves.to_dict(findings.end_s),
            "lanes": lanes(facts, answers, prompts, flags),
        },
        "movements": [] if facts.behaviour_off else list(_movements(facts)),
        "models": [_model(name) for name in facts.models],
        "provider": "cpu",
        "settings": {
            "profile": facts.settings.profile,
            "behaviour": facts.behaviour_off is None,
            "required_checks": [check.check for check in checks if check.required],
            "baseline": facts.baseline_mode,
        },
        "limits": list(_limits(facts)),
    }


def _media(facts: SessionFacts) -> dict[str, Any]:
    if facts.recording is None:
        return {
            "name": "live session",
            "duration_s": facts.findings.end_s,
            "video": None,
            "audio": None,
            "problems": [],
        }
    info = facts.recording.info
    video, audio = info.video, info.audio
    return {
        "name": info.name,
        "duration_s": facts.findings.end_s,
        "video": video
        and {
            "codec": video.codec,
            "width": video.width,
            "height": video.height,
            "rate_hz": frame_rate_hz(facts.findings) or video.rate_hz,
            "rotation_deg": video.rotation_deg,
            "n_frames": facts.findings.n_frames,
        },
        "audio": audio
        and {
            "codec": audio.codec,
            "rate_hz": audio.rate_hz,
            "channels": audio.channels,
            "start_s": audio.start_s,
        },
        "problems": [{"code": p.code, "detail": p.detail} for p in facts.recording.problems],
    }


def _script(facts: SessionFacts, answers: tuple[Answer, ...]) -> dict[str, Any] | None:
    if facts.script is None:
        return None
    return {
        "id": facts.script.script_id,
        "questions": [
            {
                "id": answer.question.question_id,
                "kind": answer.question.kind,
                "text": {"zh": answer.question.text.zh, "en": answer.question.text.en},
                "asked_start_s": answer.mark.asked_start_s,
                "asked_end_s": answer.mark.asked_end_s,
                "answer_end_s": answer.mark.answer_end_s,
                "response_latency_s": answer.latency_s,
            }
            for answer in answers
        ],
    }


def _baseline(facts: SessionFacts) -> dict[str, Any]:
    if not facts.baselines:
        return {
            "source": None,
            "start_s": None,
            "end_s": None,
            "n_frames": 0,
            "speaking_s": None,
            "listening_s": None,
            "status": "not_assessed",
            "reason": facts.behaviour_off or _why_no_baseline(facts),
        }
    first = facts.baselines[0]
    return {
        "source": first.source,
        "start_s": first.start_s,
        "end_s": first.end_s,
        "n_frames": first.n_frames,
        "speaking_s": first.speaking_s,
        "listening_s": first.listening_s,
        "status": "assessed",
        "reason": None,
    }


def _why_no_baseline(facts: SessionFacts) -> str:
    if not facts.has_video:
        return "no_video"
    return "baseline_short" if facts.findings.n_found else "no_face"


def _movements(facts: SessionFacts) -> Iterator[dict[str, Any]]:
    for movement in facts.findings.movements:
        asked = [
            mark.question_id
            for mark in facts.marks
            if mark.asked_start_s <= movement.apex_s <= mark.answer_end_s
        ]
        yield {
            "onset_s": movement.onset_s,
            "apex_s": movement.apex_s,
            "offset_s": movement.offset_s,
            "channels": list(movement.channels),
            "probability": movement.probability,
            "strength": movement.strength,
            "reliability": movement.reliability,
            "question_id": asked[0] if asked else None,
        }


def _model(name: str) -> dict[str, Any]:
    known = card(name)
    return {
        "name": name,
        "version": version(known.package) if known.package else _own_version(known),
        "sha256": known.sha256,
        "licence": known.licence,
    }


def _own_version(known: ModelCard) -> str:
    return "own file" if known.optional else __version__


def _limits(facts: SessionFacts) -> Iterator[str]:
    yield "genuineness_not_checked"
    if not any(item.kind == "identity" for item in facts.evidence):
        yield "identity_not_checked"
    if facts.behaviour_off is not None:
        yield "behaviour_off"
    else:
        yield "prompts_are_questions"
        yield "people_differ"
        yield "movements_uncertain"
        yield from _baseline_limits(facts)
    rate_hz, size_px = frame_rate_hz(facts.findings), inter_ocular_px(facts.findings)
    if rate_hz is not None and rate_hz < GOOD_RATE_HZ - 1.5:
        yield "low_frame_rate"
    if size_px is not None and size_px < GOOD_INTER_OCULAR_PX:
        yield "small_face"
    if not facts.has_audio or (facts.voice and "silent_track" in facts.voice.reasons):
        yield "no_sound"
    elif "mixed" in facts.tracks and not any(
        turn.subject == "applicant" for turn in facts.findings.turns
    ):
        yield "one_mixed_track"
    if facts.findings.n_found == 0:
        yield "no_face"
    if facts.recording is not None:
        if facts.marks and facts.marks[0].asked_start_s >= facts.findings.end_s:
            yield "marks_after_end"
        yield "recording_only"
        if facts.recording.info.is_synthetic:
            yield "synthetic_sample"


def _baseline_limits(facts: SessionFacts) -> Iterator[str]:
    if not facts.baselines:
        yield "baseline_short"
    elif facts.baselines[0].source == "whole":
        yield "baseline_whole"
