"""The time axis of the report's timeline: positions in per cent, readable times, density."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facesign.interview.page.figures import clock

__all__ = ["Axis", "Pile", "Tick", "axes", "percent", "pile_up", "ticks"]

N_PILES = 120
_MAX_TICKS = 9
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_ZOOM_FROM_S = {4: 60.0, 16: 600.0}
"""Magnifications, and the length of a recording from which each is offered."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One written time; position in per cent."""

    left: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The times written at one magnification."""

    zoom: int
    ticks: Sequence[Tick]


@dataclass(frozen=True, slots=True)
class Pile:
    """Spans of one lane that fall into one of the equal parts of the axis."""

    start_s: float
    end_s: float
    n_spans: int
    height: float
    """Number of spans, or seconds they cover, over the most in any part; 0 to 1."""


def percent(time_s: float, duration_s: float) -> float:
    """Place a time on the axis, in per cent of its length."""
    return round(100 * min(1.0, max(0.0, time_s / duration_s)), 3)


def axes(duration_s: float) -> list[Axis]:
    """Write the times for each magnification that a recording of this length is offered."""
    zooms = [1, *(zoom for zoom, from_s in _ZOOM_FROM_S.items() if duration_s > from_s)]
    return [Axis(zoom, ticks(duration_s, zoom)) for zoom in zooms]


def ticks(duration_s: float, zoom: int = 1) -> list[Tick]:
    """Choose readable times: at most nine after the first in the part that is seen at once."""
    fits = (step for step in _STEPS_S if duration_s / (zoom * step) <= _MAX_TICKS)
    step = next(fits, _STEPS_S[-1] * (1 + duration_s // (zoom * _MAX_TICKS * _STEPS_S[-1])))
    times = [index * step for index in range(int(duration_s / step + 1e-6) + 1)]
    labels = [clock(time) if step < 1 else clock(time)[:-2] for time in times]
    return [Tick(percent(t, duration_s), label) for t, label in zip(times, labels, strict=True)]


def pile_up(
    spans: Sequence[Mapping[str, Any]], duration_s: float, *, by_time: bool, n_piles: int = N_PILES
) -> list[Pile]:
    """Count spans in equal parts of the axis, where there are too many to draw each.

    Args:
        spans: Spans with start_s and end_s.
        duration_s: Length of the axis.
        by_time: Height is the time covered rather than the number of spans that start.
        n_piles: Number of parts.

    Returns:
        The parts with anything in them, in order.
    """
    width_s = duration_s / n_piles
    counts, covered_s = [0] * n_piles, [0.0] * n_piles
    for span in spans:
        first = min(n_piles - 1, int(span["start_s"] / width_s))
        counts[first] += 1
        for index in range(first, min(n_piles, int(span["end_s"] / width_s) + 1)):
            start, end = index * width_s, (index + 1) * width_s
            covered_s[index] += max(0.0, min(end, span["end_s"]) - max(start, span["start_s"]))
    amounts = covered_s if by_time else counts
    most = max(amounts) or 1
    return [
        Pile(index * width_s, (index + 1) * width_s, counts[index], round(amount / most, 3))
        for index, amount in enumerate(amounts)
        if amount > 0
    ]
