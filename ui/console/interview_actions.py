"""What an officer does in an interview, as plain functions over the live sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast, get_args

from facesign.errors import NotLiveError, SettingsError
from facesign.interview.archive.entries import DECISIONS
from facesign.interview.consent import PURPOSES
from facesign.interview.home import Language
from facesign.interview.live.plan import MOST_CHARACTERS, Role, SessionPlan
from facesign.interview.live.session import LiveSession
from facesign.interview.own_scripts import OwnScripts
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import SignedIn
from facesign.ui.console.join import consent_versions
from facesign.ui.console.join_links import join_link
from facesign.ui.console.replay_actions import as_day
from facesign.ui.console.texts import Texts

__all__ = [
    "ACTIONS",
    "OTHERS",
    "act",
    "add_evidence",
    "break_off",
    "consent",
    "create",
    "decide",
    "own",
    "running",
    "view_of",
    "withdraw",
]

OTHERS: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "applicant")
"""Who may be declared beside the applicant."""
ACTIONS = ("next", "asked", "skip", "identity_only", "end")
"""What takes no values."""


def create(
    desk: Desk,
    who: SignedIn,
    *,
    customer: str,
    external_ref: str,
    lang: Language,
    script: str,
    participants: Sequence[str],
    here: bool,
) -> LiveSession:
    """Create an interview.

    Args:
        desk: The console's desk.
        who: The officer who leads it.
        customer: Customer number.
        external_ref: Loan application number; empty where there is none yet.
        lang: Language that the applicant reads.
        script: Id of a question script.
        participants: Who was declared beside the applicant.
        here: The applicant sits at the officer's computer.

    Raises:
        SettingsError, ScriptError: something is missing or unknown.
        LiveSessionsFullError: as many as allowed are live.
    """
    plan = SessionPlan(
        customer=customer.strip(),
        script=OwnScripts(desk.home).load(script),
        lang=lang,
        external_ref=external_ref.strip() or None,
        participants=("applicant", *(cast(Role, one) for one in participants)),
        applicant_here=here,
    )
    return desk.live.create(plan, officer=who.name)


def own(desk: Desk, who: SignedIn, session_id: str) -> LiveSession:
    """Return a live session of this officer.

    Raises:
        NotLiveError: there is none of that id, or another officer leads it.
    """
    session = desk.live.get(session_id)
    if session.officer != who.name:
        raise NotLiveError(session_id)
    return session


def running(desk: Desk, who: SignedIn) -> list[LiveSession]:
    """List the interviews that an officer leads now, the latest first."""
    return [one for one in desk.live.all() if one.officer == who.name and not one.has_ended]


def view_of(desk: Desk, session: LiveSession, host: str, *, anew: bool = False) -> dict[str, Any]:
    """Return what the live view needs to begin; for a phone, with a new link.

    Args:
        desk: The console's desk.
        session: The interview.
        host: What the officer's browser calls the console.
        anew: Make a link for a device that comes in place of the one before, too.

    Raises:
        SettingsError: the applicant is here, or the interview has ended.
    """
    plan = session.plan
    link = None
    if anew and (plan.applicant_here or session.stage not in _JOINED):
        raise SettingsError("nobody can join this interview by a link")
    waits = session.lost_s is None and session.stage == "created"
    if anew or (waits and not plan.applicant_here):
        link = join_link(desk.reach, host, session.invite()).to_dict()
    return {
        "session_id": session.session_id,
        "here": plan.applicant_here,
        "lang": plan.lang,
        "customer": plan.customer,
        "link": link,
    }


_JOINED = ("created", "consent", "baseline", "questions")
"""Stages in which an applicant's page has something to do."""


def act(desk: Desk, who: SignedIn, session_id: str, action: str, text: str = "") -> None:
    """Do one of the officer's actions.

    Raises:
        SettingsError: there is no such action.
        FacesignError: it cannot be done now.
    """
    session = own(desk, who, session_id)
    if action in ACTIONS:
        getattr(session, action)()
    elif action == "pause":
        # One key pauses and goes on.
        if session.state()["paused"] is None:
            session.pause("officer")
        else:
            session.resume("officer")
    elif action == "mark":
        session.mark(text.strip() or "mark")
    elif action == "note":
        session.note(text)
    elif action == "ask":
        session.ask(text)
    else:
        raise SettingsError(f"no action {action!r}")


