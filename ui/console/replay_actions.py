"""The list of recorded interviews, as plain functions over the archive."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, get_args

from facesign.errors import SettingsError
from facesign.interview.archive.entries import ArchivedSession
from facesign.interview.flags import FlagCode
from facesign.interview.home import Language
from facesign.interview.outcome import Outcome
from facesign.interview.page.texts import load_texts
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import SignedIn
from facesign.ui.console.texts import Texts

__all__ = ["MOST", "OUTCOMES", "as_day", "flag_choices", "found", "session_rows"]

MOST = 200
"""Rows that are listed; the filters find the others."""
OUTCOMES: tuple[str, ...] = get_args(Outcome)


def found(
    desk: Desk,
    who: SignedIn,
    *,
    since: str = "",
    until: str = "",
    officer: str = "",
    customer: str = "",
    outcome: str = "",
    flag: str = "",
) -> tuple[ArchivedSession, ...]:
    """Return the sessions that somebody may see and that the filters leave, latest first.

    Args:
        desk: The console's desk.
        who: Who asks: officers see those that they led.
        since: First day, as `2026-11-30`; any where empty.
        until: Last day.
        officer: Who led it.
        customer: Customer number.
        outcome: `clear`, `review` or `inconclusive`.
        flag: Code of a flag.

    Raises:
        SettingsError: a day is not written as a day.
    """
    first, last = as_day(since), as_day(until)
    return desk.archive.sessions(
        since=_midnight(first),
        until=_midnight(last + timedelta(days=1)) if last else None,
        officer=who.name if who.role == "officer" else officer.strip() or None,
        customer=customer.strip() or None,
        outcome=outcome or None,
        flag=flag or None,
        limit=MOST,
    )


def session_rows(t: Texts, sessions: tuple[ArchivedSession, ...]) -> list[list[Any]]:
    """List sessions: when, customer, officer, length, outcome, flags, prompts, decision."""
    return [
        [
            f"{one.created_at.astimezone():%Y-%m-%d %H:%M}",
            one.customer or "–",
            one.officer or t("replay.recording"),
            "–" if one.duration_s is None else _length(one.duration_s),
            _ended(t, one),
            len(one.flags),
            one.n_prompts,
            t.of("decisions", one.decision) if one.decision else "–",
        ]
        for one in sessions
    ]


def flag_choices(lang: Language) -> list[tuple[str, str]]:
    """Return words and codes of all flags, as Gradio's choices take them."""
    words = load_texts(lang)
    return [(words("flag", code), code) for code in get_args(FlagCode)]


def as_day(text: str) -> date | None:
    """Read a day; None where nothing is written."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise SettingsError(f"a day is written as 2026-11-30, got {text.strip()!r}") from None


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time()).astimezone()


def _ended(t: Texts, session: ArchivedSession) -> str:
    """Say how it ended: with an outcome, or why there is none."""
    if session.outcome:
        return t.of("outcomes", session.outcome)
    if session.next_on:
        return t("replay.rescheduled_to", day=session.next_on)
    return t.of("statuses", session.status)


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
