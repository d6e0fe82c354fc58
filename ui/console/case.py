"""One recorded interview as the player shows it: its report in words, its lanes, its verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facesign.errors import CalibrationError
from facesign.interview.archive.entries import ArchivedSession, Verdict
from facesign.interview.home import Home, Language
from facesign.interview.page import figures
from facesign.interview.page.texts import Texts, load_texts
from facesign.interview.record.reader import Record
from facesign.interview.risk.calibration import own_calibration
from facesign.ui.console.case_record import NO_RECORD, of_record
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import NotAllowed, SignedIn

__all__ = ["card_of", "case_of", "may_see", "require_seen", "words_of_report"]

LANES = (
    *("question", "speech", "pause", "filled_pause", "movement", "gaze_away", "blink"),
    *("face", "other_face", "prompt", "flag"),
)
"""Rows of the timeline, from above."""
CURVES = ("movement", "gaze.horizontal", "pose.yaw")


def may_see(who: SignedIn, session: ArchivedSession) -> bool:
    """Tell whether somebody may see a session: analysts all, officers those that they led."""
    return who.role == "analyst" or (who.role == "officer" and session.officer == who.name)


def require_seen(desk: Desk, who: SignedIn, session_id: str) -> ArchivedSession:
    """Return a session that somebody may see.

    Raises:
        UnknownSessionError: there is no such session.
        NotAllowed: it is not theirs to see.
    """
    session = desk.archive.session(session_id)
    if not may_see(who, session):
        raise NotAllowed(who)
    return session


def case_of(desk: Desk, who: SignedIn, session: ArchivedSession, lang: Language) -> dict[str, Any]:
    """Return everything that the player shows of a session, in words of a language.

    Raises:
        RecordError: the record cannot be read.
    """
    verdicts = desk.archive.verdicts(session.session_id)
    case: dict[str, Any] = {
        "session_id": session.session_id,
        "created_at": session.created_at.isoformat(),
        "officer": session.officer,
        "customer": session.customer,
        "external_ref": session.external_ref,
        "ended": session.status,
        "broken_off": _broken_off(session),
        "decision": session.decision,
        "may_judge": who.role == "analyst" and who.name != session.officer,
        "verdicts": [_verdict(one) for one in verdicts],
        "own_sessions": None,
        **NO_RECORD,
    }
    if (desk.home.records / session.session_id).is_dir():
        with Record.open(desk.home, session.session_id) as record:
            case |= of_record(record)
    if case["report"] is not None:
        case["own_sessions"] = _on_own_sessions(desk.home, case["report"])
        case["report"] = words_of_report(case["report"], load_texts(lang))
    return case


def words_of_report(report: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    """Return what the player shows of a report."""
    timeline = report["timeline"]
    spans = {lane["name"]: lane["spans"] for lane in timeline["lanes"]}
    names = {question["id"]: question for question in (report["script"] or {}).get("questions", ())}
    return {
        "duration_s": timeline["duration_s"],
        "outcome": report["outcome"],
        "outcome_word": texts("outcome", report["outcome"]),
        "checks": [_check(one, texts) for one in report["checks"]],
        "cards": [
            *_protection(report.get("monitors", ()), texts),
            *(
                {**card_of("flag", one, texts, names), "ranked": _ranked(report, one, texts)}
                for one in report["flags"]
            ),
            *(card_of("prompt", one, texts, names) for one in report["prompts"]),
        ],
        "questions": [
            {"id": one["id"], "text": texts.either(one["text"]), "start_s": one["asked_start_s"]}
            for one in names.values()
            if one.get("asked_start_s") is not None
        ],
        "lanes": [
            {"name": name, "label": texts("lane", name), "spans": spans[name]}
            for name in LANES
            if spans.get(name)
        ],
        "subjects": {
            name: texts("subject", name) for name in ("applicant", "officer", "other", "session")
        },
        "movements": [
            {
                "start_s": one["onset_s"],
                "apex_s": one["apex_s"],
                "end_s": one["offset_s"],
                "text": figures.channels(texts, one["channels"]),
                "reliability": texts("reliability", one["reliability"]),
            }
            for one in report["movements"]
        ],
        "bin_s": timeline["bin_s"],
        "curves": [
            {"label": _curve(one["name"], texts), "unit": one["unit"], "values": one["values"]}
            for one in timeline["series"]
            if one["name"] in CURVES and any(value is not None for value in one["values"])
        ],
    }


def card_of(
    kind: str, item: Mapping[str, Any], texts: Texts, questions: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a prompt or a flag as a card: what was seen, how far from usual, what to ask."""
    question = questions.get(item.get("question_id") or "")
    # What a voice or another system tells has nothing to do with the picture.
    level = item.get("reliability")
    card = {
        "kind": kind,
        "id": item["id"],
        "start_s": item["start_s"],
        "end_s": item["end_s"],
        "reliability": texts("reliability", level) if level else None,
        "question": texts.either(question["text"]) if question else None,
        "seen": [_seen(one, texts) for one in item["observations"]],
    }
    if kind == "prompt":
        card["ask"] = texts.either(item["follow_up"])
        return card
    code = item["code"]
    card["title"] = texts("flag", code)
    card["meaning"] = texts("flag_meaning", code) if texts.has("flag_meaning", code) else None
    card["next"] = texts("flag_next", code) if texts.has("flag_next", code) else None
    card["family"] = texts("family", item["family"])
    card["value"] = card["threshold"] = None
    if item["value"] is not None:
        card["value"] = figures.amount(texts, item["value"], item["unit"], code)
    if item["threshold"] is not None:
        card["threshold"] = figures.amount(texts, item["threshold"], item["unit"], code)
    return card


