"""Lines of the timeline: series over time as paths in a box of 1000 by 100."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facesign.interview.page.figures import scale_end
from facesign.interview.page.texts import Texts

__all__ = ["Curve", "Curves", "draw_curves", "round_up", "thin_values", "to_path"]

MAX_POINTS = 600
"""Points of one line: more than a printed page can show."""
_NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a row."""

    label: str
    path: str
    """SVG path data in a box of 1000 by 100; it breaks where nothing was measured."""
    line: int
    """Which of the line styles: 0 solid, 1 dashed, 2 dotted."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines that share a row and its scale."""

    curves: Sequence[Curve]
    top: str
    bottom: str
    signed: bool
    """Zero lies in the middle, not at the bottom."""


def draw_curves(
    series: Sequence[Mapping[str, Any]], texts: Texts, *, bin_s: float, duration_s: float
) -> Curves:
    """Draw series of one unit over a common scale."""
    found = [abs(v) for one in series for v in one["values"] if v is not None]
    bound = round_up(max(found, default=1.0))
    signed = any(v is not None and v < 0 for one in series for v in one["values"])
    signed = signed or series[0]["name"].startswith(("pose.", "gaze."))
    low = -bound if signed else 0.0
    curves = []
    for line, one in enumerate(series):
        values, step = thin_values(one["values"])
        path = to_path(values, step_x=1000 * step * bin_s / duration_s, low=low, high=bound)
        curves.append(Curve(texts("series", one["name"]), path, line % 3))
    unit = series[0]["unit"]
    return Curves(
        curves, top=scale_end(texts, bound, unit), bottom=scale_end(texts, low, unit), signed=signed
    )


def round_up(value: float) -> float:
    """Round a scale's end up to 1, 1.5, 2, 3, 5 or 10 times a power of ten."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in _NICE if value <= step * power * (1 + 1e-9))


def thin_values(
    values: Sequence[float | None], max_points: int = MAX_POINTS
) -> tuple[list[float | None], int]:
    """Keep of each run of values the one farthest from zero, so that peaks stay.

    Returns:
        At most `max_points` values, and how many given values one of them stands for.
    """
    step = max(1, math.ceil(len(values) / max_points))
    runs = (values[i : i + step] for i in range(0, len(values), step))
    return [max(_known(run), key=abs, default=None) for run in runs], step


def to_path(values: Iterable[float | None], *, step_x: float, low: float, high: float) -> str:
    """Write values at the middles of equal steps as SVG path data, broken at gaps."""
    parts: list[str] = []
    pen_down = False
    for index, value in enumerate(values):
        if value is not None:
            x = min(1000.0, (index + 0.5) * step_x)
            y = 100 * (high - min(high, max(low, value))) / (high - low)
            parts.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}" + ("" if pen_down else "h0"))
        pen_down = value is not None
    return "".join(parts)


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]
