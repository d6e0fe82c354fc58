"""Cues of overlapped speech that need no network, for `overlap.py` to compare it with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfiltfilt

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.biometrics.voice.pitch import track_pitch

__all__ = ["CUES", "cues_of", "logistic"]

CUES = {"second harmonic comb": slice(0, 3), "modulation": slice(3, 14), "pitch": slice(14, 17)}
"""What each group of columns of `cues_of` is."""

_N_FFT, _WINDOW, _HOP = 4096, 1024, 256
_N_BINS = 420
"""Up to 1.6 kHz."""
_PITCHES_HZ = np.arange(70.0, 450.0, 2.0)
_TOOTH_BINS = 4
_BANDS_HZ = ((200, 500), (500, 1000), (1000, 2000), (2000, 4000))
_LEAP_OCTAVES = 0.15
_TINY = 1e-9

Floats = npt.NDArray[np.float64]


def cues_of(samples: FloatArray) -> Floats:
    """Measure all cues of 1.5 s of speech, shape (17,)."""
    exact = samples.astype(np.float64)
    return np.array([*_combs(exact), *_modulation(exact), *_pitch(samples)])


def logistic(cues: Floats, is_mixed: npt.NDArray[np.bool_], steps: int = 50) -> Floats:
    """Fit weights and offset by Newton's method, shape (n_cues + 1,).

    Args:
        cues: Of mean 0 and deviation 1, shape (n, n_cues).
        is_mixed: What to tell, shape (n,).
        steps: Steps of Newton's method.
    """
    columns = np.column_stack([cues, np.ones(len(cues))])
    weights, ridge = np.zeros(columns.shape[1]), 0.01 * np.eye(columns.shape[1])
    for _ in range(steps):
        told = 1.0 / (1.0 + np.exp(-columns @ weights))
        slope = columns.T @ (told - is_mixed) / len(cues) + ridge @ weights
        bend = (columns * (told * (1.0 - told))[:, None]).T @ columns / len(cues) + ridge
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def _combs(samples: Floats) -> tuple[float, float, float]:
    """Return what a second comb explains after the best one, what that did, and the rest.

    Shares of the power under 1.6 kHz, less what a comb explains by chance; means over the
    loud frames. Source: own, after de Cheveigné 1993 (harmonic cancellation).
    """
    frames = _frames(samples)
    power = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), _N_FFT, axis=1))[:, :_N_BINS] ** 2
    power /= np.maximum(power.sum(axis=1, keepdims=True), _TINY)
    explained = power @ _COMBS.T - _AREAS
    best = explained.argmax(axis=1)
    rest = power * (1.0 - _COMBS[best])
    second = (rest @ _COMBS.T - _AREAS * rest.sum(axis=1, keepdims=True)).max(axis=1)
    level = frames.std(axis=1)
    loud = level > 0.2 * np.percentile(level, 95)
    if np.count_nonzero(loud) < 5:
        return 0.0, 0.0, 0.0
    return (
        float(second[loud].mean()),
        float(explained.max(axis=1)[loud].mean()),
        float(rest.sum(axis=1)[loud].mean()),
    )


def _modulation(samples: Floats) -> list[float]:
    """Return how much the level of four bands moves, and how sparse the spectrum is."""
    found: list[float] = []
    for band in _BANDS_HZ:
        inside = sosfiltfilt(butter(2, band, "bandpass", fs=SAMPLE_RATE_HZ, output="sos"), samples)
        power = np.add.reduceat(inside**2, np.arange(0, len(inside), 160))
        level = 10.0 * np.log10(power + _TINY)
        found += [level.std(), np.percentile(level, 90) - np.percentile(level, 10)]
    spectra = np.abs(np.fft.rfft(_frames(samples)[:, :512] * np.hanning(512), axis=1)) ** 2
    spectra = spectra[:, 6:128]
    mean = spectra.mean(axis=1) + _TINY
    flatness = np.exp(np.log(spectra + _TINY).mean(axis=1)) / mean
    shares = spectra / (spectra.sum(axis=1, keepdims=True) + _TINY)
    entropy = -(shares * np.log(shares + _TINY)).sum(axis=1)
    peaks = ((spectra / (spectra.mean() + _TINY)) ** 2).mean() ** 0.25
    return [*found, float(np.log(flatness + _TINY).mean()), float(entropy.mean()), float(peaks)]


def _pitch(samples: FloatArray) -> tuple[float, float, float]:
    """Return how much is voiced, how often the pitch leaps, and how far it reaches."""
    pitch_hz = track_pitch(samples)
    voiced = np.isfinite(pitch_hz)
    leaps = np.abs(np.diff(np.log2(pitch_hz)))
    leaps = leaps[np.isfinite(leaps)]
    if np.count_nonzero(voiced) < 6:
        return float(voiced.mean()), 0.0, 0.0
    low, high = np.nanpercentile(pitch_hz, (10, 90))
    often = float(np.mean(leaps > _LEAP_OCTAVES)) if len(leaps) else 0.0
    return float(voiced.mean()), often, float(np.log2(high / low))


def _frames(samples: Floats) -> Floats:
    padded = np.pad(samples, (_WINDOW - _HOP) // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    return np.asarray(frames[: len(samples) // _HOP])


def _comb(pitch_hz: float) -> Floats:
    teeth = np.zeros(_N_BINS)
    for k in range(1, int(1500 / pitch_hz) + 1):
        middle = int(k * pitch_hz * _N_FFT / SAMPLE_RATE_HZ)
        teeth[max(0, middle - _TOOTH_BINS) : middle + _TOOTH_BINS + 1] = 1.0
    return teeth


_COMBS = np.array([_comb(pitch_hz) for pitch_hz in _PITCHES_HZ])
_AREAS = _COMBS.mean(axis=1)