def _curve(name: str, texts: Texts) -> str:
    part, dot, _ = name.partition(".")
    return f"{texts('lane', part)}: {texts('series', name)}" if dot else texts("lane", "motion")


def _ranked(report: Mapping[str, Any], flag: Mapping[str, Any], texts: Texts) -> list[str]:
    """List what a flag rests on and what adds to it, the weightiest first; no probability."""
    explain = {one["id"]: texts.either(one["explain"]) for one in report.get("monitors", ())}
    rank = flag.get("rank") or {"contributions": ()}
    return [
        f"{explain[one['monitor']]} ({texts('monitor_family', one['family'])})"
        for one in rank["contributions"]
        if one["monitor"] in explain
    ]


def _on_own_sessions(home: Home, report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Say what evidence like a report's flags came with in the bank's own labelled sessions.

    It is worked out when a case is looked at: a record is replayed to the same report whatever
    was calibrated since, and whoever looks sees what the bank knows today.
    """
    if not report["flags"]:
        return None
    try:
        known = own_calibration(home)
    except CalibrationError:
        return {"readable": False}
    if known is None:
        return None
    return {
        "readable": True,
        "times": f"{known.times_as_often(report):.2g}",
        "n": known.n_genuine + known.n_fraud,
        "n_fraud": known.n_fraud,
    }


def _protection(monitors: Sequence[Mapping[str, Any]], texts: Texts) -> list[dict[str, Any]]:
    """Return one card for all signs that the applicant may need protection, if there are any."""
    found = [one for one in monitors if one["role"] == "protect"]
    if not found:
        return []
    return [
        {
            "kind": "protect",
            "id": "protect",
            "start_s": found[0]["start_s"],
            "end_s": found[-1]["end_s"],
            "reliability": None,
            "question": None,
            "seen": [],
            "title": texts("page", "protect_badge"),
            "ranked": [texts.either(one["explain"]) for one in found],
            "ask": texts.either(found[0]["ask"]),
        }
    ]


def _broken_off(session: ArchivedSession) -> dict[str, Any] | None:
    if session.because is None and session.next_on is None:
        return None
    return {"because": session.because, "next_on": session.next_on}


def _check(check: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    name = check["check"]
    if check["finding"]:
        found = texts("page", "finding")
    elif texts.has("no_finding", name):
        found = texts("no_finding", name)
    else:
        found = texts("page", "no_finding")
    return {
        "label": texts("check", name),
        "status": check["status"],
        "found": found,
        "required": check["required"],
        "reason": texts("why", check["reason"]) if check["reason"] else None,
    }


def _seen(observation: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    return {
        "what": texts("observation", observation["name"]),
        "start_s": observation["start_s"],
        "end_s": observation["end_s"],
        "now": figures.now(texts, observation),
        "usual": None
        if observation["baseline_median"] is None
        else figures.usual(texts, observation),
        "why": texts("why", observation["reason"]) if observation["reason"] else None,
    }


def _verdict(one: Verdict) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "item_id": one.item_id,
        "verdict": one.verdict,
        "source": one.source,
        "by": one.by,
        "at": one.at.isoformat(),
    }
