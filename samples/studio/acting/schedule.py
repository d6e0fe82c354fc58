"""Things that happen at their times, found quickly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np

from facesign.biometrics.stream import TimeArray

__all__ = ["Schedule", "Timed"]


class Timed(Protocol):
    """Something with a first and a last moment."""

    @property
    def start_s(self) -> float:
        """First moment at which it matters."""
        ...

    @property
    def end_s(self) -> float:
        """Last moment at which it matters."""
        ...


_Thing = TypeVar("_Thing", bound=Timed)


class Schedule(Generic[_Thing]):
    """Things in the order given, of which only those that matter are looked at."""

    def __init__(self, things: Sequence[_Thing]) -> None:
        self._things = tuple(things)
        self._start_s = np.array([thing.start_s for thing in things])
        self._end_s = np.array([thing.end_s for thing in things])

    def during(self, time_s: TimeArray) -> list[tuple[_Thing, slice]]:
        """Return each thing that matters at some of the times, and which times those are.

        Args:
            time_s: Increasing, shape (n,).
        """
        first = np.searchsorted(time_s, self._start_s)
        last = np.searchsorted(time_s, self._end_s)
        return [
            (self._things[i], slice(int(first[i]), int(last[i])))
            for i in np.flatnonzero(first < last)
        ]
