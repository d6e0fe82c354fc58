"""Spectra fine enough for single harmonics: what overlapped speech is recognised by."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray

__all__ = ["N_BANDS", "SPECTRUM_HOP", "harmonic_spectra"]

SPECTRUM_HOP = 256
"""Samples between two spectra: 16 ms."""
_WINDOW = 1024
"""64 ms: harmonics of a voice of 80 Hz stand apart."""
_LOWEST, _FINE_UP_TO = 4, 100
"""Bins of 15.6 Hz that are kept one by one: 62 Hz to 1.5 kHz."""
_N_WIDE = 24
_TOP_DB = 60.0
_SILENCE = 1e-10
N_BANDS = _FINE_UP_TO - _LOWEST + _N_WIDE


def harmonic_spectra(samples: FloatArray) -> FloatArray:
    """Measure levels in bins of 15.6 Hz up to 1.5 kHz and in 24 wider bands above.

    Args:
        samples: 16 kHz, in [-1, 1], shape (n_samples,).

    Returns:
        Tens of dB over the mean of each band, cut at 60 dB under the loudest, shape
        (n_samples // 256, 120), float32; the k-th row is centred on sample 256 k + 128.
    """
    n_rows = len(samples) // SPECTRUM_HOP
    if not n_rows:
        return np.zeros((0, N_BANDS), np.float32)
    padded = np.pad(samples.astype(np.float64), (_WINDOW - SPECTRUM_HOP) // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::SPECTRUM_HOP][:n_rows]
    spectra = np.fft.rfft(frames * _HANN, axis=1)
    power = spectra.real**2 + spectra.imag**2
    bands = np.concatenate([power[:, _LOWEST:_FINE_UP_TO], power @ _WIDE], axis=1)
    level = 10.0 * np.log10(np.maximum(bands, _SILENCE))
    level = np.maximum(level, level.max() - _TOP_DB)
    return np.asarray((level - level.mean(axis=0)) / 10.0, np.float32)


def _wide_bands() -> npt.NDArray[np.float64]:
    """Return which bins make each wider band, shape (513, 24); edges grow by one ratio."""
    n_bins = _WINDOW // 2 + 1
    edges = np.geomspace(_FINE_UP_TO, n_bins, _N_WIDE + 1).round().astype(int)
    bands = np.zeros((n_bins, _N_WIDE))
    for band, (first, end) in enumerate(itertools.pairwise(edges)):
        bands[first:end, band] = 1.0 / (end - first)
    return bands


_HANN: npt.NDArray[np.float64] = np.hanning(_WINDOW + 1)[:-1]
_WIDE = _wide_bands()
