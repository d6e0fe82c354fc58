"""From the threads of a session to the sockets of its pages: only the latest counts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

__all__ = ["Latest"]

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """A value that changes; whoever follows gets the latest and misses what lay between.

    A slow follower thus holds nothing back, and nothing queues for it.

    Args:
        value: What it is at first.
    """

    def __init__(self, value: Value) -> None:
        self._lock = threading.Lock()
        self._value = value
        self._version = 0
        self._closed = False
        self._wakers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    @property
    def value(self) -> Value:
        """What it is now."""
        with self._lock:
            return self._value

    def set(self, value: Value) -> None:
        """Change it, from any thread."""
        with self._lock:
            self._value = value
            self._version += 1
        self._wake()

    def close(self) -> None:
        """Change it no more: followers end after the latest."""
        with self._lock:
            self._closed = True
        self._wake()

    async def follow(self, *, least_s: float = 0.0) -> AsyncGenerator[Value, None]:
        """Yield it now and whenever it changed.

        Args:
            least_s: Time between two at least.
        """
        changed = asyncio.Event()
        with self._lock:
            self._wakers[changed] = asyncio.get_running_loop()
        seen = -1
        try:
            while True:
                changed.clear()
                with self._lock:
                    value, version, closed = self._value, self._version, self._closed
                if version != seen:
                    seen = version
                    yield value
                    if least_s:
                        await asyncio.sleep(least_s)
                    continue
                if closed:
                    return
                await changed.wait()
        finally:
            with self._lock:
                self._wakers.pop(changed, None)

    def _wake(self) -> None:
        with self._lock:
            wakers = list(self._wakers.items())
        for changed, loop in wakers:
            try:
                loop.call_soon_threadsafe(changed.set)
            except RuntimeError:
                # The loop has ended, and its follower with it.
                continue
