"""The officer's own microphone over real sockets: written, placed, and known to be the officer."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import numpy as np
import pytest
from live_media import RATE_HZ, apart, paced, pieces, voice, with_sound
from live_server import Applicant, Sender, Server, Voice, closing, hear, until
from websockets.sync.client import ClientConnection

from facesign import samples
from facesign.interview.home import Home
from facesign.interview.live.history import History
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
            assert hear(line, "leave") == {"kind": "leave", "segment": 1}
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


TOGETHER_S = 7.3
LATER_S = 0.7
"""The officer's page begins so much later than the applicant's."""


@pytest.fixture(scope="module")
def both() -> tuple[bytes, bytes]:
    """What two pages send of a question and its answer."""
    applicant, officer = apart("hesitant", TOGETHER_S)
    seen = with_sound(samples.load("hesitant").media, applicant, until_s=TOGETHER_S)
    return seen, voice(officer[round(LATER_S * RATE_HZ) :])


class Talk:
    """Two pages that send what their microphones hear at the speed of life."""

    def __init__(self, both: tuple[bytes, bytes], applicant: Applicant, officer: Voice) -> None:
        seen, heard = both
        due = [(due_s, applicant, data) for due_s, data in paced(seen)]
        due += [(LATER_S + due_s, officer, data) for due_s, data in paced(heard)]
        self._due: list[tuple[float, Sender, bytes]] = sorted(due, key=lambda one: one[0])
        self._began_s = time.monotonic()

    def go_on(self, lines: Mapping[Sender, ClientConnection], until_s: float) -> None:
        while self._due and self._due[0][0] <= until_s:
            due_s, sender, data = self._due.pop(0)
            time.sleep(max(0.0, self._began_s + due_s - time.monotonic()))
            if sender in lines:
                sender.send(lines[sender], data)


def test_it_is_known_by_it_who_speaks_and_a_replay_knows_the_same(
    home: Home,
    server: Server,
    session: LiveSession,
    applicant: Applicant,
    both: tuple[bytes, bytes],
) -> None:
    applicant.open()
    applicant.consent()
    officer = Voice(server, session)
    with applicant.media() as socket, officer.line() as line:
        applicant.start(socket)
        hear(line, "go")
        officer.start(line)
        Talk(both, applicant, officer).go_on({applicant: socket, officer: line}, TOGETHER_S + 1)
        applicant.wait_written(socket)
        officer.wait_written(line)
        until(session, "time_s", lambda time_s: time_s > TOGETHER_S - 0.3)
        session.end()
        session.decide("escalate", "to be looked at")

    until(session, "stage", "closed")
    with Record.open(home, session.session_id) as record:
        (starts,) = [entry.data for entry in record.entries("officer_starts")]
        told = report_of(record)
        heard = History.read(record).heard
    assert told is not None
    assert starts["offset_s"] == pytest.approx(LATER_S, abs=0.25)
    assert len(heard) > 10 * (TOGETHER_S - LATER_S - 1.0)
    assert replay_live(home, session.session_id).to_dict() == told
    # What comes back of the question is not the applicant, who answers from 3.4 to 6.8 s.
    lanes = {lane["name"]: lane["spans"] for lane in told["timeline"]["lanes"]}
    mine = [one for one in lanes["speech"] if one["subject"] == "applicant"]
    assert [(round(one["start_s"]), round(one["end_s"])) for one in mine] == [(3, 7)]


def test_another_worker_hears_the_officer_once_more_and_goes_on(
    home: Home,
    server: Server,
    session: LiveSession,
    applicant: Applicant,
    both: tuple[bytes, bytes],
    spoken: bytes,
) -> None:
    applicant.open()
    applicant.consent()
    officer = Voice(server, session)
    talk = Talk(both, applicant, officer)
    with applicant.media() as socket, officer.line() as line:
        lines: dict[Sender, ClientConnection] = {applicant: socket, officer: line}
        applicant.start(socket)
        hear(line, "go")
        officer.start(line)
        talk.go_on(lines, 5.0)
        applicant.wait_written(socket)
        officer.wait_written(line)
        until_heard(home, session)
        os.kill(session.worker_pid, signal.SIGKILL)
        again = hear(socket, "ready")
        assert (again["segment"], again["next"]) == (1, applicant.number)
        assert hear(line, "ready") == {"kind": "ready", "segment": 0, "next": 0}
        assert officer.start(line) == 2
        for data in pieces(spoken, 12):
            officer.send(line, data)
        talk.go_on({applicant: socket}, TOGETHER_S + 1)
        officer.wait_written(line)
        applicant.wait_written(socket)
        until(session, "restoring", False)
        until(session, "time_s", lambda time_s: time_s > TOGETHER_S - 0.3)
        session.end()
        session.decide("escalate", "to be looked at")

    until(session, "stage", "closed")
    assert verify(home, session.session_id).problem is None
    with Record.open(home, session.session_id) as record:
        assert b"".join(record.pieces("officer.2")) == spoken
        told = report_of(record)
        heard = History.read(record).heard
    # The first segment was heard by both workers; what the second one did is what counts.
    first = [place.number for place in heard if place.stream == "officer.1"]
    assert first == list(range(first[0], first[-1] + 1))
    assert first[0] < 2
    assert len(first) > 35
    assert replay_live(home, session.session_id).to_dict() == told


def until_heard(home: Home, session: LiveSession) -> None:
    """Wait until the record says that the officer was heard."""
    for _ in range(600):
        with Record.open(home, session.session_id) as record:
            if History.read(record).heard:
                return
        time.sleep(0.1)
    raise AssertionError("the officer was not heard")


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
