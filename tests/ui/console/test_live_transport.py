"""An interview over real sockets: what came is in the record, and its replay says the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live_media import clap, pieces, remuxed
from live_server import Applicant, Server, serving

from facesign import samples
from facesign.interview.home import Home
from facesign.interview.live.replay import replay_live
from facesign.interview.live.session import LiveSession
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

pytestmark = pytest.mark.slow

INTERVIEW = Path(samples.__file__).parent / "interviews" / "hesitant" / "interview.mp4"
SECONDS = 6.0


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
    return remuxed(INTERVIEW, until_s=SECONDS)


@pytest.fixture(scope="module")
def short() -> bytes:
    return clap()


def until(session: LiveSession, key: str, wanted: Any, patience_s: float = 60.0) -> dict[str, Any]:
    deadline_s = time.monotonic() + patience_s
    while time.monotonic() < deadline_s:
        state = session.state()
        if wanted(state[key]) if callable(wanted) else state[key] == wanted:
            return state
        time.sleep(0.02)
    raise AssertionError(f"{key} stayed {session.state()[key]!r}")


def test_an_interview_is_recorded_as_it_came_and_replays_the_same(
    home: Home, session: LiveSession, applicant: Applicant, interview: bytes
) -> None:
    assert applicant.open().status_code == 200
    assert applicant.consent().json()["stage"] == "consent"
    with applicant.media() as socket:
        applicant.start(socket)
        parts = list(pieces(interview, 40))
        for part in parts[:4]:
            applicant.send(socket, part)
        session.ask("name_and_day")
        for part in parts[4:30]:
            applicant.send(socket, part)
            time.sleep(0.05)
        session.asked()
        session.mark("here")
        session.note("<b>spoke quietly</b>")
        for part in parts[30:]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        until(session, "time_s", lambda time_s: time_s > SECONDS - 0.3)
        session.end()
        state = session.state()
        assert (state["stage"], state["outcome"]["outcome"]) == ("review", "inconclusive")
        session.decide("escalate", "to be looked at")
    assert until(session, "stage", "closed")["decision"]["decision"] == "escalate"

    assert verify(home, session.session_id).problem is None
    with Record.open(home, session.session_id) as record:
        assert record.status == "closed"
        assert b"".join(record.pieces("applicant.1")) == interview
        told = record.last("report")
        notes = [e.data for e in record.entries("command") if e.data["name"] == "note"]
    assert notes[0]["values"] == {"text": "<b>spoke quietly</b>", "by": "ann"}
    assert told is not None
    again = replay_live(home, session.session_id).to_dict()
    assert again["timeline"]["duration_s"] > SECONDS - 0.5
    assert again == told.data
