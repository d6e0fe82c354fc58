"""Fundamental frequency by SwiftF0, a small convolutional network run by ONNX Runtime."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, TimeArray

__all__ = ["PITCH_HOP", "PitchTracker"]

PITCH_HOP = 256
"""Samples per pitch value: 16 ms."""
LOWEST_HZ = 60.0
HIGHEST_HZ = 500.0
_VOICED_FROM = 0.5


class PitchTracker:
    """Follow the pitch of a voice.

    One intra-op thread that sleeps between calls, so that a worker keeps to its core.

    Source: Nieradzik 2025, "SwiftF0: fast and accurate fundamental frequency detection";
        chosen over YIN and WORLD by the numbers in benchmarks/results/voice.json.
    """

    def __init__(self) -> None:
        from swift_f0 import SwiftF0

        self._detector = SwiftF0(threads=1, spin=False)

    def track(self, samples: FloatArray) -> TimeArray:
        """Estimate pitch every 16 ms.

        Args:
            samples: Finite, in [-1, 1], shape (n_samples,).

        Returns:
            Hz in [60, 500], shape (n_samples // 256,), the k-th value at sample 256 k;
            NaN where the sound is not voiced.
        """
        if len(samples) < PITCH_HOP:
            return np.zeros(0)
        found = self._detector.detect(samples, SAMPLE_RATE_HZ, LOWEST_HZ, HIGHEST_HZ)
        return np.where(found.confidence >= _VOICED_FROM, found.pitch_hz, np.nan)
