"""Times of decoded frames: what the container says, mended where it cannot be true."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Generic, TypeVar

__all__ = ["FrameClock", "Timeline"]

Picture = TypeVar("Picture")

RESTART_S = 1.0
"""A time this far behind the expected one is not jitter: it is wrong, or the clock restarted."""
RESTART_ITEMS = 8
"""So many such times in a row mean that the clock restarted."""
MAX_PENDING = 8
"""Frames held back at most while waiting for the next usable time."""
USUAL_INTERVAL_S = 0.04
GAP_S = 0.5
"""An interval this long is a gap in the picture, not a rate."""
DTS_MARGIN = 4
"""Presentation times have to be wrong so much oftener than decoding times to be given up: a
damaged packet puts a few frames out of order without their times being wrong."""
VARIABLE_ABOVE = 0.1
"""Share of intervals unlike their mean so far from which a rate is called variable."""
UNLIKE = 0.1
"""Part by which an interval has to differ; rounding to a millisecond stays below."""


class Timeline:
    """One track's presentation times, continued where the container's clock restarts.

    Recordings that were joined byte by byte start again at zero in the middle; a single
    packet may also carry a wrong time. Both look the same at first, so a time more than a
    second behind is left out until eight in a row say the same.
    """

    def __init__(self) -> None:
        self.restarts = 0
        self._shift_s = 0.0
        self._refused = 0

    def place(self, time_s: float | None, expected_s: float | None) -> float | None:
        """Return the time on a clock without restarts, or None where it is unusable."""
        if time_s is None or not math.isfinite(time_s):
            return None
        placed_s = time_s + self._shift_s
        if expected_s is None or placed_s > expected_s - RESTART_S:
            self._refused = 0
            return placed_s
        self._refused += 1
        if self._refused < RESTART_ITEMS:
            return None
        self._refused = 0
        self.restarts += 1
        self._shift_s += expected_s - placed_s
        return expected_s


class FrameClock(Generic[Picture]):
    """Give every picture an increasing time, keeping each one that can be true.

    A picture whose time is missing or not after the one before it waits for the next
    usable time; those that waited are spread evenly in between. Where none comes in
    time they follow at the latest interval.
    """

    def __init__(self, usual_interval_s: float = USUAL_INTERVAL_S) -> None:
        self.repaired = 0
        self.gaps = 0
        self.gap_s = 0.0
        self.end_s: float | None = None
        """Time of the last picture plus its interval; None before the first."""
        self._timeline = Timeline()
        self._interval_s = usual_interval_s
        self._last_s: float | None = None
        self._pending: list[Picture] = []
        self._faults = {"pts": 0, "dts": 0}
        self._latest = {"pts": -math.inf, "dts": -math.inf}
        self._n_intervals = 0
        self._n_unlike = 0
        self._sum_s = 0.0

    @property
    def is_variable(self) -> bool:
        """Tell whether more than a tenth of the intervals are unlike their mean so far."""
        return self._n_unlike > VARIABLE_ABOVE * max(self._n_intervals, 1)

    def push(
        self, picture: Picture, pts_s: float | None, dts_s: float | None = None
    ) -> Iterator[tuple[float, Picture]]:
        """Take one decoded picture; yield those whose time is now known, in order.

        Args:
            picture: The picture, or whatever stands for it.
            pts_s: Presentation time in seconds, None where the container has none.
            dts_s: Decoding time of the packet it came with; stands in where the
                presentation times prove to be worse (H.264 in AVI).
        """
        time_s = self._timeline.place(self._better(pts_s, dts_s), self._expected_s())
        if time_s is not None and (self._last_s is None or time_s > self._last_s):
            yield from self._emit_before(time_s)
            yield self._emit(picture, time_s)
            return
        self.repaired += 1
        self._pending.append(picture)
        if len(self._pending) == MAX_PENDING:
            yield from self.finish()

    def finish(self) -> Iterator[tuple[float, Picture]]:
        """Yield the pictures that still wait, at the latest interval."""
        waiting, self._pending = self._pending, []
        for picture in waiting:
            time_s = 0.0 if self._last_s is None else self._last_s + self._interval_s
            yield self._emit(picture, time_s, measured=False)

    def _expected_s(self) -> float | None:
        if self._last_s is None:
            return None
        return self._last_s + self._interval_s * (len(self._pending) + 1)

    def _better(self, pts_s: float | None, dts_s: float | None) -> float | None:
        """Choose much as FFmpeg's best-effort timestamp does: what was wrong less often."""
        for name, time_s in (("pts", pts_s), ("dts", dts_s)):
            if time_s is None or time_s <= self._latest[name]:
                self._faults[name] += 1
            else:
                self._latest[name] = time_s
        return pts_s if self._faults["pts"] <= self._faults["dts"] + DTS_MARGIN else dts_s

    def _emit_before(self, time_s: float) -> Iterator[tuple[float, Picture]]:
        waiting, self._pending = self._pending, []
        if not waiting:
            return
        start_s = self._last_s
        if start_s is None:
            start_s = time_s - self._interval_s * (len(waiting) + 1)
        step_s = (time_s - start_s) / (len(waiting) + 1)
        for index, picture in enumerate(waiting, start=1):
            yield self._emit(picture, start_s + index * step_s, measured=False)

    def _emit(
        self, picture: Picture, time_s: float, measured: bool = True
    ) -> tuple[float, Picture]:
        if self._last_s is not None and measured:
            self._measure(time_s - self._last_s)
        self._last_s = time_s
        self.end_s = time_s + self._interval_s
        return time_s, picture

    def _measure(self, interval_s: float) -> None:
        if interval_s >= GAP_S:
            self.gaps += 1
            self.gap_s += interval_s
            return
        self._n_intervals += 1
        self._sum_s += interval_s
        mean_s = self._sum_s / self._n_intervals
        self._n_unlike += abs(interval_s - mean_s) > UNLIKE * mean_s
        self._interval_s = interval_s
