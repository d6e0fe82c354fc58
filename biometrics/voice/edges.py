"""Move the boundaries of speech to where its energy rises and falls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from facesign.biometrics.stream import TimeArray

__all__ = ["NoiseFloor", "first_loud", "last_loud"]

_NOISE_FRAMES = 200
_NOISE_PERCENTILE = 95.0
_ABOVE_NOISE_DB = 3.0
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

    @property
    def ceiling_db(self) -> float | None:
        """Level in dB that the noise hardly reaches; None before the first silence.

        3 dB over its 95th percentile: white noise scatters little, that of a room more.
        """
        if not self._levels:
            return None
        return float(np.percentile(self._levels, _NOISE_PERCENTILE)) + _ABOVE_NOISE_DB


def first_loud(levels: TimeArray, ceiling_db: float | None) -> int | None:
    """Find where speech rises out of what precedes it.

    Args:
        levels: dB of the frames around an onset, shape (n_frames,), n_frames > 0.
        ceiling_db: Level that the noise hardly reaches; None where unknown.

    Returns:
        Index of the first frame above the noise and no more than 35 dB below the speech
        (90th percentile); None where speech stands less than 6 dB above the noise.

    Source: own; docs/voice.md has the errors against known boundaries.
    """
    speech_db = float(np.percentile(levels, 90))
    threshold_db = speech_db - _BELOW_SPEECH_DB
    if ceiling_db is not None:
        threshold_db = max(ceiling_db, threshold_db)
    if threshold_db > speech_db - _LEAST_BELOW_SPEECH_DB:
        return None
    return int(np.argmax(levels >= threshold_db))


def last_loud(levels: TimeArray, ceiling_db: float | None) -> int | None:
    """Find where speech sinks into what follows it; see `first_loud`.

    Returns:
        Index of the last frame that belongs to the speech, or None.
    """
    from_end = first_loud(levels[::-1], ceiling_db)
    return None if from_end is None else len(levels) - 1 - from_end
