"""Which part of a report is behaviour, and goes when the key of that class is erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facesign.biometrics.observation import Observation

__all__ = ["ERASED", "is_behaviour", "without_behaviour"]

ERASED = "erased"
"""Reason code of what cannot be read any more."""
_KEPT_ANALYSERS = (
    "interview.capture",
    "face.presence",
    "voice.quality",
    "voice.utterances",
    "interview.heard",
    "interview.voices",
)
"""Capture, who is there and whose voice it is; whatever else observes, observes behaviour."""
_CHECKS = ("behaviour", "voice_behaviour", "movements")
_LANES = ("pause", "filled_pause", "blink", "gaze_away", "movement", "prompt")
_SERIES = ("gaze.", "movement")
_LISTS = ("prompts", "summary", "movements")


def is_behaviour(observation: Observation) -> bool:
    """Tell whether an observation is of behaviour."""
    return observation.analyser not in _KEPT_ANALYSERS


def without_behaviour(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report as it stands after behaviour was erased, still valid by its schema.

    Outcome, reasons and flags are the same: behaviour carries none of them.

    Args:
        report: Plain values as `report.schema.json` describes them; left as it is.
    """
    kept: dict[str, Any] = _without_family(dict(report))
    kept.update({name: [] for name in _LISTS if name in kept})
    if kept["baseline"]["status"] == "assessed":
        kept["baseline"] = {
            **dict.fromkeys(kept["baseline"]),
            "n_frames": 0,
            "status": "not_assessed",
            "reason": ERASED,
        }
    kept["checks"] = [_check(check) for check in kept["checks"]]
    kept["timeline"] = {
        **kept["timeline"],
        "series": [s for s in kept["timeline"]["series"] if not s["name"].startswith(_SERIES)],
        "lanes": [lane for lane in kept["timeline"]["lanes"] if lane["name"] not in _LANES],
    }
    if kept["script"] is not None:
        questions = [{**q, "response_latency_s": None} for q in kept["script"]["questions"]]
        kept["script"] = {**kept["script"], "questions": questions}
    return kept


def _check(check: Mapping[str, Any]) -> Mapping[str, Any]:
    if check["check"] not in _CHECKS or check["status"] != "assessed":
        return check
    return {**check, "status": "not_assessed", "finding": None, "reason": ERASED}


def _without_family(value: Any) -> Any:
    """Drop every item of a list that says of itself that its family is behaviour."""
    if isinstance(value, Mapping):
        return {name: _without_family(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [
            _without_family(held)
            for held in value
            if not (isinstance(held, Mapping) and held.get("family") == "behaviour")
        ]
    return value
