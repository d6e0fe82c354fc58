"""A real PostgreSQL server with pgvector, for the tests that are marked `postgres`."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"g{uuid.uuid4().hex[:12]}"
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def end_connections(self) -> None:
        """Cut everybody off, as a server that goes down does."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid != pg_backend_pid() AND backend_type = 'client backend'"
                )
            )
        engine.dispose()


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, and stop it and delete its data afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver
    # A socket's path has room for some 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield Server(url.render_as_string(hide_password=False))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
