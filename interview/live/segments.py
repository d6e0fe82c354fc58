"""The segments of a session: each what one MediaRecorder wrote from its start to its stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence, Set
from dataclasses import dataclass

from facesign.biometrics.stream import Sound, Track
from facesign.interview.live.decoding import Readable, SegmentDecoder, Shot
from facesign.interview.live.growing import GrowingFile
from facesign.interview.live.intake import Intake, SegmentStart
from facesign.interview.live.lateness import Lateness

__all__ = ["GAP_CLOCK_S", "Segment", "Segments", "Stored", "offset_of"]

GAP_CLOCK_S = 1.2
"""The clock goes on by so much in a gap: enough that nothing before and after it is taken for
neighbours (a face that moved, a word cut in two), too little to count as a pause."""
BEHIND_BYTES = 1 << 17
"""A second of picture. With more of it undecoded, the decoder does not tell what time it is."""


def offset_of(end_s: float, *, first: bool) -> float:
    """Return where on the session's clock a segment starts.

    Args:
        end_s: End of the segment before it.
        first: Whether there is none before it.
    """
    return 0.0 if first else end_s + GAP_CLOCK_S


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What the record holds of a segment that another worker received."""

    media: Readable
    n_pieces: int
    skipped: Set[int]
    """Numbers of the frames that were not analyzed."""


class _Source:
    """What was stored of a segment, then what still comes of it."""

    def __init__(self, stored: Readable | None, coming: GrowingFile) -> None:
        self._stored = stored
        self._coming = coming

    @property
    def is_stored(self) -> bool:
        """Whether what is read is in the record since before."""
        return self._stored is not None

    def read(self, n: int, /) -> bytes:
        stored = self._stored
        if stored is not None:
            if data := stored.read(n):
                return data
            self._stored = None
        return self._coming.read(n)

    def abort(self) -> None:
        """Come to the end at once."""
        self._stored = None
        self._coming.abort()


class Segment:
    """One segment that is being received and decoded in a thread of its own."""

    def __init__(
        self,
        number: int,
        *,
        track: Track,
        intake: Intake,
        before: Segment | None,
        stored: Stored | None = None,
    ) -> None:
        self.number = number
        self.stream = f"applicant.{number}"
        self.n_pieces = 0 if stored is None else stored.n_pieces
        self._skipped: Set[int] = frozenset() if stored is None else stored.skipped
        self._file = GrowingFile()
        self._source = _Source(None if stored is None else stored.media, self._file)
        self._track: Track = track
        self._intake = intake
        self._before = before
        self._decoder: SegmentDecoder | None = None
        self.lateness = Lateness()
        """When what came by the line arrived; nothing of what is stored since before."""
        self._thread = threading.Thread(target=self._decode, name=self.stream, daemon=True)
        self._thread.start()

    @property
    def end_s(self) -> float:
        """Session time up to which it was decoded."""
        if self._decoder is not None:
            return self._decoder.end_s
        before = self._before
        return 0.0 if before is None else before.end_s

    @property
    def damaged(self) -> int:
        """Packets and pictures that could not be decoded."""
        return 0 if self._decoder is None else self._decoder.damaged

    @property
    def is_alive(self) -> bool:
        """Whether something may still come out of it."""
        return self._thread.is_alive()

    @property
    def is_behind(self) -> bool:
        """Whether much of what was received was not decoded yet."""
        if not self.is_alive:
            return False
        late = self._decoder is None or self._source.is_stored
        return late or self._file.n_waiting > BEHIND_BYTES

    def feed(self, data: bytes) -> None:
        """Give it a piece that is in the record."""
        self.n_pieces += 1
        self._file.feed(data)

    def end(self) -> None:
        """Nothing more comes."""
        self._file.end()

    def abort(self) -> None:
        """Drop what was not decoded yet, here and before it."""
        before = self._before
        if before is not None:
            before.abort()
        self._source.abort()

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
        self._decoder = SegmentDecoder(self._source, track=self._track, offset_s=offset_s)
        started = False
        for item in self._decoder:
            if not started:
                started = True
                self._intake.start(SegmentStart(self.stream, self.number, from_s, offset_s))
            arrived_s = self._file.arrived_s
            if arrived_s is not None:
                until_s = item.end_s if isinstance(item, Sound) else item.time_s
                self.lateness.note(until_s, arrived_s)
            if isinstance(item, Sound):
                self._intake.sound(self.stream, item)
            else:
                self._see(item)
        # A damaged container may give nothing more: the sender is not to wait for it.
        self._file.abort()

    def _see(self, shot: Shot) -> None:
        if shot.index in self._skipped:
            self._intake.skip(self.stream, shot)
        else:
            self._intake.shot(self.stream, shot, patient=self._source.is_stored)


@dataclass(slots=True)
class _Clock:
    """Where the session stands while the decoder is far behind: by the clock on the wall."""

    at_s: float
    since_s: float | None
    """Monotonic time at which it stood there; None while nothing is received."""

    def now(self) -> float:
        if self.since_s is None:
            return self.at_s
        return self.at_s + max(0.0, time.monotonic() - self.since_s)

    def stop(self) -> None:
        self.at_s, self.since_s = self.now(), None


class Segments:
    """All segments of a session, of which the last one may be open."""

    def __init__(self, intake: Intake, track: Track) -> None:
        self._intake = intake
        self._track: Track = track
        self._last: Segment | None = None
        self._open = False
        self._last_piece_s: float | None = None
        self._clock: _Clock | None = None

    def go_on(
        self, stored: Sequence[Stored], *, is_open: bool, at_s: float, silent_s: float
    ) -> None:
        """Take up what another worker received, before anything else.

        Args:
            stored: All segments so far.
            is_open: Whether more of the last one comes.
            at_s: Session time of what was received last.
            silent_s: How long ago that was.
        """
        for number, one in enumerate(stored, start=1):
            self._last = self._next(one)
            if number < len(stored) or not is_open:
                self._last.end()
        if self._last is not None:
            self._open = is_open
            self._last_piece_s = time.monotonic() - silent_s
            self._clock = _Clock(at_s, self._last_piece_s if is_open else None)

    @property
    def current(self) -> Segment | None:
        """The segment that is being received; None while none is."""
        return self._last if self._open else None

    @property
    def n_segments(self) -> int:
        """How many there were."""
        return 0 if self._last is None else self._last.number

    @property
    def is_behind(self) -> bool:
        """Whether what another worker received is still being decoded."""
        if self._clock is not None and self._last is not None and not self._last.is_behind:
            self._clock = None
        return self._clock is not None

    @property
    def time_s(self) -> float:
        """Session time up to which something was received."""
        clock = self._clock
        if self.is_behind and clock is not None:
            return clock.now()
        return 0.0 if self._last is None else self._last.end_s

    def open(self) -> tuple[Segment, float | None]:
        """Start the next one; return it, and for how long nothing came before it."""
        self.end()
        lost_s = None
        if self._last_piece_s is not None:
            lost_s = time.monotonic() - self._last_piece_s
        if self._clock is not None:
            self._clock = _Clock(self._clock.at_s + GAP_CLOCK_S, time.monotonic())
        self._last = self._next()
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
        if self._clock is not None:
            self._clock.stop()
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

    def _next(self, stored: Stored | None = None) -> Segment:
        return Segment(
            self.n_segments + 1,
            track=self._track,
            intake=self._intake,
            before=self._last,
            stored=stored,
        )
