"""Fundamental frequency by YIN, over all frames of a stretch at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfiltfilt

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, TimeArray

__all__ = ["PITCH_HOP", "track_pitch"]

PITCH_HOP = 256
"""Samples per pitch value: 16 ms."""
LOWEST_HZ = 60.0
HIGHEST_HZ = 500.0
WINDOW = 800
"""Samples compared with themselves at each lag: 50 ms, three periods of the lowest voice."""
DEEP_ENOUGH = 0.15
VOICED_BELOW = 0.4
"""Aperiodicity from which a frame is not voiced."""

_SHORTEST = int(SAMPLE_RATE_HZ / HIGHEST_HZ)
_LONGEST = int(SAMPLE_RATE_HZ / LOWEST_HZ) + 2
_LENGTH = WINDOW + _LONGEST
_FFT = 2048
# The lowest harmonics are the last to drown: with them alone, half as many voiced frames
# are missed in noise. Telephone sound keeps enough of them above 300 Hz.
_BAND_HZ = (50.0, 900.0)
_BAND_PASS = butter(2, _BAND_HZ, "bandpass", fs=SAMPLE_RATE_HZ, output="sos")


def track_pitch(samples: FloatArray) -> TimeArray:
    """Estimate pitch every 16 ms.

    Args:
        samples: Finite, in [-1, 1], shape (n_samples,).

    Returns:
        Hz in [60, 500], shape (n_samples // 256,), the k-th value at sample 256 k; NaN
        where the sound is not voiced.

    Source: de Cheveigné and Kawahara, "YIN, a fundamental frequency estimator for speech
        and music", JASA 111(4), 2002, steps 1 to 5. Chosen over SwiftF0, whose weights were
        trained on data for research use, and WORLD, which has no wheel.
    """
    n_values = len(samples) // PITCH_HOP
    if n_values == 0:
        return np.zeros(0)
    low = sosfiltfilt(_BAND_PASS, samples.astype(np.float64))
    padded = np.pad(low, (_LENGTH // 2, _LENGTH))
    frames = padded[np.arange(n_values)[:, None] * PITCH_HOP + np.arange(_LENGTH)]
    aperiodicity = _aperiodicity(frames)
    rows = np.arange(n_values)
    lag = _first_deep_dip(aperiodicity)
    before, at, after = (aperiodicity[rows, lag + step] for step in (-1, 0, 1))
    bend = before - 2.0 * at + after
    shift = 0.5 * (before - after) / np.where(np.abs(bend) > 1e-9, bend, np.inf)
    silent = np.square(frames).sum(axis=1) < 1e-9
    return np.where((at < VOICED_BELOW) & ~silent, SAMPLE_RATE_HZ / (lag + shift), np.nan)


def _aperiodicity(frames: TimeArray) -> TimeArray:
    """Return the cumulative mean normalised difference, shape (n_frames, n_lags)."""
    spectra = np.fft.rfft(frames, _FFT) * np.conj(np.fft.rfft(frames[:, :WINDOW], _FFT))
    product = np.fft.irfft(spectra)[:, :_LONGEST]
    energy = np.cumsum(np.pad(np.square(frames), ((0, 0), (1, 0))), axis=1)
    energy = energy[:, WINDOW : WINDOW + _LONGEST] - energy[:, :_LONGEST]
    difference = np.maximum(energy[:, :1] + energy - 2.0 * product, 0.0)[:, 1:]
    total = np.maximum(np.cumsum(difference, axis=1), 1e-12)
    normal = difference * np.arange(1, _LONGEST) / total
    return np.pad(normal, ((0, 0), (1, 0)), constant_values=1.0)


def _first_deep_dip(aperiodicity: TimeArray) -> npt.NDArray[np.intp]:
    """Return the lag of the first dip below the threshold, else of the deepest, (n_frames,)."""
    middle = aperiodicity[:, _SHORTEST : _LONGEST - 1]
    dip = middle <= aperiodicity[:, _SHORTEST - 1 : _LONGEST - 2]
    dip &= middle <= aperiodicity[:, _SHORTEST + 1 : _LONGEST]
    deep = dip & (middle < DEEP_ENOUGH)
    lowest = np.where(dip, middle, np.inf).argmin(axis=1)
    return np.where(deep.any(axis=1), deep.argmax(axis=1), lowest) + _SHORTEST
