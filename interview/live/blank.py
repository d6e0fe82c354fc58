"""The live state before anything is known; light, because the server builds it."""

from __future__ import annotations

from typing import Any

from facesign.interview.live.plan import SessionPlan
from facesign.interview.script import Words

__all__ = ["blank_state", "reference_of", "words"]


def reference_of(session_id: str) -> str:
    """Return the short number that the applicant is told, from an id's random part."""
    tail = session_id.replace("-", "")[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def words(text: Words) -> dict[str, str]:
    """Return a text in both languages."""
    return {"zh": text.zh, "en": text.en}


def blank_state(session_id: str, plan: SessionPlan) -> dict[str, Any]:
    """Return a value for every key that docs/live-state.md describes."""
    return {
        "session_id": session_id,
        "reference": reference_of(session_id),
        "stage": "created",
        "time_s": 0.0,
        "lag_s": 0.0,
        "recording": False,
        "officer_recorded": False,
        "restoring": False,
        "paused": None,
        "connected": {"applicant": False, "officer": False},
        "lost_s": None,
        "question": None,
        "questions": [
            {
                "id": question.question_id,
                "kind": question.kind,
                "text": words(question.text),
                "state": "open",
            }
            for question in plan.script.questions
        ],
        "quality": [],
        "identity": {
            "status": "not_assessed",
            "reason": "not_started",
            "net_speech_s": 0.0,
            "needed_s": 10.0,
            "llr": None,
            "point": None,
            "fmr": None,
            "continuity": "whole",
        },
        "strip": None,
        "overlay": None,
        "prompts": [],
        "flags": [],
        "monitors": [],
        "checks": [],
        "outcome": None,
        "decision": None,
        "behaviour": {"on": True, "reason": None},
        "consents": {},
        "gaps": [],
        "skipped": {"n": 0, "of": 0, "share": 0.0},
        "rate_hz": None,
        "notes": [],
        "marks": [],
        "evidence": [],
        "broken_off": None,
        "participants": list(plan.participants),
        "plan": plan.to_dict(),
        "problem": None,
    }
