"""The lanes of the report's timeline: what happened from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from facesign.biometrics.observation import Observation
from facesign.interview.answers import Answer
from facesign.interview.facts import SessionFacts, who_spoke
from facesign.interview.flags import Flag
from facesign.interview.prompts import Prompt

__all__ = ["lanes"]

LEAST_PAUSE_S = 0.25


def lanes(
    facts: SessionFacts,
    answers: tuple[Answer, ...],
    prompts: tuple[Prompt, ...],
    flags: tuple[Flag, ...],
) -> list[dict[str, Any]]:
    """Return the lanes of `report.json`; a lane that is missing was not assessed."""
    found = facts.findings
    drawn: dict[str, Iterable[dict[str, Any]]] = {}
    if answers:
        drawn["question"] = map(_question, answers)
    if facts.has_video and facts.consent.decision("face") is not False:
        drawn["face"] = _spans(found.named("face.present"))
        drawn["other_face"] = _spans(found.named("face.other"))
    if facts.has_audio and facts.consent.decision("voice") is not False:
        drawn["speech"] = [
            {"start_s": start_s, "end_s": end_s, "subject": subject}
            for start_s, end_s, subject in sorted(who_spoke(facts))
        ]
        if answers and facts.behaviour_off is None:
            drawn["pause"] = _pauses(answers)
            drawn["filled_pause"] = [
                {"start_s": p.start_s, "end_s": p.end_s}
                for answer in answers
                for u in answer.speech
                for p in u.filled_pauses
            ]
    if facts.behaviour_off is None and found.n_found:
        drawn["blink"] = [{"start_s": b.onset_s, "end_s": b.offset_s} for b in found.blinks]
        if facts.baselines:
            drawn["gaze_away"] = _spans(found.named("gaze.away"))
            drawn["movement"] = [
                {
                    "start_s": m.onset_s,
                    "end_s": m.offset_s,
                    "label": ", ".join(m.channels),
                    "value": m.strength,
                }
                for m in found.movements
            ]
        if answers:
            drawn["prompt"] = [_ref(p.prompt_id, p.start_s, p.end_s) for p in prompts]
    drawn["flag"] = [_ref(f.flag_id, f.start_s, f.end_s) for f in flags]
    return [{"name": name, "spans": list(spans)} for name, spans in drawn.items()]


def _question(answer: Answer) -> dict[str, Any]:
    return {
        "start_s": answer.mark.asked_start_s,
        "end_s": answer.mark.answer_end_s,
        "ref": answer.question.question_id,
    }


def _pauses(answers: tuple[Answer, ...]) -> list[dict[str, Any]]:
    """Return silences inside answers and the wait before their first word."""
    spans = []
    for answer in answers:
        if answer.latency_s is not None and answer.latency_s >= LEAST_PAUSE_S:
            first_s = answer.speech[0].start_s
            spans.append((first_s - answer.latency_s, first_s))
        spans += [part for part in answer.pauses() if part[1] - part[0] >= LEAST_PAUSE_S]
    return [{"start_s": start_s, "end_s": end_s} for start_s, end_s in spans]


def _spans(observations: Iterable[Observation]) -> list[dict[str, Any]]:
    return [
        {"start_s": o.start_s, "end_s": o.end_s, "subject": o.subject, "value": o.value}
        for o in observations
    ]


def _ref(ref: str, start_s: float, end_s: float) -> dict[str, Any]:
    return {"start_s": start_s, "end_s": end_s, "ref": ref}
