"""The officer's own microphone, where the applicant joined on a device of their own."""

from __future__ import annotations

import time
from dataclasses import dataclass

from facesign.interview.record.contents import OFFICER_STREAM

__all__ = ["OfficerLine", "OfficerSegment"]

SILENT_S = 2.0
"""Without a piece for so long the line is lost, or the microphone off."""


@dataclass(slots=True)
class OfficerSegment:
    """What one MediaRecorder wrote of the officer's microphone."""

    number: int
    beside: str
    """The stream of the applicant during which it came: by its clock it is placed."""
    n_pieces: int = 0

    @property
    def stream(self) -> str:
        """Its name in the record."""
        return f"{OFFICER_STREAM}{self.number}"


class OfficerLine:
    """All segments of the officer's microphone, of which the last one may be open.

    Args:
        n_segments: How many another worker received.
    """

    def __init__(self, n_segments: int = 0) -> None:
        self._n_segments = n_segments
        self._last_piece_s: float | None = None
        self._current: OfficerSegment | None = None

    @property
    def current(self) -> OfficerSegment | None:
        """The segment that is being received; None while none is."""
        return self._current

    @property
    def is_heard(self) -> bool:
        """Whether pieces are coming."""
        if self._current is None or self._last_piece_s is None:
            return False
        return time.monotonic() - self._last_piece_s < SILENT_S

    def open(self, beside: str) -> tuple[OfficerSegment, float | None]:
        """Start the next one; return it, and for how long nothing came before it."""
        before_s = self._last_piece_s
        lost_s = None if before_s is None else time.monotonic() - before_s
        self._n_segments += 1
        self._current = OfficerSegment(self._n_segments, beside)
        return self._current, lost_s

    def feed(self, data: bytes) -> None:
        """Give the open one a piece that is in the record."""
        if self._current is not None:
            self._current.n_pieces += 1
            self._last_piece_s = time.monotonic()

    def end(self) -> bool:
        """End the one that is open; tell whether one was."""
        was_open, self._current = self._current is not None, None
        return was_open
