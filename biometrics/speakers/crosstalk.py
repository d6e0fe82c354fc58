"""Whether one track is the other one coming back through a loudspeaker and the room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import stft

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray

__all__ = ["CLEAN_BELOW", "ECHO_SHARE", "LATEST_S", "Echo", "measure_echo"]

LATEST_S = 0.6
"""An echo over the net is no later than this."""
ECHO_SHARE = 0.5
"""Speech with more of the other track in it is that track coming back."""
CLEAN_BELOW = 0.15
"""Speech with less of the other track in it is one voice alone."""

_N_FFT = 1024
_HOP = 256
_LEAST_POWER = 1e-9
_BAND_HZ = (200.0, 4000.0)
"""What a small loudspeaker plays and a call carries."""


@dataclass(frozen=True, slots=True)
class Echo:
    """What comes back of the other track."""

    share: float
    """Share of the power that the other track explains, 0 to 1."""
    lag_s: float
    """How much later it comes; negative where the other track is the echo."""


def measure_echo(heard: FloatArray, other: FloatArray) -> Echo:
    """Measure how much of one track is the other one, later and through a room.

    Args:
        heard: What may hold an echo, 16 kHz, shape (n_samples,).
        other: The other track over the same time and 0.6 s on both sides, shape
            (n_samples + 2 * 9600,).

    Returns:
        The echo at the lag where both tracks are most alike.

    Source: Knapp 1976 (generalized cross-correlation with phase transform); Carter 1973
    (magnitude-squared coherence).
    """
    margin = round(LATEST_S * SAMPLE_RATE_HZ)
    if len(heard) < _N_FFT or _power(heard) < _LEAST_POWER or _power(other) < _LEAST_POWER:
        return Echo(0.0, 0.0)
    shift = _best_shift(heard, other, margin)
    aligned = other[margin - shift : margin - shift + len(heard)]
    return Echo(_explained(heard, aligned), shift / SAMPLE_RATE_HZ)


def _best_shift(heard: FloatArray, other: FloatArray, margin: int) -> int:
    n_fft = 1 << (len(other) + len(heard) - 1).bit_length()
    cross = np.fft.rfft(other, n_fft).conj() * np.fft.rfft(heard, n_fft)
    hz = np.fft.rfftfreq(n_fft, 1.0 / SAMPLE_RATE_HZ)
    inside = (hz >= _BAND_HZ[0]) & (hz <= _BAND_HZ[1])
    white = np.where(inside, cross / np.maximum(np.abs(cross), 1e-12), 0.0)
    # heard[t] = other[t + margin - shift]; the lag of the correlation is shift - margin.
    alike = np.fft.irfft(white, n_fft)
    lags = np.arange(-2 * margin, 1)
    return int(lags[np.argmax(alike[lags])]) + margin


def _explained(heard: FloatArray, aligned: FloatArray) -> float:
    """Return the coherent share of the power between 200 Hz and 4 kHz."""
    hz, _, a = stft(heard, SAMPLE_RATE_HZ, nperseg=_N_FFT, noverlap=_N_FFT - _HOP)
    _, _, b = stft(aligned, SAMPLE_RATE_HZ, nperseg=_N_FFT, noverlap=_N_FFT - _HOP)
    inside = (hz >= _BAND_HZ[0]) & (hz <= _BAND_HZ[1])
    a, b = a[inside], b[inside]
    own = (np.abs(a) ** 2).sum(axis=1)
    both = np.abs((a * b.conj()).sum(axis=1)) ** 2
    coherence = both / np.maximum(own * (np.abs(b) ** 2).sum(axis=1), 1e-20)
    # Unrelated noise is coherent by one over the number of independent frames.
    chance = 1.0 / max(1.0, a.shape[1] * _HOP / _N_FFT * 1.5)
    free = np.clip((coherence - chance) / (1.0 - chance), 0.0, 1.0)
    return float((free * own).sum() / own.sum())


def _power(samples: FloatArray) -> float:
    return float(np.mean(np.square(samples)))
