"""When a camera takes its pictures."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import BoolArray, TimeArray
from facesign.samples.studio.camera.settings import CameraSettings

__all__ = ["capture_times"]

_SLOW_S = 2.0
"""Mean length of a time at half the rate."""
_MOST_JITTER = 0.4
"""Of an interval: a picture never comes before the one ahead of it."""


def capture_times(
    settings: CameraSettings, duration_s: float, rng: np.random.Generator
) -> TimeArray:
    """Return the times of the pictures, the first at 0.

    Args:
        settings: Rate, jitter and slow-downs.
        duration_s: No picture is later.
        rng: Source of jitter and of the slow-downs' places.

    Returns:
        Seconds, increasing, shape (n_frames,).
    """
    n_places = round(duration_s * settings.rate_hz)
    time_s = np.arange(n_places) / settings.rate_hz
    if settings.slowed_share > 0:
        time_s = time_s[~_left_out(time_s, settings.slowed_share, rng)]
    if settings.jitter_ms > 0:
        most_s = _MOST_JITTER / settings.rate_hz
        jitter_s = rng.normal(0, settings.jitter_ms / 1000, len(time_s))
        time_s[1:] += np.clip(jitter_s[1:], -most_s, most_s)
    return time_s


def _left_out(time_s: TimeArray, slowed_share: float, rng: np.random.Generator) -> BoolArray:
    """Tell which places stay empty: every other one of each slow time."""
    left_out = np.zeros(len(time_s), dtype=bool)
    start_s = 0.0
    slow = rng.random() < slowed_share
    while len(time_s) and start_s <= time_s[-1]:
        mean_s = _SLOW_S if slow else _SLOW_S * (1 / slowed_share - 1)
        end_s = start_s + rng.uniform(0.6, 1.4) * max(mean_s, 0.1)
        if slow:
            left_out[np.flatnonzero((time_s >= start_s) & (time_s < end_s))[1::2]] = True
        start_s, slow = end_s, not slow or slowed_share == 1
    return left_out
