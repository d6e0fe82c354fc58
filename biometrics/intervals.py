"""Turn a condition per item into intervals, with holes bridged and flicker dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Interval", "IntervalBuilder"]

HOLE_S = 1.5
"""Items further apart than this do not belong to one interval; other faces come every 0.5 s."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch over which a condition held."""

    start_s: float
    end_s: float
    peak: float
    """Largest value seen while it held."""
    mean: float


class IntervalBuilder:
    """Grow one interval at a time from items in time order; a time without items ends it."""

    def __init__(self, *, least_s: float = 0.0, bridge_s: float = 0.0) -> None:
        self._least_s = least_s
        self._bridge_s = bridge_s
        self._start_s: float | None = None
        self._last_s = 0.0
        self._pushed_s = 0.0
        self._values: tuple[float, float, int] = (0.0, 0.0, 0)

    def push(self, time_s: float, holds: bool, value: float = 0.0) -> Iterator[Interval]:
        """Take one item; yield the interval that it, or the hole before it, ended."""
        if time_s - self._pushed_s > HOLE_S:
            yield from self.finish()
        self._pushed_s = time_s
        if holds:
            if self._start_s is None:
                self._start_s, self._values = time_s, (value, 0.0, 0)
            peak, total, count = self._values
            self._values = (max(peak, value), total + value, count + 1)
            self._last_s = time_s
        elif self._start_s is not None and time_s - self._last_s > self._bridge_s:
            yield from self.finish()

    def finish(self, end_s: float | None = None) -> Iterator[Interval]:
        """Yield the interval under way, if it is long enough.

        Args:
            end_s: Where it ends; by default at the last item for which it held.
        """
        if self._start_s is None:
            return
        start_s, end_s = self._start_s, self._last_s if end_s is None else end_s
        self._start_s = None
        if end_s - start_s >= self._least_s:
            peak, total, count = self._values
            yield Interval(start_s, end_s, peak, total / max(count, 1))
