"""All live sessions of a server: created, found, ended, entered into the archive."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from facesign.errors import FacesignError, LiveSessionsFullError, NotLiveError
from facesign.interview.archive.entries import ArchivedFlag, ArchivedSession
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.live.plan import SessionPlan
from facesign.interview.live.processes import WarmPool
from facesign.interview.live.session import LiveSession
from facesign.interview.live.tokens import RECONNECT_S, Tokens
from facesign.interview.record.recovery import recover, recover_all

__all__ = ["LiveSession", "LiveSessions", "SessionPlan"]

KEEP_S = 3600.0
"""An ended session can be looked at for so long; then its replay is what there is."""
TIDY_EVERY_S = 5.0

_log = logging.getLogger(__name__)


class LiveSessions:
    """Create and find live sessions; holds no model, each session has a process of its own.

    Records that an earlier server left open are closed as interrupted.

    Args:
        home: Where records, archive and keys lie.
        most: Sessions at the same time at most.
        archive: The archive to enter them into; opened by default.
    """

    def __init__(self, home: Home, *, most: int = 8, archive: Archive | None = None) -> None:
        self.home = home
        self._most = most
        self._own_archive = archive is None
        self._archive = archive or Archive.open(home)
        self.tokens = Tokens()
        self._pool = WarmPool(home.root)
        self._lock = threading.Lock()
        self._sessions: dict[str, LiveSession] = {}
        self._ended_at_s: dict[str, float] = {}
        self._closing = threading.Event()
        for recovery in recover_all(home):
            _log.warning("%s", recovery.message)
        self._pool.warm()
        self._tidier = threading.Thread(target=self._tidy, name="live-sessions", daemon=True)
        self._tidier.start()

    def create(self, plan: SessionPlan, *, officer: str) -> LiveSession:
        """Create a session.

        Raises:
            LiveSessionsFullError: as many as allowed are live.
            ArchiveError: it cannot be entered into the archive.
        """
        with self._lock:
            n_live = sum(not session.has_ended for session in self._sessions.values())
            if n_live >= self._most:
                raise LiveSessionsFullError(self._most)
            session = LiveSession(
                plan,
                officer=officer,
                home=self.home,
                take=self._pool.take,
                invite=self.tokens.invite,
                ended=self._ended,
            )
            self._sessions[session.session_id] = session
        try:
            self._archive.add(
                ArchivedSession(
                    session_id=session.session_id,
                    created_at=session.created_at,
                    officer=officer,
                    customer=plan.customer,
                    external_ref=plan.external_ref,
                    script=plan.script.script_id,
                    lang=plan.lang,
                )
            )
        except FacesignError:
            session.interrupt()
            raise
        return session

    def get(self, session_id: str) -> LiveSession:
        """Return a session, live or ended a short time ago.

        Raises:
            NotLiveError: there is none of that id.
        """
        with self._lock:
            session = self._sessions.get(session_id)
        if session is None:
            raise NotLiveError(session_id)
        return session

    def by_token(self, token: str) -> LiveSession:
        """Return the session that a token invites to, whichever device asks.

        Raises:
            TokenError: the token cannot be used.
            NotLiveError: its session has ended.
        """
        return self.get(self.tokens.peek(token))

    def all(self) -> tuple[LiveSession, ...]:
        """Return all sessions, the latest first."""
        with self._lock:
            return tuple(reversed(self._sessions.values()))

    def close(self) -> None:
        """End all: sessions that still run are interrupted, and their records closed."""
        self._closing.set()
        self._tidier.join()
        self._pool.close()
        for session in self.all():
            if not session.has_ended:
                session.interrupt()
        if self._own_archive:
            self._archive.close()

    def _ended(self, session: LiveSession, summary: Mapping[str, Any]) -> None:
        """Enter the end of a session, in the thread that listened to its worker."""
        self.tokens.revoke(session.session_id)
        with self._lock:
            self._ended_at_s[session.session_id] = time.monotonic()
        if "outcome" not in summary:
            self._recover(session)
        changes = {
            "status": summary["stage"],
            "ended_at": datetime.now(UTC),
            "outcome": summary.get("outcome"),
            "decision": summary.get("decision"),
            "flags": tuple(ArchivedFlag(*flag) for flag in summary.get("flags", ())),
            "n_prompts": summary.get("n_prompts", 0),
            "duration_s": summary.get("duration_s"),
            "because": summary.get("because"),
            "next_on": summary.get("next_on"),
        }
        try:
            self._archive.update(session.session_id, **changes)
        except FacesignError as error:
            _log.error("%s: its end is not in the archive: %s", session.session_id, error)

    def _recover(self, session: LiveSession) -> None:
        """Close the record of a worker that went away."""
        try:
            _log.warning("%s", recover(self.home, session.session_id).message)
        except FacesignError as error:
            # Nothing was recorded yet, or the worker closed it itself.
            _log.info("%s", error)

    def _tidy(self) -> None:
        while not self._closing.wait(TIDY_EVERY_S):
            for session in self.all():
                lost_s = session.lost_s
                if not session.has_ended and lost_s is not None and lost_s > RECONNECT_S:
                    _log.warning("%s: interrupted, the applicant did not come back", session)
                    session.interrupt()
            with self._lock:
                for session_id, ended_at_s in list(self._ended_at_s.items()):
                    if time.monotonic() - ended_at_s > KEEP_S:
                        del self._ended_at_s[session_id], self._sessions[session_id]
