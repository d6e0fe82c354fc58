"""Filled pauses ("um", "uh", 嗯, 呃): long voiced sounds that do not move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, TimeArray
from facesign.biometrics.voice.pitch import PITCH_HOP

__all__ = ["FilledPause", "steady_stretches"]

_FFT = 1024
_N_BANDS = 12
_BAND_EDGES_HZ = (200.0, 3800.0)
_LEAST_VALUES = 16
"""A steady sound of 0.256 s: longer than the vowels of fluent speech."""
_LAG = 2
_MOVING_DB = 2.5
_PITCH_RANGE_ST = 3.0
_BELOW_LOUDEST_DB = 15.0
_SILENCE = 1e-12


@dataclass(frozen=True, slots=True)
class FilledPause:
    """A hesitation that is voiced."""

    start_s: float
    end_s: float


def steady_stretches(
    samples: FloatArray, pitch_hz: TimeArray, loudness_db: TimeArray
) -> list[tuple[int, int]]:
    """Find where the voice holds one sound.

    A stretch is made of windows of 0.256 s that are voiced throughout, stay within 3
    semitones and within 15 dB of the loudest, and whose spectrum moves less than 2.5 dB
    (median over time of the change over 64 ms, root mean square over 12 mel bands
    after the level is taken out).

    Args:
        samples: Finite, in [-1, 1], shape (n_samples,).
        pitch_hz: Every 256 samples, shape (n_values,); NaN where unvoiced.
        loudness_db: At the same instants, shape (n_values,).

    Returns:
        First value and end (exclusive) of each stretch.

    Source: the cues of Goto, Itou and Hayamizu 1999, "A real-time filled pause detection
        system for spontaneous speech recognition"; thresholds own, docs/voice.md.
    """
    if len(pitch_hz) < _LEAST_VALUES:
        return []
    voiced = np.isfinite(pitch_hz)
    semitones = 12.0 * np.log2(np.where(voiced, pitch_hz, 1.0))
    runs = sliding_window_view(semitones, _LEAST_VALUES)
    loud = loudness_db > np.quantile(loudness_db, 0.95) - _BELOW_LOUDEST_DB
    held = sliding_window_view(voiced & loud, _LEAST_VALUES).all(axis=1)
    held &= np.ptp(runs, axis=1) < _PITCH_RANGE_ST
    if not held.any():
        return []
    moved = sliding_window_view(_spectral_change(samples, len(pitch_hz)), _LEAST_VALUES)
    held &= np.median(moved, axis=1) < _MOVING_DB
    return _joined(np.flatnonzero(held).tolist())


def _spectral_change(samples: FloatArray, n_values: int) -> TimeArray:
    """Measure how far the spectrum moves over 64 ms, in dB; inf at the edges."""
    padded = np.pad(samples, (_FFT // 2, _FFT)).astype(np.float64)
    pieces = sliding_window_view(padded, _FFT)[::PITCH_HOP][:n_values]
    power = np.abs(np.fft.rfft(pieces * np.hanning(_FFT), axis=1)) ** 2
    bands = 10.0 * np.log10(power @ _MEL_BANDS.T + _SILENCE)
    shape = bands - bands.mean(axis=1, keepdims=True)
    change = np.full(n_values, np.inf)
    difference = shape[2 * _LAG :] - shape[: -2 * _LAG]
    change[_LAG:-_LAG] = np.sqrt(np.mean(difference**2, axis=1))
    return change


def _joined(starts: list[int]) -> list[tuple[int, int]]:
    stretches: list[tuple[int, int]] = []
    for start in starts:
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], start + _LEAST_VALUES)
        else:
            stretches.append((start, start + _LEAST_VALUES))
    return stretches


def _mel_bands() -> TimeArray:
    """Build triangular bands over the spectrum, shape (n_bands, n_bins), rows sum to 1."""
    frequency = np.fft.rfftfreq(_FFT, 1.0 / SAMPLE_RATE_HZ)
    lowest, highest = (2595.0 * np.log10(1.0 + edge / 700.0) for edge in _BAND_EDGES_HZ)
    mels = np.linspace(lowest, highest, _N_BANDS + 2)
    edges = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    rising = (frequency - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - frequency) / np.diff(edges)[1:, None]
    bands = np.clip(np.minimum(rising, falling), 0.0, None)
    normalised: TimeArray = bands / bands.sum(axis=1, keepdims=True)
    return normalised


_MEL_BANDS = _mel_bands()