def consent(
    desk: Desk, who: SignedIn, session_id: str, given: Mapping[str, bool], lang: Language
) -> None:
    """Enter what an applicant at this computer decided, on every purpose.

    Args:
        desk: The console's desk.
        who: The officer who leads it.
        session_id: Which interview.
        given: Whether they agreed, by purpose; one that is missing was refused.
        lang: Language of the words that they read.

    Raises:
        NotLiveError: it is not this officer's session.
        SettingsError: the applicant decides on their own device.
    """
    session = own(desk, who, session_id)
    if not session.plan.applicant_here:
        raise SettingsError("the applicant decides on their own device")
    version = consent_versions()[lang]
    for purpose in PURPOSES:
        granted = given.get(purpose) is True
        session.consent(purpose, granted=granted, text=version, lang=lang)


def withdraw(desk: Desk, who: SignedIn, session_id: str, purpose: str) -> None:
    """Take a consent back, as an applicant at this computer asks for.

    Raises:
        NotLiveError: it is not this officer's session.
    """
    own(desk, who, session_id).withdraw(purpose)


def add_evidence(
    desk: Desk, who: SignedIn, session_id: str, given: Mapping[str, Any], t: Texts
) -> None:
    """Add what another system of the bank found, during the interview or at its review.

    Args:
        desk: The console's desk.
        who: The officer who leads it.
        session_id: Which interview.
        given: `source`, `kind`, `result` and `reference`.
        t: Texts of the officer's page.

    Raises:
        NotLiveError: it is not this officer's session.
        SettingsError: the source is missing, or a text is too long.
        FacesignError: nothing is captured yet.
    """
    source, reference = (str(given.get(name) or "").strip() for name in ("source", "reference"))
    if not source:
        raise SettingsError(t("evidence.source_needed"))
    if max(len(source), len(reference)) > MOST_CHARACTERS:
        raise SettingsError(t("words.too_long", most=MOST_CHARACTERS))
    own(desk, who, session_id).evidence(
        source=source,
        kind=str(given.get("kind")),
        result=str(given.get("result")),
        reference=reference or None,
    )


def break_off(
    desk: Desk, who: SignedIn, session_id: str, given: Mapping[str, Any], t: Texts
) -> None:
    """End an interview before its time: for another day, or for good with a reason.

    Args:
        desk: The console's desk.
        who: The officer who leads it.
        session_id: Which interview.
        given: `how` (`reschedule` or `abandon`), `on` as `2026-12-03`, `text`.
        t: Texts of the officer's page.

    Raises:
        NotLiveError: it is not this officer's session.
        SettingsError: the day is missing or past, or the reason is missing or too long.
        SessionStateError: it is in review: it ends with a decision.
    """
    session = own(desk, who, session_id)
    text, on = (str(given.get(name) or "").strip() for name in ("text", "on"))
    if len(text) > MOST_CHARACTERS:
        raise SettingsError(t("words.too_long", most=MOST_CHARACTERS))
    if given.get("how") == "reschedule":
        day = as_day(on)
        if day is None or day < date.today():
            raise SettingsError(t("breaking_off.day_needed"))
        session.reschedule(on=day.isoformat(), note=text)
    else:
        if not text:
            raise SettingsError(t("breaking_off.reason_needed"))
        session.abandon(because=text, by="officer")


def decide(
    desk: Desk, who: SignedIn, session_id: str, decision: str | None, reason: str, t: Texts
) -> None:
    """Decide, with a reason.

    Raises:
        SettingsError: the decision or the reason is missing.
    """
    if decision not in DECISIONS:
        raise SettingsError(t("interview.choose_decision"))
    if not reason.strip():
        raise SettingsError(t("interview.reason_needed"))
    own(desk, who, session_id).decide(decision, reason.strip())
