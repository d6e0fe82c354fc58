"""A console over a home folder in a temporary place, with one user of each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import uuid6
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from facesign.interview.archive.entries import ArchivedFlag, ArchivedSession
from facesign.interview.archive.store import Archive
from facesign.interview.archive.users import Users
from facesign.interview.home import Home
from facesign.interview.live.processes import WarmPool
from facesign.interview.record.writer import RecordWriter
from facesign.ui.console.app import build
from facesign.ui.console.desk import Desk
from facesign.ui.console.security import Reach

HOST = "127.0.0.1:7860"
PASSWORDS = {
    "anna": "officer-password",
    "otto": "officer-password",
    "ben": "analyst-password",
    "ruth": "admin-password",
}
ROLES = {"anna": "officer", "otto": "officer", "ben": "analyst", "ruth": "admin"}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes in microseconds: how long a real one takes is its library's business."""


@dataclass
class Console:
    """The application with what a test looks at."""

    app: FastAPI
    home: Home

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.state.desk
        return desk

    def client(self, name: str | None = None) -> TestClient:
        """Return a browser, signed in as one of the users."""
        client = TestClient(self.app, base_url=f"http://{HOST}", follow_redirects=False)
        if name is not None:
            form = {"name": name, "password": PASSWORDS[name]}
            answer = client.post("/login", data=form)
            assert answer.status_code == 303, answer.text
        return client


@contextmanager
def opened(root: Path, *, reach: Reach | None = None, with_users: bool = True) -> Iterator[Console]:
    """Build a console; nothing listens, and Gradio is imported when a page is asked for."""
    home = Home(root)
    # A warm worker takes seconds and half a gigabyte; tests of a live session start one.
    with patch.object(WarmPool, "warm"):
        app = build(home, reach=reach, lang="en")
    console = Console(app, home)
    try:
        if with_users:
            users = Users(console.desk.archive.database, CHEAP)
            for name, role in ROLES.items():
                users.add(name, role=role, password=PASSWORDS[name])
        yield console
    finally:
        console.desk.close()


def recorded(
    console: Console,
    *,
    officer: str | None,
    media: bytes,
    report: dict[str, object] | None,
) -> str:
    """Put a closed session with a record into the archive; return its id."""

    def write(writer: RecordWriter) -> None:
        writer.piece("media", media)
        if report is not None:
            writer.add("report", report)

    return kept(console.home, console.desk.archive, officer=officer, write=write)


def kept(
    home: Home, archive: Archive, *, officer: str | None, write: Callable[[RecordWriter], None]
) -> str:
    """Put a closed session into the archive, with a record that somebody writes; return its id."""
    session_id, now = str(uuid6.uuid7()), datetime.now(UTC)
    writer = RecordWriter.create(home, session_id=session_id, created_at=now)
    write(writer)
    writer.close("closed")
    archive.add(
        ArchivedSession(
            session_id,
            now,
            "closed",
            now,
            officer=officer,
            customer="C-1042",
            outcome="review",
            flags=(ArchivedFlag("f1", "undeclared_person", "protocol"),),
            n_prompts=1,
            duration_s=29.5,
        )
    )
    return session_id
