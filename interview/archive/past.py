"""What the archive remembers of a customer's earlier sessions, for the history of a new one."""

from __future__ import annotations

from datetime import datetime, timedelta

from facesign.biometrics.observation import Observation
from facesign.interview.archive.entries import ArchivedSession, Verdict
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.risk.history import PastSession, past_observations

__all__ = ["past_of", "past_sessions"]

LOOKS_BACK = timedelta(days=365)
_MISMATCH = "voice_does_not_match"


def past_of(
    home: Home, *, customer: str | None, external_ref: str | None, session_id: str, now: datetime
) -> tuple[Observation, ...]:
    """Return what earlier sessions say at the beginning of a new one.

    An archive that is not there is not made, and says nothing; neither does one for a session
    without customer and reference.

    Args:
        home: The home folder.
        customer: Customer number of the new session.
        external_ref: The bank's own number for the case.
        session_id: Id of the new session.
        now: When it began, UTC.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    if (customer is None and external_ref is None) or not home.archive.is_file():
        return ()
    with Archive.open(home) as archive:
        rows = past_sessions(archive, customer=customer, external_ref=external_ref, now=now)
    return tuple(
        past_observations(
            rows, customer=customer, external_ref=external_ref, session_id=session_id, now=now
        )
    )


def past_sessions(
    archive: Archive, *, customer: str | None, external_ref: str | None, now: datetime
) -> tuple[PastSession, ...]:
    """Return the last year's sessions of a customer, and those of a case under any customer."""
    since, found = now - LOOKS_BACK, dict[str, ArchivedSession]()
    if customer is not None:
        found |= {s.session_id: s for s in archive.sessions(since=since, customer=customer)}
    if external_ref is not None:
        of_case = archive.sessions(since=since, external_ref=external_ref)
        found |= {session.session_id: session for session in of_case}
    return tuple(
        PastSession(
            session_id=session.session_id,
            customer=session.customer,
            external_ref=session.external_ref,
            started_at=session.created_at,
            state=session.status,
            decision="protect" if session.decision == "pause_and_protect" else session.decision,
            n_confirmed_flags=_n_confirmed(archive.verdicts(session.session_id)),
            voice_decision="no_match" if _has_mismatch(session) else None,
        )
        for session in found.values()
    )


def _n_confirmed(verdicts: tuple[Verdict, ...]) -> int:
    """Count the flags on which the last verdict is that they were right."""
    last = {v.item_id: v.verdict for v in verdicts if v.kind == "flag"}
    return sum(verdict == "confirmed" for verdict in last.values())


def _has_mismatch(session: ArchivedSession) -> bool:
    return any(flag.code == _MISMATCH for flag in session.flags)
