"""How a face moves: pulses, blinks, glances, head sway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline

from facesign.biometrics.stream import TimeArray
from facesign.errors import SettingsError

__all__ = [
    "Blink",
    "Glance",
    "Pulse",
    "blink_closure",
    "gaze_angles",
    "plan_blinks",
    "pulse_curve",
    "sway",
]

_CLOSING_S, _SHUT_S, _OPENING_S = 0.085, 0.03, 0.17
"""A spontaneous blink: the lid falls about twice as fast as it rises."""
_SACCADE_S = 0.05


@dataclass(frozen=True, slots=True)
class Pulse:
    """A movement that rises to an apex and falls back."""

    onset_s: float
    apex_s: float
    offset_s: float
    amplitude: float
    """Weight of the shapes at the apex, 1 for their full range."""
    shapes: tuple[str, ...]
    """Expression names of the rig."""
    channels: tuple[str, ...]
    """Facial channels that it drives, such as `au1.left`."""

    def __post_init__(self) -> None:
        if not self.onset_s < self.apex_s < self.offset_s:
            raise SettingsError(
                "a movement needs onset < apex < offset, got "
                f"{self.onset_s}, {self.apex_s}, {self.offset_s}"
            )


@dataclass(frozen=True, slots=True)
class Blink:
    """Both lids closing once."""

    onset_s: float
    apex_s: float
    """First moment of full closure."""
    offset_s: float

    @classmethod
    def at(cls, apex_s: float) -> Blink:
        """Return an ordinary blink that is first closed at a time."""
        return cls(apex_s - _CLOSING_S, apex_s, apex_s + _SHUT_S + _OPENING_S)


@dataclass(frozen=True, slots=True)
class Glance:
    """The eyes held on a point from a moment on."""

    start_s: float
    yaw_deg: float
    """To the subject's left, in the room."""
    pitch_deg: float


def pulse_curve(time_s: TimeArray, pulse: Pulse) -> TimeArray:
    """Return the weight of a pulse: two half cosines, 0 at onset and offset.

    Args:
        time_s: Seconds, shape (n,).
        pulse: The movement.

    Returns:
        Weight, 0 to the amplitude, shape (n,).
    """
    rising = (time_s - pulse.onset_s) / (pulse.apex_s - pulse.onset_s)
    falling = (pulse.offset_s - time_s) / (pulse.offset_s - pulse.apex_s)
    return pulse.amplitude * _ease(np.minimum(rising, falling))


def blink_closure(time_s: TimeArray, blinks: Sequence[Blink]) -> TimeArray:
    """Return how far the lids are closed, 0 open to 1 shut, shape (n,)."""
    closed = np.zeros_like(time_s)
    for blink in blinks:
        falling = _ease((time_s - blink.onset_s) / (blink.apex_s - blink.onset_s))
        opens_s = blink.apex_s + _SHUT_S
        rising = _ease((blink.offset_s - time_s) / (blink.offset_s - opens_s))
        closed = np.maximum(closed, np.minimum(falling, rising))
    return closed


def plan_blinks(
    rng: np.random.Generator,
    until_s: float,
    *,
    per_minute: float,
    keep_clear: Sequence[tuple[float, float]],
) -> tuple[Blink, ...]:
    """Scatter blinks with irregular gaps.

    Args:
        rng: Source of the gaps.
        until_s: No blink ends later.
        per_minute: Mean rate.
        keep_clear: Spans in seconds that no blink may touch.
    """
    blinks: list[Blink] = []
    at_s = rng.uniform(0.8, 1.6)
    mean_gap_s = 60 / per_minute
    while (blink := Blink.at(at_s)).offset_s < until_s:
        hit = [end for start, end in keep_clear if blink.offset_s > start and blink.onset_s < end]
        if hit:
            at_s = max(hit) + 0.2
            continue
        blinks.append(blink)
        at_s += max(1.0, mean_gap_s * rng.lognormal(-0.06, 0.35))
    return tuple(blinks)


def gaze_angles(time_s: TimeArray, glances: Sequence[Glance]) -> tuple[TimeArray, TimeArray]:
    """Return yaw and pitch in degrees: still between jumps of 50 ms, each shape (n,)."""
    yaw = np.full_like(time_s, glances[0].yaw_deg)
    pitch = np.full_like(time_s, glances[0].pitch_deg)
    for before, after in pairwise(glances):
        step = _ease((time_s - after.start_s) / _SACCADE_S)
        yaw += step * (after.yaw_deg - before.yaw_deg)
        pitch += step * (after.pitch_deg - before.pitch_deg)
    return yaw, pitch


def sway(rng: np.random.Generator, time_s: TimeArray, *, period_s: float) -> TimeArray:
    """Return a smooth random wander with unit standard deviation, shape (n,)."""
    knots = np.arange(time_s[0] - 2 * period_s, time_s[-1] + 3 * period_s, period_s)
    wander = CubicSpline(knots, rng.standard_normal(len(knots)))(time_s)
    return np.asarray(wander / 0.85, dtype=np.float64)


def _ease(share: TimeArray) -> TimeArray:
    """Run from 0 to 1 with a half cosine, flat outside."""
    eased: TimeArray = 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0, 1))
    return eased
