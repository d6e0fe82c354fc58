"""A server of live interviews a file, and one session with its applicant a test."""

from __future__ import annotations

from collections.abc import Iterator

import live_media
import pytest
from live_server import Applicant, Server, serving

from facesign.interview.home import Home
from facesign.interview.live.session import LiveSession


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("live") / "home")


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Server]:
    with serving(home) as running:
        yield running


@pytest.fixture
def session(server: Server) -> Iterator[LiveSession]:
    session = server.create()
    yield session
    if not session.has_ended:
        session.interrupt()


@pytest.fixture
def applicant(server: Server, session: LiveSession) -> Iterator[Applicant]:
    joined = Applicant(server, session.invite())
    yield joined
    joined.close()


@pytest.fixture(scope="module")
def interview() -> bytes:
    return live_media.interview()


@pytest.fixture(scope="module")
def short() -> bytes:
    return live_media.clap()
