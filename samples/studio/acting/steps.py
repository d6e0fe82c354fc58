"""Values that hold and then pass to the next: gaze, pose, speaking or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from facesign.biometrics.stream import TimeArray
from facesign.samples.studio.acting.pulses import ease

__all__ = ["Steps", "Wander", "sway"]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A value that moves smoothly to the next one at given moments.

    A passage that would overlap the next one is shortened to end where that begins.
    """

    start_s: TimeArray
    """When each value begins to be approached, increasing, shape (n_values,)."""
    passage_s: TimeArray
    """How long the approach takes, shape (n_values,)."""
    values: TimeArray
    """Shape (n_values, n_parts); the first holds from the beginning of time."""

    def at(self, time_s: TimeArray) -> TimeArray:
        """Return the value at any times, shape (n, n_parts)."""
        now = np.clip(np.searchsorted(self.start_s, time_s, side="right") - 1, 0, None)
        before = np.maximum(now - 1, 0)
        room_s = np.append(np.diff(self.start_s), np.inf)
        passage_s = np.maximum(np.minimum(self.passage_s, room_s), 1e-6)
        share = ease((time_s - self.start_s[now]) / passage_s[now])[:, None]
        value: TimeArray = self.values[before] + share * (self.values[now] - self.values[before])
        return value


class Wander:
    """A smooth random walk around zero with unit standard deviation.

    Args:
        rng: Source of its knots, drawn once.
        until_s: Last second at which it is asked for.
        period_s: Time between knots.
    """

    def __init__(self, rng: np.random.Generator, until_s: float, *, period_s: float) -> None:
        knots = np.arange(-2 * period_s, until_s + 3 * period_s, period_s)
        self._spline = CubicSpline(knots, rng.standard_normal(len(knots)))

    def at(self, time_s: TimeArray) -> TimeArray:
        """Return the walk at any times, shape (n,)."""
        # A cubic spline through unit normal knots varies by 0.85 of their deviation.
        return np.asarray(self._spline(time_s) / 0.85, dtype=np.float64)


def sway(rng: np.random.Generator, time_s: TimeArray, *, period_s: float) -> TimeArray:
    """Return a new walk from second 0 on at the given times, shape (n,)."""
    return Wander(rng, float(time_s[-1]), period_s=period_s).at(time_s)
