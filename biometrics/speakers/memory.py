"""The last seconds of one track, readable by time."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Sound
from facesign.biometrics.voice.continuity import Joiner

__all__ = ["TrackMemory"]

KEEP_S = 24.0
"""Longer than any run of speech, which is cut at 20 s, with its lateness."""


class TrackMemory:
    """Hold what was heard of a track in the last 24 s; a hole reads as silence."""

    def __init__(self) -> None:
        self._joiner = Joiner()
        self._start_s = 0.0
        self._samples: FloatArray = np.zeros(0, dtype=np.float32)

    @property
    def until_s(self) -> float:
        """Time up to which the track was heard; -inf before any sound."""
        return (
            self._start_s + len(self._samples) / SAMPLE_RATE_HZ if len(self._samples) else -np.inf
        )

    def push(self, sound: Sound) -> None:
        """Take the next sound of the track."""
        after_hole = self._joiner.is_after_hole(sound)
        hole_s = sound.time_s - self._joiner.end_s if after_hole else 0.0
        first = not len(self._samples)
        new = self._joiner.join(sound)
        if first:
            self._start_s = sound.time_s
        hole = min(max(0, round(hole_s * SAMPLE_RATE_HZ)), round(KEEP_S * SAMPLE_RATE_HZ))
        if after_hole and hole_s > KEEP_S:
            self._start_s = sound.time_s - KEEP_S
            self._samples = self._samples[:0]
        silence = np.zeros(hole, dtype=np.float32)
        self._samples = np.concatenate([self._samples, silence, new])
        drop = len(self._samples) - round(KEEP_S * SAMPLE_RATE_HZ)
        if drop > 0:
            self._samples = self._samples[drop:]
            self._start_s += drop / SAMPLE_RATE_HZ

    def read(self, start_s: float, n_samples: int) -> FloatArray:
        """Return samples from a time on, shape (n_samples,); 0 where nothing was heard."""
        first = round((start_s - self._start_s) * SAMPLE_RATE_HZ)
        out = np.zeros(n_samples, dtype=np.float32)
        begin, end = max(0, first), min(len(self._samples), first + n_samples)
        if end > begin:
            out[begin - first : end - first] = self._samples[begin:end]
        return out
