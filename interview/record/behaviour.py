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
    "interview.history",
    "interview.live",
    "interview.steadiness",
    "face.presence",
    "voice.quality",
    "voice.utterances",
    "interview.heard",
    "interview.voices",
)
"""Capture, who is there and whose voice it is; whatever else observes, observes behaviour."""
_KEPT_NAMES = (
    "answer.applicant_speech",
    "answer.by_other",
    "answer.other_speech",
    "baseline.renewed",
    "consent.",
    "evidence.",
    "face.left",
    "face.other_share",
    "media.",
    "quality.",
    "question.",
    "session.",
    "speech.unseen",
    "voice.comparison_margin",
    "voice.echo",
    "voice.other",
    "voice.overall_margin",
)
"""Beginnings of names of what `interview.risk` derives that is no behaviour."""
_FAMILY = "behaviour"
_CHECKS = ("behaviour", "voice_behaviour", "movements")
_LANES = ("pause", "filled_pause", "blink", "gaze_away", "movement", "prompt")
_SERIES = ("gaze.", "movement")
_LISTS = ("prompts", "summary", "movements")


def is_behaviour(observation: Observation) -> bool:
    """Tell whether an observation is of behaviour."""
    return _is_behaviour(observation.name, observation.analyser)


def without_behaviour(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report as it stands after behaviour was erased, still valid by its schema.

    Outcome, reasons and flags are the same: behaviour carries none of them.

    Args:
        report: Plain values as `report.schema.json` describes them; left as it is.
    """
    kept = dict(report)
    kept.update({name: [] for name in _LISTS if name in kept})
    if kept["baseline"]["status"] == "assessed":
        kept["baseline"] = {
            **dict.fromkeys(kept["baseline"]),
            "n_frames": 0,
            "status": "not_assessed",
            "reason": ERASED,
        }
    kept["monitors"] = [one for one in kept["monitors"] if not _of_behaviour(one)]
    kept["flags"] = [_flag(flag) for flag in kept["flags"]]
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


def _flag(flag: Mapping[str, Any]) -> Mapping[str, Any]:
    """Rank a flag without what behaviour added; the total is the sum of families."""
    if "rank" not in flag:
        return flag
    rank = flag["rank"]
    families = [one for one in rank["families"] if one["family"] != _FAMILY]
    return {
        **flag,
        "rank": {
            **rank,
            "points": sum(one["points"] or 0.0 for one in families),
            "contributions": [c for c in rank["contributions"] if c["family"] != _FAMILY],
            "families": families,
        },
    }


def _of_behaviour(monitor: Mapping[str, Any]) -> bool:
    return monitor["family"] == _FAMILY or any(
        _is_behaviour(one["name"], one["analyser"]) for one in monitor["observations"]
    )


def _is_behaviour(name: str, analyser: str) -> bool:
    if analyser == "interview.risk":
        return not name.startswith(_KEPT_NAMES)
    return analyser not in _KEPT_ANALYSERS
