"""The segments of a session: each what one MediaRecorder wrote from its start to its stop."""

from __future__ import annotations

import threading
import time

from facesign.biometrics.stream import Sound, Track
from facesign.interview.live.decoding import SegmentDecoder
from facesign.interview.live.growing import GrowingFile
from facesign.interview.live.intake import Intake, SegmentStart

__all__ = ["GAP_CLOCK_S", "Segment", "Segments", "offset_of"]

GAP_CLOCK_S = 1.2
"""The clock goes on by so much in a gap: enough that nothing before and after it is taken for
neighbours (a face that moved, a word cut in two), too little to count as a pause."""


def offset_of(end_s: float, *, first: bool) -> float:
    """Return where on the session's clock a segment starts.

    Args:
        end_s: End of the segment before it.
        first: Whether there is none before it.
    """
    return 0.0 if first else end_s + GAP_CLOCK_S


class Segment:
    """One segment that is being received and decoded in a thread of its own."""

    def __init__(
        self, number: int, *, track: Track, intake: Intake, before: Segment | None
    ) -> None:
        self.number = number
        self.stream = f"applicant.{number}"
        self.n_pieces = 0
        self._file = GrowingFile()
        self._track: Track = track
        self._intake = intake
        self._before = before
        self._decoder: SegmentDecoder | None = None
        self._thread = threading.Thread(target=self._decode, name=self.stream, daemon=True)
        self._thread.start()

    @property
    def end_s(self) -> float:
        """Session time up to which it was decoded."""
        if self._decoder is not None:
            return self._decoder.end_s
        return 0.0 if self._before is None else self._before.end_s

    @property
    def damaged(self) -> int:
        """Packets and pictures that could not be decoded."""
        return 0 if self._decoder is None else self._decoder.damaged

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
        self._file.abort()

    def join(self) -> None:
        """Wait until everything that came was decoded and given to the intake."""
        self._thread.join()

    def _decode(self) -> None:
        if self._before is not None:
            self._before.join()
        from_s = self.end_s
        # What came before is not held on to.
        first, self._before = self._before is None, None
        offset_s = offset_of(from_s, first=first)
        self._decoder = SegmentDecoder(self._file, track=self._track, offset_s=offset_s)
        started = False
        for item in self._decoder:
            if not started:
                started = True
                self._intake.start(SegmentStart(self.stream, from_s, offset_s))
            if isinstance(item, Sound):
                self._intake.sound(self.stream, item)
            else:
                self._intake.shot(self.stream, item)
        # A damaged container may give nothing more: the sender is not to wait for it.
        self._file.abort()


class Segments:
    """All segments of a session, of which the last one may be open."""

    def __init__(self, intake: Intake, track: Track) -> None:
        self._intake = intake
        self._track: Track = track
        self._last: Segment | None = None
        self._open = False
        self._last_piece_s: float | None = None

    @property
    def current(self) -> Segment | None:
        """The segment that is being received; None while none is."""
        return self._last if self._open else None

    @property
    def n_segments(self) -> int:
        """How many there were."""
        return 0 if self._last is None else self._last.number

    @property
    def time_s(self) -> float:
        """Session time up to which something was received."""
        return 0.0 if self._last is None else self._last.end_s

    def open(self) -> tuple[Segment, float | None]:
        """Start the next one; return it, and for how long nothing came before it."""
        self.end()
        lost_s = None
        if self._last_piece_s is not None:
            lost_s = time.monotonic() - self._last_piece_s
        self._last = Segment(
            self.n_segments + 1, track=self._track, intake=self._intake, before=self._last
        )
        self._open = True
        return self._last, lost_s

    def feed(self, data: bytes) -> None:
        """Give the open one a piece."""
        if self._open and self._last is not None:
            self._last_piece_s = time.monotonic()
            self._last.feed(data)

    def end(self) -> None:
        """End the one that is open."""
        if self._last is not None:
            self._last.end()
        self._open = False

    def join(self) -> None:
        """Wait until all was decoded; something must take from the intake meanwhile."""
        if self._last is not None:
            self._last.join()

    @property
    def is_decoding(self) -> bool:
        """Whether something may still come out of them."""
        return self._last is not None and self._last.is_alive

    def abort(self) -> None:
        """Drop what was not decoded."""
        self._open = False
        if self._last is not None:
            self._last.abort()
