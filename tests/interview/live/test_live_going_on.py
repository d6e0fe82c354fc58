"""What a new worker takes up from the record of one that ended before its time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_media import RATE_HZ, clap, pieces, voice
from session_factory import SCRIPT

from facesign.biometrics.stream import Frame, Sound
from facesign.errors import RecordError
from facesign.interview.consent import PURPOSES
from facesign.interview.home import Home
from facesign.interview.live.beginning import opening
from facesign.interview.live.decoding import SegmentDecoder
from facesign.interview.live.going_on import GoingOn
from facesign.interview.live.growing import GrowingFile
from facesign.interview.live.history import History
from facesign.interview.live.intake import MOST_FRAMES, Heard, Intake, Received
from facesign.interview.live.logbook import Logbook
from facesign.interview.live.officer_line import OfficerLine
from facesign.interview.live.places import Place
from facesign.interview.live.plan import SessionPlan
from facesign.interview.live.segments import Segments
from facesign.interview.record.contents import SEARCHED
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify
from facesign.interview.record.writer import PIECE_BYTES, RecordWriter
from facesign.interview.risk.history import VoiceElsewhere

SESSION = "01a22c12-acbc-73b5-a315-fe17bf3ec691"
PLAN = SessionPlan("C-1042", SCRIPT, lang="en")
FIRST = {"stream": "applicant.1", "mime": "video/webm", "lost_s": None, "reason": "connection"}


class Dead:
    """A worker that wrote this much, and then no more."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.writer = RecordWriter.create(home, session_id=SESSION, created_at=datetime.now(UTC))
        self.writer.add("live", opening(PLAN, home.settings(), "ann", ()))
        for purpose in PURPOSES:
            self.said(
                "consent",
                purpose=purpose,
                granted=True,
                text="en-2026-11",
                lang="en",
                at=datetime.now(UTC).isoformat(),
            )
        self.writer.add("segment", FIRST)

    def said(self, name: str, *, time_s: float = 0.0, **values: Any) -> None:
        data = {"name": name, "values": values, "time_s": time_s, "after": 40}
        self.writer.add("command", data)

    def followed(self) -> GoingOn:
        self.writer.drop()
        held = GoingOn.open(self.home, SESSION)
        assert held is not None
        return held


@pytest.fixture
def dead(tmp_path: Path) -> Dead:
    return Dead(Home(tmp_path / "home"))


def new_book(home: Home) -> Logbook:
    return Logbook(home, SESSION, datetime.now(UTC))


@pytest.fixture(scope="module")
def short() -> bytes:
    return clap()


def taken_up(
    held: GoingOn, officer: OfficerLine | None = None, intake: Intake | None = None
) -> tuple[Segments, Intake, Logbook]:
    intake = intake or Intake()
    segments = Segments(intake, "applicant")
    book = Logbook(held.writer.home, SESSION, held.record.created_at)
    held.take_up(book, segments, officer or OfficerLine(intake))
    return segments, intake, book


def drained(segments: Segments, intake: Intake) -> list[Received]:
    found = []
    while True:
        work = intake.take(0.05)
        if isinstance(work, Received):
            found.append(work)
        elif work is None and not segments.is_decoding:
            return found


def test_what_was_received_comes_again_and_what_comes_now_after_it(
    dead: Dead, short: bytes
) -> None:
    parts = list(pieces(short, 20))
    for part in parts[:12]:
        dead.writer.piece("applicant.1", part)
    segments, intake, book = taken_up(dead.followed())
    assert segments.current is not None
    assert (segments.current.number, segments.current.n_pieces) == (1, 12)
    for part in parts[12:]:
        segments.feed(part)
    segments.end()
    found = drained(segments, intake)
    whole = GrowingFile()
    whole.feed(short)
    whole.end()
    expected = [item.time_s for item in SegmentDecoder(whole, track="applicant", offset_s=0.0)]
    assert [one.time_s for one in found] == expected
    # Far more frames than may wait were in the record, and none of them was left out.
    assert sum(isinstance(one.item, Frame) for one in found[:40]) > MOST_FRAMES
    assert all(isinstance(one.item, Sound) for one in found if one.index is None)
    book.close("closed")
    assert verify(dead.home, SESSION).problem is None


