"""Where a stream's zero lies on the clock on the wall, by when its parts arrived."""

from __future__ import annotations

import threading
from collections import deque

__all__ = ["Lateness"]

OVER_S = 60.0
"""The least delay of so long counts: a part may be late, none is early. On a busy machine every
part of ten seconds was; clocks of two devices drift apart by a few milliseconds a minute."""


class Lateness:
    """Find the moment of a stream's zero, as if nothing of it had ever been late.

    What comes with the least delay shows the clock best; the rest waited for a piece to be full
    or for the line. One thread notes, others ask.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: deque[tuple[float, float]] = deque()

    def note(self, until_s: float, arrived_s: float) -> None:
        """Take note of when a part of the stream arrived.

        Args:
            until_s: Where it ends, on the stream's clock.
            arrived_s: Monotonic time at which it had arrived.
        """
        zero_s = arrived_s - until_s
        with self._lock:
            # What a later one undercuts can't become the least any more.
            while self._noted and self._noted[-1][1] >= zero_s:
                self._noted.pop()
            self._noted.append((arrived_s, zero_s))
            while self._noted[0][0] < arrived_s - OVER_S:
                self._noted.popleft()

    @property
    def zero_s(self) -> float | None:
        """Monotonic time of its zero by the least delay; None before anything was there."""
        with self._lock:
            return self._noted[0][1] if self._noted else None
