"""A container that is still being written, as the file that a demuxer reads."""

from __future__ import annotations

import threading
import time
from collections import deque

__all__ = ["GrowingFile"]

MOST_WAITING_BYTES = 64 << 20
"""Fed but not read yet: eight minutes of a phone's picture, which come while a new worker
analyzes again what the record holds. Then `feed` waits."""


class GrowingFile:
    """Bytes that one thread feeds and another reads, in order, each once.

    It cannot be sought in, so a demuxer reads it as it would a pipe. Only bytes that are in
    the record already are fed: what is analyzed is what was written.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pieces: deque[tuple[bytes, float]] = deque()
        self._n_waiting = 0
        self._ended = False
        self._arrived_s: float | None = None

    @property
    def n_waiting(self) -> int:
        """Bytes that were fed and not read yet."""
        with self._changed:
            return self._n_waiting

    @property
    def arrived_s(self) -> float | None:
        """Monotonic time at which what was read last had been fed; None before anything was."""
        with self._changed:
            return self._arrived_s

    def feed(self, data: bytes) -> None:
        """Append; waits while too much is unread, so that nothing queues without bound."""
        arrived_s = time.monotonic()
        with self._changed:
            self._changed.wait_for(lambda: self._n_waiting < MOST_WAITING_BYTES or self._ended)
            if self._ended or not data:
                return
            self._pieces.append((data, arrived_s))
            self._n_waiting += len(data)
            self._changed.notify_all()

    def end(self) -> None:
        """Append nothing more: the reader comes to the end of the file."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def abort(self) -> None:
        """End it, and drop what was not read yet."""
        with self._changed:
            self._pieces.clear()
            self._n_waiting = 0
        self.end()

    def read(self, n: int) -> bytes:
        """Return the next bytes, at most n, as soon as there are any; none at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._ended)
            if not self._pieces:
                return b""
            first, self._arrived_s = self._pieces[0]
            if len(first) <= n:
                self._pieces.popleft()
            else:
                self._pieces[0] = first[n:], self._arrived_s
                first = first[:n]
            self._n_waiting -= len(first)
            self._changed.notify_all()
            return first
