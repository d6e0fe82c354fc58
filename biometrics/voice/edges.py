"""Move the boundaries of speech to where its energy rises and falls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from facesign.biometrics.stream import TimeArray

__all__ = ["NoiseFloor", "first_loud", "last_loud"]

_NOISE_FRAMES = 200
# 8 ms of noise scatter by 0.5 dB where it is white, by some dB in a room.
_ABOVE_NOISE_DB = 6.0
# Weak fricatives and the decay of a vowel reach this far below the speech around them.
_BELOW_SPEECH_DB = 35.0
_LEAST_BELOW_SPEECH_DB = 6.0


class NoiseFloor:
    """Level of the last 1.6 s in which nobody spoke, from levels of 8 ms."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_NOISE_FRAMES)

    def push(self, levels: Iterable[float]) -> None:
        """Take levels in dB of frames without speech."""
        self._levels.extend(levels)

    @property
    def level_db(self) -> float | None:
        """Median level in dB; None before the first silence."""
        return float(np.median(self._levels)) if self._levels else None


def first_loud(levels: TimeArray, noise_db: float | None) -> int:
    """Find where speech rises out of what precedes it.

    Args:
        levels: dB of the frames around an onset, shape (n_frames,), n_frames > 0.
        noise_db: Level without speech; None where unknown.

    Returns:
        Index of the first frame that belongs to the speech.

    Source: own; docs/voice.md has the errors against known boundaries.
    """
    return int(np.argmax(levels >= _threshold_db(levels, noise_db)))


def last_loud(levels: TimeArray, noise_db: float | None) -> int:
    """Find where speech sinks into what follows it.

    Args:
        levels: dB of the frames around an offset, shape (n_frames,), n_frames > 0.
        noise_db: Level without speech; None where unknown.

    Returns:
        Index of the last frame that belongs to the speech.

    Source: own; docs/voice.md has the errors against known boundaries.
    """
    return len(levels) - 1 - first_loud(levels[::-1], noise_db)


def _threshold_db(levels: TimeArray, noise_db: float | None) -> float:
    speech_db = float(np.percentile(levels, 90))
    least = speech_db - _BELOW_SPEECH_DB
    above_noise = least if noise_db is None else noise_db + _ABOVE_NOISE_DB
    return min(max(above_noise, least), speech_db - _LEAST_BELOW_SPEECH_DB)
