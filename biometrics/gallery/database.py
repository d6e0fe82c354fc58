"""The database under the gallery: SQLite in a file, or PostgreSQL with pgvector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from facesign.errors import GalleryBusyError, GalleryError, MissingExtraError
from facesign.models.sqlite import is_taken, made_private, run_raw, sqlite_engine, writing

__all__ = ["HEAD", "Database", "is_there"]

HEAD = "0001"
"""The last step in `migrations/versions`."""
WAIT_S = 10.0
_LOCK_ID = 0x66616365
_TAKEN = ("lock timeout", "deadlock detected")


class Database:
    """Transactions on one database; made by `open`."""

    def __init__(self, engine: Engine, where: str, *, wait_s: float) -> None:
        self.where = where
        """File or address, without a password."""
        self._engine = engine
        self._wait_s = wait_s

    @classmethod
    def open(cls, url: str, *, wait_s: float = WAIT_S) -> Database:
        """Open a database and bring its tables to this version's.

        Args:
            url: `sqlite:///FILE` or `postgresql+psycopg://...`.
            wait_s: How long to wait for another process that has it locked.

        Raises:
            GalleryError: it cannot be opened or reached, is no gallery, or a newer one.
            MissingExtraError: the packages for PostgreSQL are not installed.
        """
        parsed = _parsed(url)
        if parsed.drivername == "sqlite":
            return _open_file(cls, parsed, wait_s)
        return _open_server(cls, parsed, wait_s)

    @property
    def is_server(self) -> bool:
        """Whether it is PostgreSQL, which searches by itself."""
        return self._engine.dialect.name == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read in one transaction, from one state of the database.

        Raises:
            GalleryError: it cannot be reached.
        """
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction: all of it is kept, or on any error nothing.

        Raises:
            GalleryBusyError: another process has it locked for too long.
            GalleryError: it cannot be reached or written.
        """
        with self._translated(), writing(self._engine) as connection:
            yield connection

    def hold(self, connection: Connection) -> None:
        """Keep other processes from holding it too until the transaction ends.

        In a file every transaction that writes does so anyway.
        """
        if self.is_server:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_ID})"))

    def forget_deleted(self) -> None:
        """Overwrite what was deleted, in the write-ahead log or in dead rows, if nobody reads."""
        with self._translated(), self._engine.connect() as connection:
            if not self.is_server:
                run_raw(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
                return
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.execute(text("VACUUM search_vectors, templates, enrollments, subjects"))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            reason = _first_line(error.orig or error)
            if is_taken(reason) or any(words in reason for words in _TAKEN):
                raise GalleryBusyError(self.where, self._wait_s) from error
            raise GalleryError(self.where, _hint(reason)) from error
        except SQLAlchemyError as error:
            raise GalleryError(self.where, _first_line(error)) from error

    def _migrate(self) -> None:
        """Bring the tables to this version's, one process at a time."""
        with self.writing() as connection:
            self.hold(connection)
            version = _version(connection)
            if version == HEAD:
                return
            _upgrade(connection, version, self.where)


def is_there(url: str) -> bool:
    """Tell whether a database exists, without making one; a server is taken to have it.

    Raises:
        GalleryError: it is no address of a database.
    """
    parsed = _parsed(url)
    return parsed.drivername != "sqlite" or Path(parsed.database or "").is_file()


def _open_file(make: Callable[..., Database], url: URL, wait_s: float) -> Database:
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise GalleryError(str(url), "name a file: sqlite:///FILE")
    if path.is_dir():
        raise GalleryError(str(path), "is a folder, expected the file of a gallery")
    engine = sqlite_engine(url, wait_s=wait_s)
    database = make(engine, str(path), wait_s=wait_s)
    try:
        with made_private(path):
            with database._translated(), engine.connect() as connection:
                run_raw(connection, "PRAGMA journal_mode = WAL")
            database._migrate()
    except PermissionError as error:
        raise GalleryError(str(path), "no permission to write it") from error
    return database


def _open_server(make: Callable[..., Database], url: URL, wait_s: float) -> Database:
    try:
        import pgvector.sqlalchemy  # noqa: F401
        import psycopg  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("postgres", ["pgvector", "psycopg"]) from error
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": int(wait_s)})
    event.listen(engine, "connect", _set_up_server(wait_s))
    database = make(engine, url.render_as_string(hide_password=True), wait_s=wait_s)
    database._migrate()
    return database


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("unknown")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        shown = parsed.drivername if parsed.drivername != "unknown" else "no address of a database"
        raise GalleryError(
            "gallery", f"expected sqlite:///FILE or postgresql+psycopg://..., got {shown}"
        )
    return parsed


def _set_up_server(wait_s: float) -> Callable[[Any, Any], None]:
    def set_up(connection: Any, record: Any) -> None:
        connection.execute(f"SET lock_timeout = {int(wait_s * 1000)}")
        connection.commit()

    return set_up


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("gallery_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM gallery_version")).scalar()
    return None if found is None else str(found)


def _upgrade(connection: Connection, version: str | None, where: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "facesign.biometrics.gallery:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise GalleryError(
            where, f"its tables are of version {version}, this facesign knows {HEAD}; update it"
        ) from error


def _hint(reason: str) -> str:
    if "file is not a database" in reason:
        return "is not a gallery: the file is something else or damaged"
    if 'extension "vector"' in reason:
        return f"{reason}; install pgvector on the server"
    return reason


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
