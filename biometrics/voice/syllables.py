"""Syllable nuclei: voiced peaks of loudness with a dip on both sides."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation
from scipy.signal import butter, find_peaks, sosfiltfilt

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, TimeArray
from facesign.biometrics.voice.pitch import PITCH_HOP

__all__ = ["loudness_contour", "syllable_nuclei"]

_WINDOW = 1024
_DIP_DB = 2.0
_BELOW_LOUDEST_DB = 25.0
_FLOOR_DB = -120.0
# The telephone band, so that phone sound gives the rate that full-band sound gives.
_BAND_HZ = (300.0, 3300.0)
_BAND_PASS = butter(2, _BAND_HZ, "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
_LEAST_SAMPLES = 32
# Creaky voices lose their pitch for an instant: voice within 32 ms of the peak will do.
_VOICED_WITHIN = 2


def loudness_contour(samples: FloatArray) -> TimeArray:
    """Measure the level in the telephone band over 64 ms, every 16 ms.

    Args:
        samples: Finite, in [-1, 1], shape (n_samples,).

    Returns:
        dB relative to full scale, shape (n_samples // 256,), the k-th value centred on
        sample 256 k, at least -120.
    """
    n_values = len(samples) // PITCH_HOP
    if len(samples) < _LEAST_SAMPLES or not n_values:
        return np.zeros(0)
    band = sosfiltfilt(_BAND_PASS, samples.astype(np.float64))
    window = np.hanning(_WINDOW + 1)
    padded = np.pad(band * band, _WINDOW // 2)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW + 1)[::PITCH_HOP]
    power = pieces[:n_values] @ (window / window.sum())
    contour: TimeArray = 10.0 * np.log10(np.maximum(power, 10.0 ** (_FLOOR_DB / 10.0)))
    return contour


def syllable_nuclei(loudness_db: TimeArray, pitch_hz: TimeArray) -> list[int]:
    """Find the nuclei of syllables.

    Args:
        loudness_db: From `loudness_contour`, shape (n_values,).
        pitch_hz: At the same instants, shape (n_values,); NaN where unvoiced.

    Returns:
        Indices of peaks no more than 25 dB below the loudest (0.99 quantile), with dips
        of 2 dB or more to both sides, with voice within 32 ms.

    Source: de Jong and Wempe 2009, "Praat script to detect syllable nuclei and measure
        speech rate automatically", with the dip on both sides instead of one.
    """
    if not len(loudness_db):
        return []
    edged = np.concatenate([[_FLOOR_DB], loudness_db, [_FLOOR_DB]])
    least = np.quantile(loudness_db, 0.99) - _BELOW_LOUDEST_DB
    peaks, _ = find_peaks(edged, height=least, prominence=_DIP_DB)
    voiced = binary_dilation(np.isfinite(pitch_hz), iterations=_VOICED_WITHIN)
    return [int(peak) - 1 for peak in peaks if voiced[peak - 1]]
