"""Log mel energies of speech as SpeechBrain's ECAPA-TDNN was trained on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.errors import ItemError, ShapeError

__all__ = ["HOP_S", "N_MELS", "fbank", "log_mel", "normalized"]

N_MELS = 80
HOP_S = 0.01

_N_FFT = 400
_HOP = 160
_AMIN = 1e-10
_TOP_DB = 80.0
_CHUNK_FRAMES = 3000
"""Spectra held at once: 30 s, so that an hour of speech needs no more memory than that."""


def fbank(samples: FloatArray) -> FloatArray:
    """Compute log mel energies with the mean of the whole taken away.

    Args:
        samples: 16 kHz mono float32 in [-1, 1], shape (n_samples,).

    Returns:
        dB above the mean of each band, shape (1 + n_samples // 160, 80), float32.

    Raises:
        ShapeError: samples is not (n_samples,), or is empty.
        ItemError: samples is not float32.

    Source: Ravanelli 2021 (SpeechBrain's Fbank(n_mels=80) and sentence InputNormalization).
    """
    return normalized(log_mel(samples))


def normalized(energies: FloatArray) -> FloatArray:
    """Cut log mel energies at 80 dB under their maximum and take their mean away.

    Args:
        energies: dB, shape (n_frames, 80).

    Returns:
        dB above the mean of each band, shape (n_frames, 80), float32.
    """
    cut = np.maximum(energies, energies.max() - np.float32(_TOP_DB))
    return np.asarray(cut - cut.mean(axis=0, dtype=np.float64), np.float32)


def log_mel(samples: FloatArray) -> FloatArray:
    """Compute log mel energies, neither cut nor normalised.

    Args:
        samples: 16 kHz mono float32 in [-1, 1], shape (n_samples,).

    Returns:
        dB, at least -100, shape (1 + n_samples // 160, 80), float32.

    Raises:
        ShapeError: samples is not (n_samples,), or is empty.
        ItemError: samples is not float32.
    """
    if samples.ndim != 1 or not len(samples):
        raise ShapeError("samples", "(n_samples,)", samples.shape)
    if samples.dtype != np.float32:
        raise ItemError("samples", "float32", str(samples.dtype))
    padded = np.pad(samples, _N_FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[::_HOP]
    energies = np.empty((len(frames), N_MELS), np.float32)
    for first in range(0, len(frames), _CHUNK_FRAMES):
        rows = slice(first, first + _CHUNK_FRAMES)
        spectra = np.fft.rfft(frames[rows] * _WINDOW, axis=1)
        power = spectra.real**2 + spectra.imag**2
        energies[rows] = 10.0 * np.log10(np.maximum(power @ _FILTERS, _AMIN))
    return energies


def _triangles() -> npt.NDArray[np.float64]:
    """Return the mel filters, shape (201, 80).

    Both slopes of a filter have the width of its lower one, as in SpeechBrain. Its single
    precision is followed step by step: at the feet of the filters rounding is worth
    0.003 dB.
    """
    n_edges = N_MELS + 2
    top_mel = np.float32(2595.0 * np.log10(1.0 + SAMPLE_RATE_HZ / 2.0 / 700.0))
    step = top_mel / np.float32(n_edges - 1)
    i = np.arange(n_edges, dtype=np.float32)
    # torch.linspace counts from both ends.
    mel = np.where(i < n_edges // 2, step * i, top_mel - step * (n_edges - 1 - i))
    power = (10.0 ** (mel / np.float32(2595.0)).astype(np.float64)).astype(np.float32)
    edges_hz = np.float32(700.0) * (power - np.float32(1.0))
    centre_hz, width_hz = edges_hz[1:-1], np.diff(edges_hz)[:-1]
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2.0, _N_FFT // 2 + 1, dtype=np.float32)
    slope = (bins_hz[:, None] - centre_hz) / width_hz
    filters = np.maximum(0.0, np.minimum(slope + 1.0, 1.0 - slope))
    return np.asarray(filters, np.float64)


_WINDOW = 0.54 - 0.46 * np.cos(2.0 * np.pi * np.arange(_N_FFT) / _N_FFT)
"""Periodic Hamming."""
_FILTERS = _triangles()
