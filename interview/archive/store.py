"""The archive: which sessions there were, how they went, who judged and who looked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from facesign.errors import ArchiveError, SettingsError, UnknownSessionError, VerdictError
from facesign.interview.archive.database import WAIT_S, ArchiveDatabase
from facesign.interview.archive.entries import (
    ENDED,
    ArchivedFlag,
    ArchivedSession,
    JudgedKind,
    Verdict,
    VerdictWord,
    View,
)
from facesign.interview.archive.sealing import ArchiveSeal
from facesign.interview.archive.tables import FlagRow, SessionRow, VerdictRow, ViewRow
from facesign.interview.home import Home
from facesign.interview.keyfiles import KeyNotice

__all__ = ["Archive"]

_log = logging.getLogger(__name__)
_PLAIN = (
    "session_id",
    "created_at",
    "ended_at",
    "status",
    "officer",
    "script",
    "lang",
    "outcome",
    "decision",
    "n_prompts",
    "duration_s",
)
_SEALED = ("customer", "external_ref", "because", "next_on")
"""Rows that were written before a name was listed here have no value for it."""


class Archive:
    """Sessions, verdicts and views in `archive.db`; made by `open`.

    Any number of processes may have it open. It holds no media, no embedding, and nothing that
    was observed of a person but which flags there were.
    """

    def __init__(self, database: ArchiveDatabase, seal: ArchiveSeal) -> None:
        self.database = database
        """Transactions, for other modules that own a table."""
        self._seal = seal

    @classmethod
    def open(
        cls,
        home: Home | Path | None = None,
        *,
        announce: Callable[[KeyNotice], None] | None = None,
        wait_s: float = WAIT_S,
    ) -> Archive:
        """Open the archive of a home folder, making it where there is none.

        Args:
            home: The home folder.
            announce: Told of a master key that had to be made; by default it is logged as
                a warning.
            wait_s: How long to wait for another process that has it locked.

        Raises:
            ArchiveError: it cannot be opened, is no archive, or a newer one.
            OutputError: the home folder cannot be made.
        """
        home = home if isinstance(home, Home) else Home.resolve(home)
        home.make(home.root)
        database = ArchiveDatabase.open(home.archive, wait_s=wait_s)
        return cls(database, ArchiveSeal(home, announce or _warn))

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, session: ArchivedSession) -> None:
        """Enter a session.

        Raises:
            ArchiveError: it is there already, or cannot be written.
        """
        row = self._row(session)
        with self.database.writing() as connection:
            if _has(connection, session.session_id):
                raise ArchiveError(
                    str(self.database.path), f"session {session.session_id} is there already"
                )
            connection.execute(insert(SessionRow).values(**row))
            _write_flags(connection, session)

    def update(self, session_id: str, /, **changes: Any) -> ArchivedSession:
        """Change fields of a session, such as `status` or `decision`.

        Args:
            session_id: Which one.
            changes: New values of fields of ArchivedSession.

        Returns:
            The session as it is now.

        Raises:
            UnknownSessionError: there is no such session.
            SettingsError: there is no such field, or its value is not allowed.
        """
        known = {field.name for field in fields(ArchivedSession)} - {"session_id", "created_at"}
        for name in changes:
            if name not in known:
                raise SettingsError(
                    f"a session has no field {name!r} to change; there are {', '.join(known)}"
                )
        with self.database.writing() as connection:
            held = self._read(connection, session_id)
            values = {field.name: getattr(held, field.name) for field in fields(held)}
            changed = ArchivedSession(**{**values, **changes})
            connection.execute(
                update(SessionRow)
                .where(SessionRow.session_id == session_id)
                .values(**self._row(changed))
            )
            _write_flags(connection, changed)
        return changed

    def session(self, session_id: str) -> ArchivedSession:
        """Return one session.

        Raises:
            UnknownSessionError: there is no such session.
        """
        with self.database.reading() as connection:
            return self._read(connection, session_id)

    def has(self, session_id: str) -> bool:
        """Tell whether a session was entered."""
        with self.database.reading() as connection:
            return _has(connection, session_id)

    def sessions(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        officer: str | None = None,
        customer: str | None = None,
        external_ref: str | None = None,
        outcome: str | None = None,
        status: str | None = None,
        flag: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[ArchivedSession, ...]:
        """Return sessions, the latest first.

        Args:
            since: Created at this moment or later.
            until: Created before this moment.
            officer: Who led it.
            customer: Whose it is.
            external_ref: The bank's own number for the case.
            outcome: `clear`, `review` or `inconclusive`.
            status: Where it stands or how it ended.
            flag: Code of a flag that it has.
            limit: How many at most.
            offset: How many of the latest to leave out.
        """
        query = select(SessionRow)
        if since is not None:
            query = query.where(SessionRow.created_at >= since)
        if until is not None:
            query = query.where(SessionRow.created_at < until)
        if customer is not None:
            query = query.where(SessionRow.customer_tag == self._seal.tag("customer", customer))
        if external_ref is not None:
            tag = self._seal.tag("external_ref", external_ref)
            query = query.where(SessionRow.reference_tag == tag)
        for column, wanted in (
            (SessionRow.officer, officer),
            (SessionRow.outcome, outcome),
            (SessionRow.status, status),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if flag is not None:
            flagged = select(FlagRow.session_id).where(FlagRow.code == flag)
            query = query.where(SessionRow.session_id.in_(flagged))
        query = query.order_by(SessionRow.created_at.desc(), SessionRow.session_id.desc())
        with self.database.reading() as connection:
            return tuple(self._all(connection, query.limit(limit).offset(offset)))

    def customers(self) -> set[str]:
        """Return the numbers of all customers that there are sessions of."""
        query = select(SessionRow.session_id, SessionRow.sealed)
        with self.database.reading() as connection:
            rows = connection.execute(query.where(SessionRow.customer_tag.is_not(None))).all()
        return {self._seal.unseal(row.sealed, bound_to=row.session_id)["customer"] for row in rows}

    def add_verdict(
        self,
        session_id: str,
        kind: JudgedKind,
        item_id: str,
        verdict: VerdictWord,
        *,
        source: str,
        by: str,
        at: datetime | None = None,
    ) -> Verdict:
        """Keep what somebody found a prompt or flag to be; the last one on it stands.

        Args:
            session_id: Which session.
            kind: `prompt` or `flag`.
            item_id: Its id in the report.
            verdict: `confirmed`, `rejected` or `cannot_tell`.
            source: Where the truth is known from.
            by: Who judged; never the officer who led the session.
            at: When; now by default.

        Raises:
            UnknownSessionError: there is no such session.
            VerdictError: something is missing, the session has no such flag or is not over,
                or it is the officer's own case.
        """
        given = Verdict(kind, item_id, verdict, source, by, at or datetime.now(UTC))
        with self.database.writing() as connection:
            held = self._read(connection, session_id)
            _require_judge(held, given)
            sealed = self._seal.seal({"source": source}, bound_to=session_id)
            connection.execute(
                insert(VerdictRow).values(
                    session_id=session_id,
                    kind=kind,
                    item_id=item_id,
                    verdict=verdict,
                    sealed_source=sealed,
                    by=by,
                    at=given.at,
                )
            )
        return given

    def verdicts(self, session_id: str) -> tuple[Verdict, ...]:
        """Return all verdicts on a session's prompts and flags, the earliest first."""
        query = select(VerdictRow).where(VerdictRow.session_id == session_id)
        with self.database.reading() as connection:
            return tuple(
                Verdict(
                    kind=row.kind,
                    item_id=row.item_id,
                    verdict=row.verdict,
                    source=self._seal.unseal(row.sealed_source, bound_to=session_id)["source"],
                    by=row.by,
                    at=row.at,
                )
                for row in connection.execute(query.order_by(VerdictRow.verdict_id))
            )

    def viewed(
        self, session_id: str, *, by: str, what: str = "opened", at: datetime | None = None
    ) -> None:
        """Note that somebody looked at a session.

        Raises:
            UnknownSessionError: there is no such session.
        """
        with self.database.writing() as connection:
            if not _has(connection, session_id):
                raise UnknownSessionError(session_id)
            moment = at or datetime.now(UTC)
            row = {"session_id": session_id, "by": by, "at": moment, "what": what}
            connection.execute(insert(ViewRow).values(**row))

    def views(self, session_id: str) -> tuple[View, ...]:
        """Return who looked at a session, the earliest first."""
        query = select(ViewRow).where(ViewRow.session_id == session_id).order_by(ViewRow.view_id)
        with self.database.reading() as connection:
            return tuple(View(row.by, row.at, row.what) for row in connection.execute(query))

    def _row(self, session: ArchivedSession) -> dict[str, Any]:
        named = {name: getattr(session, name) for name in _SEALED}
        row = {name: getattr(session, name) for name in _PLAIN}
        row["n_flags"] = len(session.flags)
        row["customer_tag"] = row["reference_tag"] = row["sealed"] = None
        if session.customer is not None:
            row["customer_tag"] = self._seal.tag("customer", session.customer)
        if session.external_ref is not None:
            row["reference_tag"] = self._seal.tag("external_ref", session.external_ref)
        if any(value is not None for value in named.values()):
            row["sealed"] = self._seal.seal(named, bound_to=session.session_id)
        return row

    def _read(self, connection: Connection, session_id: str) -> ArchivedSession:
        query = select(SessionRow).where(SessionRow.session_id == session_id)
        for session in self._all(connection, query):
            return session
        raise UnknownSessionError(session_id)

    def _all(self, connection: Connection, query: Select[Any]) -> Iterator[ArchivedSession]:
        rows = connection.execute(query).all()
        flags = _flags_of(connection, [row.session_id for row in rows])
        for row in rows:
            named: dict[str, Any] = {}
            if row.sealed is not None:
                named = self._seal.unseal(row.sealed, bound_to=row.session_id)
            plain = {name: getattr(row, name) for name in _PLAIN}
            yield ArchivedSession(**plain, **named, flags=tuple(flags.get(row.session_id, ())))


