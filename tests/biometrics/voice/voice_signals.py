"""Hand-made voices: glottal pulses through formants, with everything about them known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from facesign.biometrics.stream import FloatArray, Sound

RATE = 16_000
AH = (700.0, 1220.0, 2600.0)
EE = (300.0, 2300.0, 3000.0)


def sounds(samples: FloatArray, sizes: list[int], *, start_s: float = 0.0) -> list[Sound]:
    """Cut samples into Sounds of the given sizes, over and over."""
    pieces: list[Sound] = []
    first = 0
    while first < len(samples):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(Sound(start_s + first / RATE, samples[first : first + size]))
        first += size
    return pieces


def silence(seconds: float) -> FloatArray:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def noise(seconds: float, level_db: float, *, seed: int = 0) -> FloatArray:
    """White noise whose root mean square lies at level_db."""
    white = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    return (10.0 ** (level_db / 20.0) * white).astype(np.float32)


def pulses(f0_hz: float | npt.NDArray[np.float64], seconds: float) -> FloatArray:
    """A train of pulses at f0_hz, one number or one per sample, peak 0.5."""
    phase = np.cumsum(np.broadcast_to(f0_hz, round(seconds * RATE)) / RATE)
    train = np.diff(np.floor(phase), prepend=0.0)
    glottal = lfilter([1.0], [1.0, -0.96], train - train.mean())
    return (0.5 * glottal / np.abs(glottal).max()).astype(np.float32)


def vowel(
    f0_hz: float | npt.NDArray[np.float64], seconds: float, formants_hz: tuple[float, ...] = AH
) -> FloatArray:
    """A steady vowel, root mean square -20 dB."""
    sound = pulses(f0_hz, seconds).astype(np.float64)
    for formant_hz in formants_hz:
        radius = np.exp(-np.pi * 90.0 / RATE)
        pole = 2.0 * radius * np.cos(2.0 * np.pi * formant_hz / RATE)
        sound = lfilter([1.0], [1.0, -pole, radius**2], sound)
    return (0.1 * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


def syllables(n: int, *, rate_hz: float = 4.0, f0_hz: float = 120.0) -> FloatArray:
    """Vowels in turn, n of them, each rising out of a dip and falling into one."""
    seconds = n / rate_hz
    time_s = np.arange(round(seconds * RATE)) / RATE
    f0 = f0_hz * 2.0 ** (2.0 * np.sin(2.0 * np.pi * 0.7 * time_s) / 12.0)
    swell = 0.02 + 0.98 * np.sin(np.pi * rate_hz * time_s) ** 2
    turn = 0.5 + 0.5 * np.sin(np.pi * rate_hz * time_s / 2.0)
    both = turn * vowel(f0, seconds, AH) + (1.0 - turn) * vowel(f0, seconds, EE)
    return (swell * both).astype(np.float32)
