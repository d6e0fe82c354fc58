"""Voices that are tones, and an encoder that tells tones apart: for logic, not for accuracy."""

from __future__ import annotations

import itertools

import numpy as np

from facesign.biometrics.speakers.separation import Separation
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray

__all__ = ["HIGH_HZ", "LOW_HZ", "MIDDLE_HZ", "TONES", "ToneEncoder", "tone"]

LOW_HZ, MIDDLE_HZ, HIGH_HZ = 200.0, 1000.0, 4000.0
TONES = Separation(
    cut=0.6,
    same_above=0.8,
    other_below=0.7,
    doubtful_below=0.45,
    one_voice_above=0.5,
    stay=0.1,
    turn_bonus=0.1,
)
_BANDS_HZ = (0.0, 500.0, 2000.0, 8000.0)


def tone(hz: float, seconds: float, amplitude: float = 0.1) -> FloatArray:
    """Return a sine, shape (n_samples,)."""
    time_s = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.asarray(amplitude * np.sin(2 * np.pi * hz * time_s), np.float32)


class ToneEncoder:
    """Embed sound as the share of its amplitude in three bands."""

    def embed(self, samples: FloatArray) -> FloatArray:
        """Return a unit vector, shape (3,)."""
        power = np.abs(np.fft.rfft(samples)) ** 2
        hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
        bands = itertools.pairwise(_BANDS_HZ)
        shares = np.sqrt([power[(hz >= low) & (hz < high)].sum() for low, high in bands])
        return np.asarray(shares / np.linalg.norm(shares), np.float32)
