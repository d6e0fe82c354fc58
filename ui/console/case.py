"""One recorded interview as the player shows it: its report in words, its lanes, its verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facesign.errors import CalibrationError
from facesign.interview.archive.entries import ArchivedSession, Verdict
from facesign.interview.home import Home, Language
from facesign.interview.page import figures
from facesign.interview.page.texts import Texts, load_texts
from facesign.interview.record.reader import Record
from facesign.interview.risk.calibration import own_calibration
from facesign.ui.console.cards import cards_of, further_of
from facesign.ui.console.case_record import NO_RECORD, of_record
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import NotAllowed, SignedIn

__all__ = ["case_of", "may_see", "require_seen", "words_of_report"]

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
        "cards": cards_of(report, texts, names),
        "further": further_of(report, texts),
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


def _curve(name: str, texts: Texts) -> str:
    part, dot, _ = name.partition(".")
    return f"{texts('lane', part)}: {texts('series', name)}" if dot else texts("lane", "motion")


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


def _verdict(one: Verdict) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "item_id": one.item_id,
        "verdict": one.verdict,
        "source": one.source,
        "by": one.by,
        "at": one.at.isoformat(),
    }