def _has(connection: Connection, session_id: str) -> bool:
    query = select(SessionRow.session_id).where(SessionRow.session_id == session_id)
    return connection.execute(query).first() is not None


def _write_flags(connection: Connection, session: ArchivedSession) -> None:
    connection.execute(delete(FlagRow).where(FlagRow.session_id == session.session_id))
    for flag in session.flags:
        row = {name: getattr(flag, name) for name in ("flag_id", "code", "family")}
        connection.execute(insert(FlagRow).values(session_id=session.session_id, **row))


def _flags_of(connection: Connection, session_ids: list[str]) -> dict[str, list[ArchivedFlag]]:
    found: dict[str, list[ArchivedFlag]] = {}
    # SQLite takes a limited number of values in one question.
    for first in range(0, len(session_ids), 500):
        some = session_ids[first : first + 500]
        rows: list[Row[Any]] = list(
            connection.execute(select(FlagRow).where(FlagRow.session_id.in_(some)))
        )
        for row in sorted(rows, key=lambda row: (len(row.flag_id), row.flag_id)):
            flag = ArchivedFlag(row.flag_id, row.code, row.family)
            found.setdefault(row.session_id, []).append(flag)
    return found


def _require_judge(session: ArchivedSession, verdict: Verdict) -> None:
    if session.status not in ENDED:
        raise VerdictError(f"session {session.session_id} is not over: it is in {session.status}")
    if session.officer is not None and verdict.by.casefold() == session.officer.casefold():
        raise VerdictError(
            f"{verdict.by} led session {session.session_id}: somebody else must judge it"
        )
    if verdict.kind == "flag" and verdict.item_id not in {f.flag_id for f in session.flags}:
        raise VerdictError(f"session {session.session_id} has no flag {verdict.item_id!r}")


def _warn(notice: KeyNotice) -> None:
    _log.warning("%s", notice.message)
