"""An interview over real sockets: what came is in the record, and its replay says the same."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from live_media import INTERVIEW_S, pieces
from live_server import Applicant, Server, closed_as, closing, hear, until
from websockets.sync.client import connect

from facesign.errors import SessionStateError
from facesign.interview.home import Home
from facesign.interview.live.replay import replay_live
from facesign.interview.live.session import LiveSession
from facesign.interview.record.contents import report_of
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[Applicant]:
    """An applicant who joined and did nothing else."""
    joined = Applicant(server, server.create().invite())
    joined.open()
    yield joined
    joined.close()


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
        until(session, "time_s", lambda time_s: time_s > INTERVIEW_S - 0.3)
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
    assert again["timeline"]["duration_s"] > INTERVIEW_S - 0.5
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


def test_a_page_that_missed_a_short_pause_is_told_to_begin_anew(
    session: LiveSession, applicant: Applicant, short: bytes
) -> None:
    applicant.open()
    applicant.consent()
    parts = list(pieces(short, 20))
    with applicant.media() as socket:
        applicant.start(socket)
        for n_pauses in range(1, 4):
            for part in parts[:3]:
                applicant.send(socket, part)
            applicant.wait_written(socket)
            session.pause()
            session.resume()
            # It goes on as if nothing had been.
            for part in parts[3:6]:
                applicant.send(socket, part)
            assert hear(socket, "leave") == {"kind": "leave", "segment": n_pauses}
            assert applicant.start(socket) == n_pauses + 1
    session.interrupt()


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
    for path in ("state", "talk", "relay", "media", "voice"):
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
