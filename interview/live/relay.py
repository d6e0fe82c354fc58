"""The applicant's pieces for the officer's page, where the talk cannot go from page to page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator

__all__ = ["Relay"]

_CLUSTER = b"\x1f\x43\xb6\x75"
"""Where a reader of WebM may start, after the head."""
_FRAGMENT = b"moof"
_FRAGMENT_HEAD = 4
"""Bytes of a box's size before its name."""
MOST_HEAD_BYTES = 1 << 16
MOST_WAITING = 100
"""Pieces for a page that does not take them: some ten seconds; then it has to join anew."""


class _Follower:
    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes | str | None] = asyncio.Queue()
        self.loop = asyncio.get_running_loop()
        self.started = False

    def put(self, data: bytes | str | None) -> None:
        """Hand something over from another thread."""
        try:
            self.loop.call_soon_threadsafe(self._put, data)
        except RuntimeError:
            # The loop has ended, and the page with it.
            self.started = False

    def _put(self, data: bytes | str | None) -> None:
        if self.queue.qsize() >= MOST_WAITING:
            while not self.queue.empty():
                self.queue.get_nowait()
            data = None
        self.queue.put_nowait(data)


class Relay:
    """Pass pieces on to whoever follows; who comes late starts at the next place one may."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._followers: set[_Follower] = set()
        self._mime = ""
        self._head: bytes | None = None
        self._begun = b""
        self._tail = b""
        self._closed = False

    def start(self, mime: str) -> None:
        """Begin a segment: the next piece is the first of a new container."""
        with self._lock:
            self._mime, self._head, self._begun, self._tail = mime, None, b"", b""
            for follower in self._followers:
                follower.started = False

    def push(self, data: bytes) -> None:
        """Take a piece."""
        with self._lock:
            if self._head is None:
                self._begin(data)
                return
            for follower in self._followers:
                if follower.started:
                    follower.put(data)
            waiting = [follower for follower in self._followers if not follower.started]
            joined = self._tail + data
            at = _entry(joined, self._mime)
            if waiting and at is not None:
                for follower in waiting:
                    self._let_in(follower, joined[at:])
            self._tail = data[-8:]

    async def follow(self) -> AsyncGenerator[bytes | str, None]:
        """Yield, for each segment, its type as text, then its head and pieces as bytes."""
        follower = _Follower()
        with self._lock:
            if self._closed:
                return
            self._followers.add(follower)
        try:
            while (data := await follower.queue.get()) is not None:
                yield data
        finally:
            with self._lock:
                self._followers.discard(follower)

    def close(self) -> None:
        """End it for everybody."""
        with self._lock:
            self._closed = True
            for follower in self._followers:
                follower.put(None)

    def _begin(self, data: bytes) -> None:
        self._begun += data
        at = _entry(self._begun, self._mime)
        if at is None:
            # What has no entry in its first bytes is no container that can be joined.
            self._begun = self._begun[:MOST_HEAD_BYTES]
            return
        self._head = self._begun[:at]
        for follower in self._followers:
            self._let_in(follower, self._begun[at:])
        self._begun = b""
        self._tail = data[-8:]

    def _let_in(self, follower: _Follower, data: bytes) -> None:
        follower.started = True
        follower.put(self._mime)
        follower.put(self._head)
        follower.put(data)


def _entry(data: bytes, mime: str) -> int | None:
    """Return where a reader may start, None where the data holds no such place."""
    is_mp4 = mime.startswith("video/mp4")
    at = data.find(_FRAGMENT if is_mp4 else _CLUSTER)
    if at < 0 or (is_mp4 and at < _FRAGMENT_HEAD):
        return None
    return at - _FRAGMENT_HEAD if is_mp4 else at
