"""How interviews end otherwise, and what is known only after their end, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from live_media import interview, pieces
from live_server import Applicant, Server, until

from facesign.interview.archive.entries import ArchivedSession
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.live.replay import replay_live
from facesign.interview.live.session import LiveSession
from facesign.interview.record.contents import observations_of, report_of
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

pytestmark = pytest.mark.slow

SECONDS = 3.0


@pytest.fixture
def captured(session: LiveSession, applicant: Applicant) -> Iterator[LiveSession]:
    """An interview in which some seconds were captured."""
    applicant.open()
    applicant.consent()
    with applicant.media() as socket:
        applicant.start(socket)
        for part in pieces(interview(SECONDS), 10):
            applicant.send(socket, part)
        applicant.wait_written(socket)
        until(session, "time_s", lambda time_s: time_s > SECONDS - 0.3)
        yield session


def over(home: Home, session: LiveSession, patience_s: float = 60.0) -> ArchivedSession:
    """Wait until the archive has the end of a session; return what it says."""
    deadline_s = time.monotonic() + patience_s
    while True:
        with Archive.open(home) as archive:
            held = archive.session(session.session_id)
        if held.ended_at is not None:
            return held
        assert time.monotonic() < deadline_s, session.stage
        time.sleep(0.1)


def test_what_is_known_only_at_the_review_is_in_report_record_archive_and_replay(
    home: Home, captured: LiveSession
) -> None:
    captured.end()
    assert captured.state()["flags"] == []
    captured.evidence(source="network check", kind="identity", result="no_match", reference="N-9")
    state = captured.state()
    assert [flag["code"] for flag in state["flags"]] == ["identity_mismatch"]
    assert state["outcome"]["outcome"] == "review"
    captured.decide("stop", "another person's document")
    held = over(home, captured)
    assert held.status == "closed"
    assert ([flag.code for flag in held.flags], held.outcome) == (["identity_mismatch"], "review")
    assert verify(home, captured.session_id).ok
    with Record.open(home, captured.session_id) as record:
        kept, rows = report_of(record), observations_of(record)
    again = replay_live(home, captured.session_id)
    assert kept is not None
    assert kept["identity"]["evidence"][0]["reference"] == "N-9"
    assert kept["flags"] == [flag.to_dict() for flag in again.flags]
    assert [row.to_dict() for row in rows] == [row.to_dict() for row in again.observations]


def test_an_interview_that_is_rescheduled_before_consent_leaves_a_day_and_no_record(
    home: Home, server: Server
) -> None:
    session = server.create()
    session.reschedule(on="2026-12-03", note="ID card forgotten")
    held = over(home, session)
    assert (held.status, held.next_on, held.because) == (
        "rescheduled",
        "2026-12-03",
        "ID card forgotten",
    )
    assert not (home.records / session.session_id).exists()


def test_an_interview_that_is_abandoned_closes_its_record_with_the_reason(
    home: Home, captured: LiveSession
) -> None:
    captured.abandon(because="applicant unwell", by="officer")
    held = over(home, captured)
    assert (held.status, held.because) == ("abandoned", "applicant unwell")
    assert verify(home, captured.session_id).status == "abandoned"
    with Record.open(home, captured.session_id) as record:
        (command,) = (
            entry.data for entry in record.entries("command") if entry.data["name"] == "abandon"
        )
    assert command["values"] == {"because": "applicant unwell", "by": "officer"}