def test_the_frames_that_were_skipped_are_skipped_again(dead: Dead, short: bytes) -> None:
    dead.writer.piece("applicant.1", short)
    dead.writer.add("skipped", {"stream": "applicant.1", "index": [3, 4], "time_s": [0.1, 0.13]})
    dead.said("pause", by="officer")
    segments, intake, _ = taken_up(dead.followed())
    assert segments.current is None
    frames = [one for one in drained(segments, intake) if one.index is not None]
    assert [one.index for one in frames if one.item is None] == [3, 4]
    assert len(frames) == 60


def test_the_officer_is_heard_again_where_it_was_placed_and_in_a_new_order(
    dead: Dead, short: bytes
) -> None:
    dead.writer.piece("applicant.1", short)
    for stream in ("officer.1", "officer.2"):
        told = {"stream": stream, "mime": "audio/webm", "lost_s": None, "beside": "applicant.1"}
        dead.writer.add("officer_segment", told)
        dead.writer.piece(stream, voice(np.zeros(RATE_HZ, dtype=np.float32)))
    # The second one was not placed any more.
    dead.writer.add("officer_starts", {"stream": "officer.1", "offset_s": 0.4, "over_s": 2.0})
    dead.writer.add("officer_heard", {"stream": "officer.1", "number": [0, 1], "after": [20, 24]})
    held, intake = dead.followed(), Intake()
    officer = OfficerLine(intake)
    assert held.history.heard == [Place("officer.1", 0, 20), Place("officer.1", 1, 24)]
    segments, intake, book = taken_up(held, officer, intake)
    segments.end()
    heard = []
    while (work := intake.take(0.3)) is not None:
        heard += [work] if isinstance(work, Heard) else []
    assert [one.stream for one in heard] == ["officer.1"] * len(heard)
    assert heard[0].sound.time_s == pytest.approx(0.4, abs=0.02)
    assert heard[-1].sound.end_s == pytest.approx(1.4, abs=0.05)
    book.close("interrupted")
    with Record.open(dead.home, SESSION) as record:
        assert History.read(record).heard == []


def test_while_it_catches_up_the_clock_goes_on_from_when_pieces_came(
    dead: Dead, short: bytes
) -> None:
    dead.writer.add("segment_starts", {"stream": "applicant.1", "offset_s": 100.0})
    dead.writer.piece("applicant.1", short)
    # Nothing takes from the intake: the decoder stands still.
    segments, intake, _ = taken_up(dead.followed())
    first_s = segments.time_s
    assert 100.0 <= first_s < 110.0
    assert segments.is_behind
    assert segments.time_s > first_s
    intake.close()
    segments.abort()


def test_what_was_said_is_known_at_once(dead: Dead, short: bytes) -> None:
    dead.writer.piece("applicant.1", short)
    dead.said("ask", time_s=1.0, question_id="name")
    dead.said("asked", time_s=3.0)
    dead.said("ask", time_s=9.0, question_id="income")
    dead.said("note", time_s=10.0, text="quiet", by="ann")
    dead.said("pause", time_s=11.0, by="applicant")
    conduct = dead.followed().conduct(dead.home, new_book(dead.home))
    assert list(conduct.question_states.values()) == ["done", "current", "open"]
    assert (conduct.stages.stage, conduct.stages.paused_by) == ("questions", "applicant")
    assert conduct.written.notes == [{"at_s": 10.0, "by": "ann", "text": "quiet"}]
    assert conduct.n_items == 0


def test_a_consent_that_was_given_again_does_not_cover_what_came_before(
    dead: Dead, short: bytes
) -> None:
    dead.writer.piece("applicant.1", short)
    again = {"purpose": "face", "text": "en-2026-11", "lang": "en", "at": NOW}
    dead.said("withdraw", purpose="face", at=NOW)
    dead.said("consent", granted=True, **again)
    held = dead.followed()
    conduct = held.conduct(dead.home, new_book(dead.home))
    given_again = held.history.given_again
    given_again.hold(conduct, 39)
    assert conduct.consents["face"][0].granted is False
    # It was given after 40 items: from there on it holds.
    given_again.hold(conduct, 40)
    assert conduct.consents["face"][0].granted is True


