"""The officer's own microphone over real sockets: received beside the applicant's stream."""

from __future__ import annotations

from pathlib import Path

import httpx
import numpy as np
import pytest
from live_media import RATE_HZ, pieces, voice
from live_server import Applicant, Server, Voice, closing, hear, until

from facesign.interview.home import Home
from facesign.interview.live.replay import replay_live
from facesign.interview.live.session import LiveSession
from facesign.interview.record.contents import playable_streams, report_of
from facesign.interview.record.export import export
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spoken() -> bytes:
    """Two seconds of a tone that comes and goes."""
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = np.sin(2 * np.pi * 220 * time_s) * (time_s % 0.5 < 0.3)
    return voice((0.2 * tone).astype(np.float32))


def test_it_is_written_as_it_came_verified_and_exported(
    home: Home,
    server: Server,
    session: LiveSession,
    applicant: Applicant,
    short: bytes,
    spoken: bytes,
    tmp_path: Path,
) -> None:
    applicant.open()
    applicant.consent()
    officer = Voice(server, session)
    with applicant.media() as socket, officer.line() as line:
        assert hear(line, "ready") == {"kind": "ready", "segment": 0, "next": 0}
        # Before anything of the applicant is received there is no clock to place it by.
        line.send('{"kind": "segment", "mime": "audio/webm"}')
        assert "nothing of the applicant" in hear(line, "refused")["why"]
        applicant.start(socket)
        assert hear(line, "go")["stage"] == "baseline"
        assert officer.start(line) == 1
        for seen, heard in zip(pieces(short, 12), pieces(spoken, 12), strict=True):
            applicant.send(socket, seen)
            officer.send(line, heard)
        applicant.wait_written(socket)
        officer.wait_written(line)
        until(session, "officer_recorded", True)
        session.end()
        session.decide("escalate", "to be looked at")

    assert until(session, "stage", "closed")["officer_recorded"] is False
    assert verify(home, session.session_id).problem is None
    with Record.open(home, session.session_id) as record:
        assert b"".join(record.pieces("applicant.1")) == short
        assert b"".join(record.pieces("officer.1")) == spoken
        assert playable_streams(record) == ("applicant.1",)
        (begun,) = [entry.data for entry in record.entries("officer_segment")]
        export(record, tmp_path / "out")
        told = report_of(record)
    assert (begun["stream"], begun["beside"]) == ("officer.1", "applicant.1")
    assert (tmp_path / "out" / "media" / "officer.1-officer.1.bin").read_bytes() == spoken
    assert replay_live(home, session.session_id).to_dict() == told


def test_a_cut_line_loses_nothing_and_a_break_of_the_applicants_begins_a_new_segment(
    home: Home,
    server: Server,
    session: LiveSession,
    applicant: Applicant,
    short: bytes,
    spoken: bytes,
) -> None:
    applicant.open()
    applicant.consent()
    parts = list(pieces(spoken, 10))
    officer = Voice(server, session)
    with applicant.media() as socket:
        applicant.start(socket)
        applicant.send(socket, short)
        applicant.wait_written(socket)
        with officer.line() as line:
            hear(line, "go")
            officer.start(line)
            for part in parts[:4]:
                officer.send(line, part)
            officer.wait_written(line)
        assert session.state()["lost_s"] is None
        with officer.line() as line:
            assert hear(line, "ready") == {"kind": "ready", "segment": 1, "next": 4}
            # The page does not know what arrived: it sends one piece twice.
            officer.number = 3
            for part in parts[3:]:
                officer.send(line, part)
            officer.wait_written(line)
            assert applicant.start(socket) == 2
            assert hear(line, "ready") == {"kind": "ready", "segment": 0, "next": 0}
            assert officer.start(line) == 2
            for part in parts[:5]:
                officer.send(line, part)
            officer.wait_written(line)
            applicant.do("pause")
            assert hear(line, "stop")["stage"] == "baseline"
            # What was on its way when the pause began is not kept.
            officer.send(line, parts[5])
            officer.wait_written(line)
            assert session.state()["officer_recorded"] is False
            applicant.do("withdraw", purpose="recording")
    until(session, "stage", "abandoned")
    assert verify(home, session.session_id).problem is None
    with Record.open(home, session.session_id) as record:
        assert b"".join(record.pieces("officer.1")) == spoken
        assert b"".join(record.pieces("officer.2")) == b"".join(parts[:5])
        begun = [entry.data["beside"] for entry in record.entries("officer_segment")]
    assert begun == ["applicant.1", "applicant.2"]


def test_nobody_elses_microphone_is_taken_and_no_picture(
    server: Server, session: LiveSession, applicant: Applicant
) -> None:
    officer = Voice(server, session)
    with officer.line(name="bob") as line:
        assert closing(line) == 4403
    with officer.line() as line:
        line.send('{"kind": "segment", "mime": "video/webm"}')
        assert closing(line) == 1003
    assert httpx.get(f"{server.url}/join/{applicant.token}/voice").status_code == 404


def test_at_one_computer_one_microphone_hears_both(server: Server) -> None:
    session = server.create(applicant_here=True)
    with Voice(server, session).line() as line:
        assert closing(line) == 4403
    session.interrupt()
