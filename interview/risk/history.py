"""What earlier sessions and the gallery know of a customer, as observations of this session.

The rows come from the archive and from a search of the gallery; who may look there, and for
which purpose, is decided where they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from facesign.biometrics.observation import Observation
from facesign.errors import SettingsError

__all__ = [
    "NOT_SEARCHED",
    "PastSession",
    "PastSessionRow",
    "VoiceElsewhere",
    "past_observations",
    "searched",
]

ANALYSER = "interview.history"
BROKEN_OFF = frozenset({"interrupted", "abandoned"})
_SEARCHED = ("history.voice_elsewhere", "history.watch_list")


class PastSessionRow(Protocol):
    """What is asked of a row of the archive."""

    @property
    def session_id(self) -> str:
        """Id of the session."""

    @property
    def customer(self) -> str | None:
        """Customer number."""

    @property
    def external_ref(self) -> str | None:
        """Loan application number."""

    @property
    def started_at(self) -> datetime:
        """UTC, aware."""

    @property
    def state(self) -> str:
        """`closed`, `interrupted`, `abandoned` ..."""

    @property
    def decision(self) -> str | None:
        """`proceed`, `escalate`, `stop`, `protect`; None where nobody decided."""

    @property
    def n_confirmed_flags(self) -> int:
        """Flags that the fraud desk confirmed."""

    @property
    def voice_decision(self) -> str | None:
        """`match`, `no_match`, `inconclusive`; None where no voice was compared."""


@dataclass(frozen=True, slots=True)
class PastSession:
    """One earlier session, in plain values."""

    session_id: str
    customer: str | None
    external_ref: str | None
    started_at: datetime
    state: str = "closed"
    decision: str | None = None
    n_confirmed_flags: int = 0
    voice_decision: str | None = None


@dataclass(frozen=True, slots=True)
class VoiceElsewhere:
    """What a search with this session's voice found at its operating point."""

    n_other_customers: int | None
    """Customer numbers other than this one; only where the applicant consented to a search."""
    n_watch_list: int | None = 0
    """Entries of the watch-list."""
    reason: str | None = None
    """Why the other customers are not known, where they are not."""
    watch_list_reason: str | None = None
    """Why the entries are not known, where they are not."""
    start_s: float = 0.0
    """When the speech began that was searched with."""
    end_s: float = 0.0

    @classmethod
    def unknown(cls, reason: str) -> VoiceElsewhere:
        """Return that nothing is known, and why."""
        return cls(None, None, reason, reason)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the record; nobody who was found is among them."""
        return asdict(self)

    def observations(self) -> Iterator[Observation]:
        """Yield one count for other customers and one for the watch-list."""
        found = (self.n_other_customers, self.reason), (self.n_watch_list, self.watch_list_reason)
        for name, (value, reason) in zip(_SEARCHED, found, strict=True):
            if value is None:
                yield _missing(name, reason or "not_searched")
            else:
                yield _count(name, value, self.start_s, self.end_s)


NOT_SEARCHED = VoiceElsewhere.unknown("not_searched")


def past_observations(
    rows: Iterable[PastSessionRow],
    *,
    customer: str | None,
    external_ref: str | None,
    session_id: str,
    now: datetime,
    voice: VoiceElsewhere | None = None,
) -> Iterator[Observation]:
    """Yield what history says at the beginning of a session.

    Args:
        rows: Sessions of this customer, and of this loan application under any customer;
            the session itself and later ones are left out.
        customer: Customer number of this session.
        external_ref: Its loan application number.
        session_id: Its id.
        now: When it began, UTC.
        voice: What a search with its voice found; None where none was made.

    Yields:
        Counts; `not_assessed` with a reason where there is no customer or no search.

    Raises:
        SettingsError: a time has no time zone.
    """
    if now.tzinfo is None:
        raise SettingsError("`now` needs a time zone")
    past = [one for one in rows if one.session_id != session_id]
    if any(one.started_at.tzinfo is None for one in past):
        raise SettingsError("a past session's `started_at` needs a time zone")
    past = [one for one in past if one.started_at <= now]
    if customer is None:
        yield _missing("history.sessions", "no_customer")
    else:
        yield from _of_customer([one for one in past if one.customer == customer], now)
    if external_ref is not None:
        others = {
            one.customer
            for one in past
            if one.external_ref == external_ref and one.customer not in (None, customer)
        }
        yield _count("history.application_of_others", len(others))
    yield from (voice or NOT_SEARCHED).observations()


def _of_customer(own: Sequence[PastSessionRow], now: datetime) -> Iterator[Observation]:
    def since(days: int) -> list[PastSessionRow]:
        return [one for one in own if one.started_at >= now - timedelta(days=days)]

    month, quarter, year = since(30), since(90), since(365)
    yield _count("history.sessions", len(since(7)))
    yield _count("history.broken_off", sum(one.state in BROKEN_OFF for one in month))
    applications = {one.external_ref for one in month if one.external_ref is not None}
    yield _count("history.applications", len(applications))
    yield _count("history.stopped", sum(one.decision == "stop" for one in quarter))
    yield _count("history.protected", sum(one.decision == "protect" for one in quarter))
    yield _count("history.confirmed_flags", sum(one.n_confirmed_flags for one in year))
    yield _count("history.voice_no_match", sum(one.voice_decision == "no_match" for one in month))


def searched(
    past: Iterable[Observation], voice: VoiceElsewhere
) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """Return what is known beside a search of the gallery, and what is known by one.

    Args:
        past: What was known at the beginning; a search that was made before holds.
        voice: What the session's own search came to.
    """
    rows = tuple(past)
    before = {one.name: one for one in rows if one.status == "assessed"}
    found = (before.get(one.name, one) for one in voice.observations())
    return tuple(one for one in rows if one.name not in _SEARCHED), tuple(found)


def _count(name: str, value: int, start_s: float = 0.0, end_s: float = 0.0) -> Observation:
    return Observation(
        name, start_s, end_s, float(value), "count", subject="session", analyser=ANALYSER
    )


def _missing(name: str, reason: str) -> Observation:
    return Observation(
        name,
        0.0,
        0.0,
        None,
        "count",
        status="not_assessed",
        reason=reason,
        subject="session",
        analyser=ANALYSER,
    )
