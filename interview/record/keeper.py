"""Keeping a session: what it is told, what is pushed and what it found, as entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from facesign.biometrics.stream import Frame, Sound
from facesign.interview.archive.entries import ArchivedFlag, ArchivedSession
from facesign.interview.archive.store import Archive
from facesign.interview.consent import Consent
from facesign.interview.home import Home
from facesign.interview.record.contents import keep_report
from facesign.interview.record.pushed import PushedWriter
from facesign.interview.record.view import ViewWriter
from facesign.interview.record.writer import RecordWriter

if TYPE_CHECKING:
    from facesign.interview.report import Report

__all__ = ["SessionKeeper"]


class SessionKeeper:
    """Enter one session into a record, its own or one that was begun elsewhere.

    Its own record is begun when consent to recording is there, and not before: until then what
    the session is told waits in memory. In it, what is pushed is stored as well. Whoever hands
    in a record stores what was received there, and closes it.

    Args:
        record: The record, or the home folder to begin one in.
        session_id: Id of a session whose record is its own.
        created_at: When it was created, UTC.
    """

    def __init__(
        self, record: RecordWriter | Home, *, session_id: str, created_at: datetime
    ) -> None:
        self.session_id, self.created_at = session_id, created_at
        self._writer: RecordWriter | None = None
        if isinstance(record, Home):
            self._home = record
        else:
            self._home, self._writer = record.home, record
            self.session_id, self.created_at = record.session_id, record.header.created_at
        self._is_own = self._writer is None
        self._pushed: PushedWriter | None = None
        self._view: ViewWriter | None = None
        self._waiting: list[tuple[str, dict[str, Any]]] = []
        """What the session was told before its record was begun."""
        self._plan: Mapping[str, Any] = {}
        self._n_pushed = 0

    @classmethod
    def of(
        cls, record: bool | Home | RecordWriter, *, session_id: str, created_at: datetime
    ) -> SessionKeeper | None:
        """Return the keeper of a session; None where it is not recorded."""
        if record is False:
            return None
        where = Home.resolve() if record is True else record
        return cls(where, session_id=session_id, created_at=created_at)

    def plan(self, plan: Mapping[str, Any]) -> None:
        """Enter what the session was created with."""
        self._plan = plan
        self.add("session", plan)
        if self._writer is not None:
            self._enter_archive()

    def consent(self, consent: Consent) -> None:
        """Enter a decision of the applicant; consent to recording begins the record."""
        self.add(
            "consent",
            {
                "purpose": consent.purpose,
                "text": consent.text,
                "given_by": consent.given_by,
                "granted": consent.granted,
                "at": consent.at.isoformat(),
            },
        )
        if consent.purpose == "recording" and consent.granted:
            self._begin()

    def add(self, kind: str, data: Mapping[str, Any]) -> None:
        """Enter something that the session was told, after what was pushed until now."""
        entry = {**data, "n_pushed": self._n_pushed}
        if self._writer is None:
            self._waiting.append((kind, entry))
        else:
            self._writer.add(kind, entry)

    def pushed(self, item: Frame | Sound) -> None:
        """Take note of what is pushed, and store it in a record of the session's own."""
        self._begin()
        if self._pushed is not None and self._view is not None:
            self._pushed.push(item)
            self._view.push(item)
        self._n_pushed += 1

    def closed(self, report: Report) -> None:
        """Enter what the session found; close a record of its own.

        A session that was never allowed to record leaves none.
        """
        if self._writer is None:
            return
        if self._view is not None:
            self._view.finish()
        keep_report(self._writer, report)
        if self._is_own:
            self._writer.close("closed")
        with Archive.open(self._home) as archive:
            if archive.has(self.session_id):
                archive.update(self.session_id, **_found(report, is_over=self._is_own))

    def _begin(self) -> None:
        if self._writer is not None:
            return
        self._writer = RecordWriter.create(
            self._home, session_id=self.session_id, created_at=self.created_at
        )
        self._pushed = PushedWriter(self._writer)
        self._view = ViewWriter(self._writer, with_sound=bool(self._plan["tracks"]))
        for kind, entry in self._waiting:
            self._writer.add(kind, entry)
        self._waiting.clear()
        self._enter_archive()

    def _enter_archive(self) -> None:
        script = self._plan["script"]
        session = ArchivedSession(
            self.session_id,
            self.created_at,
            status="questions",
            customer=self._plan["customer"],
            external_ref=self._plan["external_ref"],
            script=None if script is None else script["script_id"],
            lang=self._plan["settings"]["lang"],
        )
        with Archive.open(self._home) as archive:
            if not archive.has(self.session_id):
                archive.add(session)


def _found(report: Report, *, is_over: bool) -> dict[str, Any]:
    flags = tuple(ArchivedFlag(f.flag_id, f.code, f.family) for f in report.flags)
    found = {
        "outcome": report.outcome,
        "flags": flags,
        "n_prompts": len(report.prompts),
        "duration_s": report.details["media"]["duration_s"],
    }
    if is_over:
        found |= {"status": "closed", "ended_at": datetime.now(UTC)}
    return found
