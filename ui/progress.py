"""A bar on stderr for work that takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

__all__ = ["progress_bar"]

Advance: TypeAlias = Callable[[float, float | None], None]
"""Takes what is done and the total, None where it is not known."""

LONG_S = 10.0
"""Recordings from this length on get a bar."""


@contextmanager
def progress_bar(
    name: str, *, long: float = LONG_S
) -> Iterator[Callable[[float, float | None], None]]:
    """Show a bar on a terminal for work that takes a while; give its callback.

    Args:
        name: What stands beside the bar.
        long: Totals from this on get a bar.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=True) as bar:
        task = bar.add_task(name, total=None)

        def advance(done: float, total: float | None) -> None:
            is_long = total is None or total >= long
            if bar.disable and is_long and console.is_terminal:
                bar.disable = False
                bar.start()
            bar.update(task, completed=done, total=total)

        yield advance
