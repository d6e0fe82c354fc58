"""An interview over real sockets: what came is in the record, and its replay says the same."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from live_media import clap, pieces, remuxed
from live_server import Applicant, Server, closing, hear, serving
from websockets.sync.client import connect

from facesign import samples
from facesign.errors import SessionStateError
from facesign.interview.home import Home
from facesign.interview.live.replay import replay_live
from facesign.interview.live.session import LiveSession
from facesign.interview.record.contents import report_of
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
def shared(server: Server) -> Iterator[Applicant]:
    """An applicant who joined and did nothing else."""
    joined = Applicant(server, server.create().invite())
    joined.open()
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
        told = report_of(record)
        notes = [e.data for e in record.entries("command") if e.data["name"] == "note"]
    assert notes[0]["values"] == {"text": "<b>spoke quietly</b>", "by": "ann"}
    assert told is not None
    again = replay_live(home, session.session_id).to_dict()
    assert again["timeline"]["duration_s"] > SECONDS - 0.5
    assert again == told


def test_a_cut_line_loses_nothing_and_a_new_segment_leaves_a_gap(
    home: Home, session: LiveSession, applicant: Applicant, short: bytes
) -> None:
    applicant.open()
    applicant.consent()
    parts = list(pieces(short, 20))
    with applicant.media() as socket:
        assert hear(socket, "ready") == {"kind": "ready", "segment": 0, "next": 0}
        applicant.start(socket)
        for part in parts[:8]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
    until(session, "lost_s", lambda lost_s: lost_s is not None)
    with applicant.media() as socket:
        assert hear(socket, "ready") == {"kind": "ready", "segment": 1, "next": 8}
        # The page does not know what arrived: it sends one piece twice.
        applicant.number = 7
        for part in parts[7:]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        assert session.state()["gaps"] == []
        assert applicant.start(socket) == 2
        for part in parts:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        gap = until(session, "gaps", lambda gaps: len(gaps) == 1)["gaps"][0]
        session.end()
    assert gap["reason"] == "connection"
    assert gap["to_s"] == pytest.approx(gap["from_s"] + 1.2, abs=0.02)
    with Record.open(home, session.session_id) as record:
        for stream in ("applicant.1", "applicant.2"):
            assert b"".join(record.pieces(stream)) == short
        assert [entry.data["who"] for entry in record.entries("connection")] == ["applicant"]
        assert [entry.data["reason"] for entry in record.entries("gap")] == ["connection"]
    replayed = replay_live(home, session.session_id)
    assert [o.start_s for o in replayed.observations if o.name == "capture.gap"] == [
        pytest.approx(gap["from_s"], abs=0.01)
    ]


def closed_as(home: Home, session_id: str) -> str:
    """Return what a record was closed as; the state may be told a moment before."""
    for _ in range(100):
        with Record.open(home, session_id) as record:
            if record.status != "recording":
                return record.status
        time.sleep(0.1)
    return "recording"


def test_a_pause_stops_the_capture_and_withdrawals_their_analysis(
    home: Home, session: LiveSession, applicant: Applicant, short: bytes
) -> None:
    applicant.open()
    applicant.consent(search=False)
    parts = list(pieces(short, 20))
    with applicant.media() as socket:
        applicant.start(socket)
        for part in parts[:10]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        assert applicant.do("pause").json()["paused"] == "applicant"
        assert hear(socket, "stop")["stage"] == "baseline"
        applicant.send(socket, parts[10])
        with pytest.raises(SessionStateError, match="only the applicant"):
            session.resume()
        socket.send('{"kind": "segment", "mime": "video/webm"}')
        assert "the applicant paused" in hear(socket, "refused")["why"]
        assert applicant.do("resume").json()["paused"] is None
        assert hear(socket, "go")["stage"] == "baseline"
        applicant.start(socket)
        for part in parts:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        assert until(session, "gaps", lambda gaps: len(gaps) == 1)["gaps"][0]["reason"] == "paused"

        asked_s = time.monotonic()
        session.identity_only()
        assert session.state()["behaviour"] == {"on": False, "reason": "behaviour_off"}
        applicant.do("withdraw", purpose="voice")
        state = session.state()
        assert (state["strip"]["speech"], state["identity"]["reason"]) == (None, "consent_refused")
        applicant.do("withdraw", purpose="face")
        assert session.state()["overlay"] is None
        assert time.monotonic() - asked_s < 30.0
        assert applicant.do("withdraw", purpose="recording").json()["stage"] == "abandoned"
    assert until(session, "stage", "abandoned")["recording"] is False
    assert closed_as(home, session.session_id) == "abandoned"
    with Record.open(home, session.session_id) as record:
        assert b"".join(record.pieces("applicant.1")) == b"".join(parts[:10])
        done = [entry.data for entry in record.entries("command")]
    withdrawn = [one["values"]["purpose"] for one in done if one["name"] == "withdraw"]
    assert withdrawn == ["voice", "face", "recording"]
    assert applicant.do("pause").status_code in (404, 409)


def test_nothing_is_kept_before_consent_and_nobody_else_gets_in(
    home: Home, server: Server, session: LiveSession, applicant: Applicant, short: bytes
) -> None:
    stranger = Applicant(server, "x" * 22)
    other_device = Applicant(server, applicant.token)
    assert httpx.get(f"{server.url}/join/{stranger.token}").status_code == 404
    assert stranger.open().json()["code"] == "unknown"
    assert httpx.get(f"{server.url}/join/{applicant.token}").status_code == 200
    with applicant.media() as socket:
        assert closing(socket) == 4403
    applicant.open()
    assert other_device.open().json() == {
        "error": "this link was opened on another device; ask the officer for a new one",
        "code": "device",
    }
    assert other_device.do("consent", purposes={"recording": True}).status_code == 403
    with applicant.media() as socket:
        socket.send('{"kind": "segment", "mime": "video/webm"}')
        assert "no consent to recording" in hear(socket, "refused")["why"]
        applicant.send(socket, short)
        applicant.wait_written(socket)
    applicant.consent(recording=False)
    with applicant.media() as socket:
        socket.send('{"kind": "segment", "mime": "video/webm"}')
        assert "recording was refused" in hear(socket, "refused")["why"]
    assert not (home.records / session.session_id).exists()
    assert applicant.do("dance").status_code == 404
    stranger.close()
    other_device.close()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (bytes((2 << 20) + 1), 1009),
        ("x" * 2000, 1009),
        (b"short", 1003),
        ("no json", 1003),
        ('{"kind": "segment", "mime": "text/html"}', 1003),
    ],
)
def test_what_is_no_piece_closes_the_socket(
    shared: Applicant, sent: bytes | str, code: int
) -> None:
    with shared.media() as socket:
        socket.send(sent)
        assert closing(socket) == code


def test_an_officer_gets_no_other_officers_session(server: Server, shared: Applicant) -> None:
    session_id = server.sessions.by_token(shared.token).session_id
    for path in ("state", "talk", "relay", "media"):
        url = f"ws://127.0.0.1:{server.port}/live/{session_id}/{path}?as=bob"
        with connect(url, open_timeout=60) as socket:
            assert closing(socket) == 4403
    assert httpx.get(f"{server.url}/live/{session_id}/ice?as=bob").status_code == 410
    assert httpx.get(f"{server.url}/live/{session_id}/ice").json() == []


def test_pages_meet_and_signals_pass_both_ways(server: Server, shared: Applicant) -> None:
    session_id = server.sessions.by_token(shared.token).session_id
    officer_url = f"ws://127.0.0.1:{server.port}/live/{session_id}/talk"
    with shared.room() as applicant, connect(officer_url, open_timeout=60) as officer:
        assert hear(officer, "peer") == {"kind": "peer", "here": True}
        state = hear(applicant, "state")
        assert "prompts" not in state
        assert "identity" not in state
        officer.send('{"description": {"type": "offer"}}')
        assert hear(applicant, "signal")["data"] == {"description": {"type": "offer"}}
        applicant.send('{"candidate": "x"}')
        assert hear(officer, "signal")["data"] == {"candidate": "x"}
        officer.send("y" * 70_000)
        assert closing(officer) == 1009


def test_another_worker_goes_on_with_a_session_whose_worker_was_killed(
    home: Home, session: LiveSession, applicant: Applicant, interview: bytes
) -> None:
    applicant.open()
    applicant.consent()
    parts = list(pieces(interview, 40))
    with applicant.media() as socket:
        applicant.start(socket)
        for part in parts[:10]:
            applicant.send(socket, part)
        session.ask("name_and_day")
        session.note("speaks quietly")
        for part in parts[10:22]:
            applicant.send(socket, part)
            time.sleep(0.05)
        os.kill(session.worker_pid, signal.SIGKILL)
        # The page goes on, as it does not know; what is not acknowledged it sends again.
        for part in parts[22:26]:
            applicant.send(socket, part)
        again = hear(socket, "ready")
        assert again["segment"] == 1
        applicant.number = again["next"]
        for part in parts[again["next"] :]:
            applicant.send(socket, part)
        session.asked()
        applicant.wait_written(socket)
        state = until(session, "restoring", False)
        assert (state["stage"], state["question"]["phase"]) == ("baseline", "answering")
        assert [note["text"] for note in state["notes"]] == ["speaks quietly"]
        until(session, "time_s", lambda time_s: time_s > SECONDS - 0.3)
        assert session.state()["gaps"] == []
        session.end()
        session.decide("escalate", "to be looked at")

    assert verify(home, session.session_id).problem is None
    with Record.open(home, session.session_id) as record:
        assert record.status == "closed"
        assert b"".join(record.pieces("applicant.1")) == interview
        restarts = [entry.data for entry in record.entries("worker_restarted")]
        told = report_of(record)
    assert [one["segment_goes_on"] for one in restarts] == [True]
    assert told is not None
    again_told = replay_live(home, session.session_id).to_dict()
    assert again_told["timeline"]["duration_s"] > SECONDS - 0.5
    assert again_told == told


def test_a_worker_killed_in_a_pause_leaves_the_pause_and_the_next_gap(
    home: Home, session: LiveSession, applicant: Applicant, short: bytes
) -> None:
    applicant.open()
    applicant.consent()
    with applicant.media() as socket:
        applicant.start(socket)
        for part in pieces(short, 10):
            applicant.send(socket, part)
        applicant.wait_written(socket)
        applicant.do("withdraw", purpose="behaviour")
        applicant.do("pause")
        os.kill(session.worker_pid, signal.SIGKILL)
        assert hear(socket, "ready")["next"] == 0
        state = until(session, "restoring", False)
        assert (state["paused"], state["behaviour"]["reason"]) == ("applicant", "consent_refused")
        applicant.do("resume")
        assert applicant.start(socket) == 2
        for part in pieces(short, 10):
            applicant.send(socket, part)
        applicant.wait_written(socket)
        until(session, "gaps", lambda gaps: [one["reason"] for one in gaps] == ["paused"])
        session.end()
    with Record.open(home, session.session_id) as record:
        told = report_of(record)
    assert told is not None
    assert replay_live(home, session.session_id).to_dict() == told


def test_a_worker_killed_before_consent_leaves_a_session_that_begins_anew(
    home: Home, session: LiveSession, applicant: Applicant
) -> None:
    applicant.open()
    session.note("is late")
    os.kill(session.worker_pid, signal.SIGKILL)
    until_restarted(session)
    assert applicant.consent().json()["stage"] == "consent"
    session.reschedule()
    assert closed_as(home, session.session_id) == "rescheduled"


def until_restarted(session: LiveSession) -> None:
    for _ in range(600):
        if session.restarts.value:
            return
        time.sleep(0.1)
    raise AssertionError("no worker went on")


def test_a_worker_that_dies_again_is_an_interruption_and_the_others_go_on(
    home: Home, server: Server, session: LiveSession, applicant: Applicant, short: bytes
) -> None:
    other = server.create()
    applicant.open()
    applicant.consent()
    with applicant.media() as socket:
        applicant.start(socket)
        for part in list(pieces(short, 20))[:10]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        session.kill_worker()
        until_restarted(session)
        session.kill_worker()
        state = until(session, "stage", "interrupted")
    assert "ended before its time" in state["problem"]
    with pytest.raises(SessionStateError, match="this session has ended"):
        session.next()
    with Record.open(home, session.session_id) as record:
        assert record.status == "interrupted"
    assert verify(home, session.session_id).problem is None
    other.consent("recording", granted=True, text="en-2026-11", lang="en")
    assert other.state()["stage"] == "consent"
    other.reschedule()
    assert until(other, "stage", "rescheduled")["problem"] is None
