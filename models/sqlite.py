"""A private SQLite file that several processes share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from facesign.models.atomic import locked

__all__ = ["is_taken", "made_private", "run_raw", "sqlite_engine", "writing"]

_WRITING = "facesign_writing"
_TAKEN = ("database is locked", "database table is locked")
_SETTINGS = (
    # A power cut must not lose what was reported as done.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten: it must not lie in free pages.
    "PRAGMA secure_delete = ON",
)


def sqlite_engine(url: URL | str, *, wait_s: float) -> Engine:
    """Return an engine whose transactions wait for each other.

    Args:
        url: `sqlite:///FILE`.
        wait_s: How long to wait for another process that has the file locked.
    """
    engine = create_engine(url, connect_args={"timeout": wait_s})
    event.listen(engine, "connect", _set_up(wait_s))
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def made_private(path: Path) -> Iterator[None]:
    """Make the file for its owner alone, and keep other processes out while it is set up.

    Raises:
        PermissionError: it is there and may not be written.
    """
    with locked(path.parent):
        # A file that is there is not opened: closing it again would drop the locks that this
        # process holds on it, and another one could take its log away.
        if not path.exists():
            # Files beside it take its mode.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        elif not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(str(path))
        yield


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Write in one transaction that has the lock from its start."""
    with engine.connect() as connection:
        connection = connection.execution_options(**{_WRITING: True})
        with connection.begin():
            yield connection


def run_raw(connection: Connection, statement: str) -> None:
    """Run a statement that SQLite takes outside of transactions only."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute(statement).fetchall()


def is_taken(reason: str) -> bool:
    """Tell whether SQLite's reason is that another process has the file locked."""
    return any(words in reason for words in _TAKEN)


def _set_up(wait_s: float) -> Callable[[Any, Any], None]:
    def set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # begin and commit are ours alone
        connection.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")
        for setting in _SETTINGS:
            connection.execute(setting)

    return set_up


def _begin(connection: Connection) -> None:
    """Take the write lock at the start: a reader that turns writer can find itself outdated."""
    wanted = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wanted else "BEGIN")
