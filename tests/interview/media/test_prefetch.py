from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from facesign.interview.media.prefetch import Prefetch

PATIENCE_S = 10.0


class Counted:
    """A source that tells how far it was read."""

    def __init__(self, n_items: int, signal_at: int = 0) -> None:
        self.n_items = n_items
        self.made = 0
        self.signal_at = signal_at
        self.reached = threading.Event()

    def __iter__(self) -> Iterator[int]:
        for index in range(self.n_items):
            self.made += 1
            if self.made == self.signal_at:
                self.reached.set()
            yield index


def test_items_come_in_order_and_end() -> None:
    assert list(Prefetch(iter(range(1000)), lambda _: 1)) == list(range(1000))


@pytest.mark.parametrize(("max_items", "max_bytes"), [(5, 10_000), (10_000, 500)])
def test_the_thread_waits_at_either_bound(max_items: int, max_bytes: int) -> None:
    source = Counted(100, signal_at=6)
    ahead = Prefetch(iter(source), lambda _: 100, max_items=max_items, max_bytes=max_bytes)

    assert source.reached.wait(PATIENCE_S)
    ahead.close()

    assert source.made == 6


def test_an_error_in_the_thread_is_raised_after_the_items_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("bad picture")

    ahead = Prefetch(failing(), lambda _: 1)

    assert next(ahead) == 1
    with pytest.raises(ValueError, match="bad picture"):
        next(ahead)
    assert list(ahead) == []


def test_closing_ends_the_thread_and_the_iteration() -> None:
    n_before = threading.active_count()
    ahead = Prefetch(iter(Counted(10**9)), lambda _: 1)
    next(ahead)

    ahead.close()

    assert threading.active_count() == n_before
    assert list(ahead) == []
