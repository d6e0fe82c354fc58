"""How a stretch of speech was said: loudness, pitch, rate, filled pauses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, TimeArray
from facesign.biometrics.voice.filled_pauses import steady_stretches
from facesign.biometrics.voice.levels import level_db
from facesign.biometrics.voice.pitch import PITCH_HOP, track_pitch
from facesign.biometrics.voice.syllables import loudness_contour, syllable_nuclei

__all__ = ["UNMEASURED", "Prosody", "measure_prosody", "pitch_range_st"]

_LEAST_VOICED = 6
"""Pitch values, 96 ms, behind a median: fewer are a crack or a click."""
_RANGE_PERCENTILES = (10.0, 90.0)
# Who speaks slowly holds every vowel: a hesitation lasts about as long as their syllables.
_HESITATION_SYLLABLES = 0.9
_LEAST_SYLLABLES = 3


@dataclass(frozen=True, slots=True)
class Prosody:
    """Measurements of one stretch of speech."""

    loudness_db: float | None
    """Root mean square relative to full scale; None without samples."""
    pitch_hz: float | None
    """Median over the voiced parts; None where fewer than 96 ms are voiced."""
    pitch_range_st: float | None
    """From the 10th to the 90th percentile, in semitones; None with `pitch_hz`."""
    n_syllables: int
    syllable_rate_hz: float | None
    """Syllables per second of the stretch; None without a syllable."""
    filled_pauses: tuple[tuple[float, float], ...]
    """Start and end of each in seconds from the start of the stretch."""


UNMEASURED = Prosody(None, None, None, 0, None, ())
"""What is said of a voice that is heard only for its turns."""


def measure_prosody(samples: FloatArray) -> Prosody:
    """Measure one stretch of speech.

    Args:
        samples: Finite, in [-1, 1], shape (n_samples,), without pauses.
    """
    pitch_hz = track_pitch(samples)
    contour_db = loudness_contour(samples)
    n_syllables = len(syllable_nuclei(contour_db, pitch_hz))
    voiced = pitch_hz[np.isfinite(pitch_hz)]
    value_s = PITCH_HOP / SAMPLE_RATE_HZ
    duration_s = len(samples) / SAMPLE_RATE_HZ
    return Prosody(
        loudness_db=level_db(samples),
        pitch_hz=float(np.median(voiced)) if len(voiced) >= _LEAST_VOICED else None,
        pitch_range_st=pitch_range_st(voiced),
        n_syllables=n_syllables,
        syllable_rate_hz=n_syllables / duration_s if n_syllables else None,
        filled_pauses=tuple(
            (first * value_s, min(end * value_s, duration_s))
            for first, end in steady_stretches(samples, pitch_hz, contour_db)
            if (end - first) * value_s >= _least_hesitation_s(duration_s, n_syllables)
        ),
    )


def pitch_range_st(voiced_hz: TimeArray) -> float | None:
    """Measure the spread of pitch.

    Args:
        voiced_hz: Pitch without gaps, shape (n_values,).

    Returns:
        Semitones from the 10th to the 90th percentile; None of fewer than 6 values.
    """
    if len(voiced_hz) < _LEAST_VOICED:
        return None
    low, high = np.percentile(voiced_hz, _RANGE_PERCENTILES)
    return float(12.0 * np.log2(high / low))


def _least_hesitation_s(duration_s: float, n_syllables: int) -> float:
    """Return how long a held sound lasts in speech of this rate; 0 for a word or two."""
    if n_syllables < _LEAST_SYLLABLES:
        return 0.0
    return _HESITATION_SYLLABLES * duration_s / n_syllables
