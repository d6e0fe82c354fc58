"""Two steps of a path at once: the first works on an item while the second has the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

__all__ = ["OneAhead"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class OneAhead(Generic[Item, Result]):
    """Call a function in a helper thread, one item ahead of whoever takes its results.

    Calls never overlap, and results come in the order of the items, each with the item
    after it: what is computed does not depend on timing. An error is raised where the
    result would have come.
    """

    def __init__(self, work: Callable[[Item], Result]) -> None:
        self._work = work
        self._helper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="facesign-face")
        self._under_way: Future[Result] | None = None

    def push(self, item: Item) -> Iterator[Result]:
        """Start on an item; yield the result of the one before."""
        done = [] if self._under_way is None else [self._under_way.result()]
        self._under_way = self._helper.submit(self._work, item)
        yield from done

    def finish(self) -> Iterator[Result]:
        """End the thread and yield the last result."""
        self._helper.shutdown()
        done, self._under_way = self._under_way, None
        if done is not None:
            yield done.result()
