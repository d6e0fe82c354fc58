"""A worker that dies in the middle of an interview, over real sockets."""

from __future__ import annotations

import os
import signal
import time

import pytest
from live_media import INTERVIEW_S, pieces
from live_server import Applicant, Server, closed_as, hear, until

from facesign.errors import SessionStateError
from facesign.interview.home import Home
from facesign.interview.live.replay import replay_live
from facesign.interview.live.session import LiveSession
from facesign.interview.record.contents import report_of
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

pytestmark = pytest.mark.slow


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
        until(session, "time_s", lambda time_s: time_s > INTERVIEW_S - 0.3)
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
    assert again_told["timeline"]["duration_s"] > INTERVIEW_S - 0.5
    assert again_told == told


def test_a_consent_that_was_given_again_holds_beyond_a_restart(
    home: Home, session: LiveSession, applicant: Applicant, interview: bytes
) -> None:
    applicant.open()
    applicant.consent()
    parts = list(pieces(interview, 40))
    with applicant.media() as socket:
        applicant.start(socket)
        for part in parts[:8]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        session.withdraw("face")
        for part in parts[8:16]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        until(session, "time_s", lambda time_s: time_s > 2.0)
        until(session, "lag_s", lambda lag_s: lag_s < 0.5)
        session.consent("face", granted=True, text="zh-2026-11", lang="zh")
        for part in parts[16:24]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        assert session.state()["consents"]["face"]["granted"] is True
        os.kill(session.worker_pid, signal.SIGKILL)
        applicant.number = hear(socket, "ready")["next"]
        for part in parts[applicant.number :]:
            applicant.send(socket, part)
        applicant.wait_written(socket)
        until(session, "restoring", False)
        until(session, "time_s", lambda time_s: time_s > INTERVIEW_S - 0.3)
        session.end()
        state = session.state()
    assert state["consents"]["face"]["granted"] is True
    assert session.lines["applicant"].restarts.value == 1
    with Record.open(home, session.session_id) as record:
        told = report_of(record)
    assert told is not None
    # A face is seen from when it was given again, and not before.
    lanes = {lane["name"]: lane["spans"] for lane in told["timeline"]["lanes"]}
    assert 1.5 < lanes["face"][0]["start_s"] < lanes["face"][-1]["end_s"]
    assert lanes["face"][-1]["end_s"] > INTERVIEW_S - 0.5
    assert replay_live(home, session.session_id).to_dict() == told


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
        if session.lines["applicant"].restarts.value:
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
