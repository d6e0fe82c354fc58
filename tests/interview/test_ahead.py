from __future__ import annotations

import threading

import pytest

from facesign.interview.ahead import OneAhead


def test_each_result_comes_with_the_item_after_it() -> None:
    ahead: OneAhead[int, int] = OneAhead(lambda item: item * item)
    came = [list(ahead.push(item)) for item in (2, 3, 4)]
    assert came == [[], [4], [9]]
    assert list(ahead.finish()) == [16]


def test_work_goes_on_while_the_caller_handles_the_result_before() -> None:
    handled = threading.Event()
    waited: list[bool] = []

    def work(item: int) -> int:
        if item == 2:
            waited.append(handled.wait(timeout=10))
        return item

    ahead: OneAhead[int, int] = OneAhead(work)
    list(ahead.push(1))
    for _ in ahead.push(2):
        handled.set()
    assert list(ahead.finish()) == [2]
    assert waited == [True]


def test_an_error_comes_where_the_result_would_have_come() -> None:
    ahead: OneAhead[int, float] = OneAhead(lambda item: 1 / item)
    assert list(ahead.push(0)) == []
    with pytest.raises(ZeroDivisionError):
        list(ahead.push(1))


def test_finish_without_items_gives_nothing() -> None:
    ahead: OneAhead[int, int] = OneAhead(lambda item: item)
    assert list(ahead.finish()) == []


def test_finish_ends_the_thread() -> None:
    before = threading.active_count()
    ahead: OneAhead[int, int] = OneAhead(lambda item: item)
    list(ahead.push(1))
    list(ahead.finish())
    assert threading.active_count() == before
