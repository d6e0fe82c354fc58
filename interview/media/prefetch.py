"""Run an iterator ahead of its consumer in a thread, within bounds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

__all__ = ["Prefetch"]

Item = TypeVar("Item")


class Prefetch(Generic[Item]):
    """An iterator whose items are made ahead of time by a background thread.

    The thread stops while max_items items or max_bytes bytes wait, and never holds more
    than one item beyond either bound. An error in it is raised in the consumer, after the
    items made before it. `close` ends the thread: it returns once the item in the making
    is done.
    """

    def __init__(
        self,
        source: Iterator[Item],
        size_of: Callable[[Item], int],
        *,
        max_items: int = 32,
        max_bytes: int = 24 * 2**20,
    ) -> None:
        self._source = source
        self._size_of = size_of
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._waiting: deque[Item] = deque()
        self._bytes = 0
        self._error: BaseException | None = None
        self._ended = False
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="facesign-decode", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended or self._closed)
            if self._waiting:
                item = self._waiting.popleft()
                self._bytes -= self._size_of(item)
                self._changed.notify_all()
                return item
            error, self._error = self._error, None
        if error is not None:
            raise error
        raise StopIteration

    def close(self) -> None:
        """Stop the thread and drop what waits."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        try:
            for item in self._source:
                if not self._put(item):
                    return
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _put(self, item: Item) -> bool:
        """Add an item once there is room; tell whether more are wanted."""
        with self._changed:
            self._changed.wait_for(self._has_room)
            if self._closed:
                return False
            self._waiting.append(item)
            self._bytes += self._size_of(item)
            self._changed.notify_all()
            return True

    def _has_room(self) -> bool:
        return self._closed or (
            len(self._waiting) < self._max_items and self._bytes < self._max_bytes
        )
