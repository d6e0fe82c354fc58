"""The database under the archive: one SQLite file in the home folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from facesign.errors import ArchiveBusyError, ArchiveError
from facesign.models.sqlite import is_taken, made_private, run_raw, sqlite_engine, writing

__all__ = ["HEAD", "WAIT_S", "ArchiveDatabase"]

HEAD = "0001"
"""The last step in `migrations/versions`."""
WAIT_S = 10.0


class ArchiveDatabase:
    """Transactions on the archive; made by `open`."""

    def __init__(self, engine: Engine, path: Path, *, wait_s: float) -> None:
        self.path = path
        self._engine = engine
        self._wait_s = wait_s

    @classmethod
    def open(cls, path: Path, *, wait_s: float = WAIT_S) -> ArchiveDatabase:
        """Open the file, making it where there is none, with this version's tables.

        Args:
            path: The file; its folder is there.
            wait_s: How long to wait for another process that has it locked.

        Raises:
            ArchiveError: it cannot be opened, is no archive, or a newer one.
        """
        if path.is_dir():
            raise ArchiveError(str(path), "is a folder, expected the file of an archive")
        database = cls(sqlite_engine(f"sqlite:///{path}", wait_s=wait_s), path, wait_s=wait_s)
        try:
            with made_private(path):
                with database._translated(), database._engine.connect() as connection:
                    run_raw(connection, "PRAGMA journal_mode = WAL")
                database._migrate()
        except PermissionError as error:
            raise ArchiveError(str(path), "no permission to write it") from error
        except ArchiveError:
            database.close()
            raise
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read in one transaction, from one state of the database.

        Raises:
            ArchiveError: it cannot be read.
        """
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction: all of it is kept, or on any error nothing.

        Raises:
            ArchiveBusyError: another process has it locked for too long.
            ArchiveError: it cannot be written.
        """
        with self._translated(), writing(self._engine) as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        where = str(self.path)
        try:
            yield
        except DBAPIError as error:
            reason = str(error.orig or error).strip().partition("\n")[0]
            if is_taken(reason):
                raise ArchiveBusyError(where, self._wait_s) from error
            if "file is not a database" in reason:
                reason = "is not an archive: the file is something else or damaged"
            raise ArchiveError(where, reason) from error
        except SQLAlchemyError as error:
            raise ArchiveError(where, str(error).partition("\n")[0]) from error

    def _migrate(self) -> None:
        with self.writing() as connection:
            version: str | None = None
            if inspect(connection).has_table("archive_version"):
                found = connection.execute(text("SELECT version_num FROM archive_version"))
                version = found.scalar()
            if version != HEAD:
                _upgrade(connection, version, self.path)


def _upgrade(connection: Connection, version: str | None, path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "facesign.interview.archive:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise ArchiveError(
            str(path),
            f"its tables are of version {version}, this facesign knows {HEAD}; update it",
        ) from error
