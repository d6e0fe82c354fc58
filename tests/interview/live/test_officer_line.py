"""Where the officer's own sound lies on the session's clock, and when it is analyzed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from live_media import RATE_HZ, clap, paced, voice

from facesign.biometrics.stream import Sound, Track
from facesign.interview.live import growing
from facesign.interview.live.intake import Heard, Intake, Placed, Received, SegmentStart
from facesign.interview.live.lateness import Lateness
from facesign.interview.live.officer_line import MOST_OFF_S, OfficerLine, StoredVoice, placed
from facesign.interview.live.segments import Segments

LATER_S = 0.7


def sound(time_s: float, track: Track = "applicant") -> Sound:
    return Sound(time_s, np.zeros(1600, dtype=np.float32), track)


def tone(seconds: float) -> bytes:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return voice((0.1 * np.sin(2 * np.pi * 220 * time_s)).astype(np.float32))


def test_the_zero_of_a_stream_is_by_the_part_that_came_with_the_least_delay() -> None:
    late = Lateness()
    assert late.zero_s is None
    for until_s, arrived_s in ((1.0, 101.3), (2.0, 102.1), (3.0, 103.6)):
        late.note(until_s, arrived_s)
    assert late.zero_s == pytest.approx(100.1)
    # What was quick more than a minute ago does not count any more.
    late.note(62.5, 162.8)
    assert late.zero_s == pytest.approx(100.3)


def test_the_officer_is_heard_when_the_applicants_stream_comes_to_their_time() -> None:
    intake = Intake()
    intake.start(SegmentStart("applicant.1", 1, 0.0, 0.0))
    for index in range(4):
        intake.sound("applicant.1", sound(index / 10))
    intake.placed(Placed("officer.1", -0.05, 2.0))
    for number, time_s in enumerate((0.05, 0.15, 0.9)):
        intake.hear("officer.1", number, 1, sound(time_s, "officer"))
    order = [intake.take(0) for _ in range(8)]
    assert isinstance(order[0], Placed)
    assert isinstance(order[1], SegmentStart)
    assert [times(work) for work in order[2:]] == [
        ("applicant", 0.0),
        ("applicant", 0.1),
        ("officer", 0.05),
        ("applicant", 0.2),
        ("officer", 0.15),
        ("applicant", 0.3),
    ]
    # What lies beyond what is known of the applicant waits; what comes late is next.
    assert intake.take(0) is None
    intake.hear("officer.1", 3, 1, sound(0.2, "officer"))
    assert intake.take(0) is None
    for index in range(4, 10):
        intake.sound("applicant.1", sound(index / 10))
    heard = [times(work) for work in iter(lambda: intake.take(0), None)]
    assert heard[-2:] == [("officer", 0.9), ("officer", 0.2)]


def times(work: object) -> tuple[str, float]:
    if isinstance(work, Heard):
        return "officer", work.sound.time_s
    assert isinstance(work, Received)
    return "applicant", work.time_s


def test_what_the_officer_says_while_the_clock_stands_is_left_out() -> None:
    intake = Intake()
    intake.start(SegmentStart("applicant.1", 1, 0.0, 0.0))
    intake.sound("applicant.1", sound(0.0))
    # The applicant's line is lost; the officer speaks on.
    for number in range(20):
        intake.hear("officer.1", number, 1, sound(number / 10, "officer"))
    # Placed by the segment that is to come: before it, in it.
    intake.start(SegmentStart("applicant.2", 2, 0.1, 1.3))
    intake.sound("applicant.2", sound(1.3))
    intake.sound("applicant.2", sound(1.4))
    intake.hear("officer.2", 0, 2, sound(1.25, "officer"))
    intake.hear("officer.2", 1, 2, sound(1.35, "officer"))
    works = list(iter(lambda: intake.take(0), None))
    heard = [(work.stream, work.number) for work in works if isinstance(work, Heard)]
    assert heard == [("officer.1", 0), ("officer.2", 1)]


def test_sound_before_the_session_has_no_time_in_it() -> None:
    assert placed(sound(0.1, "officer"), -0.2) is None
    later = placed(sound(0.3, "officer"), -0.2)
    assert later is not None
    assert later.time_s == pytest.approx(0.1)


class Wall:
    """A clock on the wall that stands where it is set."""

    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    clock = Wall()
    monkeypatch.setattr(growing, "time", clock)
    return clock


def delivered(
    wall: Wall, segments: Segments, officer: OfficerLine, delays_s: Iterator[float], seconds: float
) -> None:
    """Feed both streams as they came: the applicant's at once, the officer's with delays."""
    segment, _ = segments.open()
    for due_s, data in paced(clap(length_s=seconds)):
        wall.now_s = 1000.0 + due_s
        segments.feed(data)
    segments.end()
    # How far a decoder has come is up to the machine.
    segments.join()
    officer.open(segment)
    came_s = 0.0
    for due_s, data in paced(tone(seconds - LATER_S)):
        came_s = max(came_s, LATER_S + due_s + next(delays_s))
        wall.now_s = 1000.0 + came_s
        officer.feed(data)


def drained(intake: Intake, segments: Segments, officer: OfficerLine) -> list[object]:
    found: list[object] = []
    while True:
        work = intake.take(0.05)
        if work is not None:
            found.append(work)
        elif not segments.is_decoding and not officer.is_decoding:
            return found


def test_a_segment_is_placed_by_when_both_streams_arrived(wall: Wall) -> None:
    intake = Intake()
    segments, officer = Segments(intake, "applicant"), OfficerLine(intake)
    delays_s = iter(np.tile([0.3, 0.1, 0.02, 0.2], 20).tolist())
    delivered(wall, segments, officer, delays_s, 6.0)
    officer.end()
    works = drained(intake, segments, officer)
    (start,) = [work for work in works if isinstance(work, Placed)]
    assert start.stream == "officer.1"
    assert start.offset_s == pytest.approx(LATER_S, abs=0.1)
    heard = [work for work in works if isinstance(work, Heard)]
    assert [work.number for work in heard] == list(range(len(heard)))
    assert heard[0].sound.time_s == pytest.approx(start.offset_s, abs=0.02)
    assert heard[-1].sound.end_s == pytest.approx(6.0, abs=0.15)


def test_a_place_that_turns_out_to_be_wrong_is_noticed(wall: Wall) -> None:
    intake = Intake()
    segments, officer = Segments(intake, "applicant"), OfficerLine(intake)
    delays_s = iter([0.4] * 20 + [0.0] * 100)
    delivered(wall, segments, officer, delays_s, 14.0)
    works: list[object] = []
    while not officer.is_misplaced:
        work = intake.take(10.0)
        assert work is not None, "nothing was noticed"
        works.append(work)
    (start,) = [work for work in works if isinstance(work, Placed)]
    assert abs(start.offset_s - LATER_S) > MOST_OFF_S
    assert officer.end()
    assert not officer.is_misplaced
    intake.close()


def test_sound_without_an_applicant_to_be_placed_by_is_dropped_at_the_end() -> None:
    intake = Intake()
    segments, officer = Segments(intake, "applicant"), OfficerLine(intake)
    segment, _ = segments.open()
    officer.open(segment)
    officer.feed(tone(3.0))
    officer.end()
    assert officer.is_decoding
    officer.abort()
    segments.abort()
    assert drained(intake, segments, officer) == []


def test_stored_sound_comes_again_at_its_place(short_voice: bytes) -> None:
    intake = Intake()
    segments, officer = Segments(intake, "applicant"), OfficerLine(intake)
    whole = growing.GrowingFile()
    whole.feed(short_voice)
    whole.end()
    officer.go_on([StoredVoice("officer.1", 1, 0.25, whole)], n_segments=1)
    segment, _ = segments.open()
    segments.feed(clap())
    segments.end()
    heard = [work for work in drained(intake, segments, officer) if isinstance(work, Heard)]
    assert [work.stream for work in heard] == ["officer.1"] * 15
    assert heard[0].sound.time_s == pytest.approx(0.25, abs=0.02)
    assert officer.open(segment)[0].stream == "officer.2"
    officer.abort()


@pytest.fixture(scope="module")
def short_voice() -> bytes:
    return tone(1.5)