def test_a_consent_that_was_taken_back_once_more_stays_taken_back(dead: Dead, short: bytes) -> None:
    dead.writer.piece("applicant.1", short)
    again = {"purpose": "voice", "text": "en-2026-11", "lang": "en", "at": NOW}
    dead.said("consent", granted=True, **again)
    dead.said("withdraw", purpose="voice", at=NOW)
    held = dead.followed()
    conduct = held.conduct(dead.home, new_book(dead.home))
    held.history.given_again.hold(conduct, 1000)
    assert conduct.consents["voice"][0].granted is False


def test_who_decides_anew_while_a_consent_is_still_to_hold_has_the_last_word(
    dead: Dead, short: bytes
) -> None:
    dead.writer.piece("applicant.1", short)
    again = {"purpose": "face", "text": "en-2026-11", "lang": "en", "at": NOW}
    dead.said("withdraw", purpose="face", at=NOW)
    dead.said("consent", granted=True, **again)
    held = dead.followed()
    conduct = held.conduct(dead.home, new_book(dead.home))
    given_again = held.history.given_again
    held.writer.add("worker_restarted", {"at_s": 1.0, "silent_s": 0.0, "segment_goes_on": True})
    # The analysis is at the 5th item again, long before the 40th.
    values = {"purpose": "face", "at": NOW}
    given_again.decided_anew("withdraw", values)
    entered = {"name": "withdraw", "values": values, "time_s": 2.0, "after": 5}
    held.writer.add("command", entered)
    given_again.hold(conduct, 1000)
    assert conduct.consents["face"][0].granted is False
    # And a replay comes to the same.
    held.writer.drop()
    with Record.open(dead.home, SESSION) as record:
        told = [(one["name"], one["after"]) for one in History.read(record).in_turn]
    assert told == [("withdraw", 0), ("withdraw", 5)]


def test_what_a_search_found_before_consent_to_it_ended_is_not_known_to_who_goes_on(
    dead: Dead,
) -> None:
    first, second = VoiceElsewhere(1, 0), VoiceElsewhere(2, 0)
    dead.writer.add(SEARCHED, first.to_dict())
    dead.said("withdraw", purpose="face", at=NOW)
    with Record.open(dead.home, SESSION) as record:
        assert History.read(record).still_searched == [first]
    dead.said("withdraw", purpose="search", at=NOW)
    dead.writer.add(SEARCHED, second.to_dict())
    held = dead.followed()
    # A replay of what was analyzed so far comes by both.
    assert (held.history.searched, held.history.still_searched) == ([first, second], [second])
    held.writer.add("worker_restarted", {"at_s": 1.0, "silent_s": 0.0, "segment_goes_on": True})
    held.writer.drop()
    with Record.open(dead.home, SESSION) as record:
        assert History.read(record).searched == [second]


NOW = datetime(2026, 11, 30, tzinfo=UTC).isoformat()


def test_a_piece_that_may_be_half_there_ends_its_segment(dead: Dead) -> None:
    dead.writer.piece("applicant.1", bytes(PIECE_BYTES + 5))
    segments, intake, book = taken_up(dead.followed())
    assert segments.current is None
    intake.close()
    segments.abort()
    book.drop()
    with Record.open(dead.home, SESSION) as record:
        entry = record.last("worker_restarted")
    assert entry is not None
    assert entry.data["segment_goes_on"] is False


@pytest.mark.parametrize(
    ("kind", "data"), [("observations", {"rows": []}), ("outcome", {"after": 3})]
)
def test_half_a_report_cannot_be_gone_on_with(
    dead: Dead, kind: str, data: Mapping[str, Any]
) -> None:
    dead.writer.add(kind, data)
    dead.writer.drop()
    with pytest.raises(RecordError, match="while its report was being written"):
        GoingOn.open(dead.home, SESSION)
    # Nobody holds it any more, so that it can be closed.
    RecordWriter.resume(dead.home, SESSION).close("interrupted")


def test_a_session_without_a_record_begins_anew(tmp_path: Path) -> None:
    assert GoingOn.open(Home(tmp_path / "home"), SESSION) is None
