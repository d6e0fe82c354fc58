"""The officer's own microphone, where the applicant joined on a device of their own.

It has a line of its own and a clock of its own. The applicant's stream is the session's clock, so
each segment of the officer's is placed beside the segment of the applicant's that was being
received: the moments of both zeros, each by the least delay with which parts of it arrived.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from facesign.biometrics.stream import Sound
from facesign.interview.live.decoding import Readable, SegmentDecoder
from facesign.interview.live.growing import GrowingFile
from facesign.interview.live.intake import Intake, Placed
from facesign.interview.live.lateness import Lateness
from facesign.interview.live.segments import Segment
from facesign.interview.record.contents import OFFICER_STREAM

__all__ = ["OfficerLine", "OfficerSegment", "StoredVoice", "placed"]

SILENT_S = 2.0
"""Without a piece for so long the line is lost, or the microphone off."""
PLACED_OVER_S = 2.0
"""Sound that is held until where it lies is settled: several pieces, one of them hardly late."""
CHECKED_EVERY_S = 10.0
MOST_OFF_S = 0.15
"""A place that turns out to be further off is given up, and a new segment begun."""
_POLL_S = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class StoredVoice:
    """What the record holds of a segment that another worker received and placed."""

    stream: str
    beside: int
    """Number of the applicant's segment that it is placed by."""
    offset_s: float
    media: Readable


class OfficerSegment:
    """What one MediaRecorder writes of the officer's microphone, decoded in a thread.

    Args:
        number: Of the officer's segments.
        beside: The applicant's segment that is being received.
        intake: Where its sound goes.
    """

    def __init__(self, number: int, *, beside: Segment, intake: Intake) -> None:
        self.number = number
        self.stream = f"{OFFICER_STREAM}{number}"
        self.n_pieces = 0
        self.is_misplaced = False
        """Whether it lies elsewhere than was thought at first."""
        self._beside = beside
        self._intake = intake
        self._file = GrowingFile()
        self._own = Lateness()
        self._dropped = threading.Event()
        self._thread = threading.Thread(target=self._decode, name=self.stream, daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether something may still come out of it."""
        return self._thread.is_alive()

    def feed(self, data: bytes) -> None:
        """Give it a piece that is in the record."""
        self.n_pieces += 1
        self._file.feed(data)

    def end(self) -> None:
        """Nothing more comes."""
        self._file.end()

    def abort(self) -> None:
        """Drop what was not decoded yet."""
        self._dropped.set()
        self._file.abort()

    def _decode(self) -> None:
        decoder = SegmentDecoder(self._file, track="officer", offset_s=0.0)
        held: list[Sound] = []
        offset_s: float | None = None
        number, checked_s = 0, PLACED_OVER_S
        for item in decoder:
            if not isinstance(item, Sound):
                continue
            self._own.note(item.end_s, self._file.arrived_s or 0.0)
            held.append(item)
            if item.end_s < PLACED_OVER_S:
                continue
            if offset_s is None:
                offset_s = self._settle()
            if offset_s is None:
                break
            number = self._give(held, offset_s, number)
            if item.end_s - checked_s >= CHECKED_EVERY_S:
                checked_s = item.end_s
                found_s = self._place()
                self.is_misplaced |= found_s is not None and abs(found_s - offset_s) > MOST_OFF_S
        if held and (offset_s := self._settle()) is not None:
            # Less than was to be held came at all.
            self._give(held, offset_s, number)
        # A damaged container may give nothing more: the sender is not to wait for it.
        self._file.abort()

    def _settle(self) -> float | None:
        """Wait until the applicant's clock is known, and enter where this lies; None if never."""
        while (offset_s := self._place()) is None or self._dropped.is_set():
            if self._dropped.wait(_POLL_S):
                return None
        self._intake.placed(Placed(self.stream, offset_s, PLACED_OVER_S))
        return offset_s

    def _place(self) -> float | None:
        """Return the session time of its zero; None while the applicant's clock is not known."""
        own_s, theirs_s = self._own.zero_s, self._beside.lateness.zero_s
        if own_s is None or theirs_s is None:
            return None
        return round(own_s - theirs_s, 3)

    def _give(self, held: list[Sound], offset_s: float, number: int) -> int:
        for sound in held:
            self._intake.hear(self.stream, number, self._beside.number, placed(sound, offset_s))
            number += 1
        held.clear()
        return number


class OfficerLine:
    """All segments of the officer's microphone, of which the last one may be open.

    Args:
        intake: Where its sound goes.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._n_segments = 0
        self._last_piece_s: float | None = None
        self._open: OfficerSegment | None = None
        self._decoding: list[OfficerSegment | _StoredVoices] = []

    def go_on(self, stored: Sequence[StoredVoice], *, n_segments: int) -> None:
        """Take up what another worker received, before anything else.

        Args:
            stored: The segments that were placed.
            n_segments: How many began.
        """
        self._n_segments = n_segments
        if stored:
            self._decoding.append(_StoredVoices(stored, self._intake))

    @property
    def current(self) -> OfficerSegment | None:
        """The segment that is being received; None while none is."""
        return self._open

    @property
    def is_heard(self) -> bool:
        """Whether pieces are coming."""
        if self._open is None or self._last_piece_s is None:
            return False
        return time.monotonic() - self._last_piece_s < SILENT_S

    @property
    def is_misplaced(self) -> bool:
        """Whether the open one lies elsewhere than was thought at first."""
        return self._open is not None and self._open.is_misplaced

    @property
    def is_decoding(self) -> bool:
        """Whether something may still come out of them."""
        self._decoding = [one for one in self._decoding if one.is_alive]
        return bool(self._decoding)

    def open(self, beside: Segment) -> tuple[OfficerSegment, float | None]:
        """Start the next one; return it, and for how long nothing came before it."""
        self.end()
        before_s = self._last_piece_s
        lost_s = None if before_s is None else time.monotonic() - before_s
        self._n_segments += 1
        self._open = OfficerSegment(self._n_segments, beside=beside, intake=self._intake)
        self._decoding = [*(one for one in self._decoding if one.is_alive), self._open]
        return self._open, lost_s

    def feed(self, data: bytes) -> None:
        """Give the open one a piece that is in the record."""
        segment = self._open
        if segment is not None:
            self._last_piece_s = time.monotonic()
            segment.feed(data)

    def end(self) -> bool:
        """End the one that is open; tell whether one was."""
        segment, self._open = self._open, None
        if segment is not None:
            segment.end()
        return segment is not None

    def abort(self) -> None:
        """Drop what was not decoded."""
        self._open = None
        for one in self._decoding:
            one.abort()


class _StoredVoices:
    """Decode stored segments, one after the other, in a thread."""

    def __init__(self, stored: Sequence[StoredVoice], intake: Intake) -> None:
        self._stored = stored
        self._intake = intake
        self._dropped = False
        self._thread = threading.Thread(target=self._decode, name="officer", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def abort(self) -> None:
        self._dropped = True

    def _decode(self) -> None:
        for one in self._stored:
            number = 0
            for item in SegmentDecoder(one.media, track="officer", offset_s=0.0):
                if self._dropped:
                    return
                if isinstance(item, Sound):
                    sound = placed(item, one.offset_s)
                    self._intake.hear(one.stream, number, one.beside, sound)
                    number += 1


def placed(sound: Sound, offset_s: float) -> Sound | None:
    """Return sound of a segment at its session time; None where that is before the session's."""
    time_s = offset_s + sound.time_s
    return None if time_s < 0 else Sound(time_s, sound.samples, sound.track)
