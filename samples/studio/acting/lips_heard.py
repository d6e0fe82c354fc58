"""Mouth shapes that follow a recording whose phones nobody knows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray, TimeArray
from facesign.samples.studio.acting.lips import LIP_SHAPES, STEP_S, LipTrack, blended, target_of
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["follow_sound"]

_LEAD_S = 0.03
_MARGIN_S = 0.25
_WINDOW_S = 0.03
_FLOOR_DB, _FULL_DB = -38.0, -8.0
"""Below the recording's loud speech: a closed mouth, and a wide open one."""
_CLOSED_DB = -24.0
_DULL_HZ, _BRIGHT_HZ = 500.0, 1700.0
"""Centre of the spectrum below 4 kHz: of a rounded u, and of a spread i."""
_HISS_HZ = 3800.0
_N_FFT = 2048


def follow_sound(samples: FloatArray, start_s: float) -> LipTrack:
    """Return a mouth that opens with the loudness and takes its form from the spectrum.

    Args:
        samples: Mono at 48 kHz, shape (n_samples,).
        start_s: Time of the first sample.
    """
    level_db, centre_hz, hiss = _heard(samples)
    lead = round((_MARGIN_S - _LEAD_S) / STEP_S)
    n = len(level_db) + round(2 * _MARGIN_S / STEP_S)
    opened = np.clip((level_db - _FLOOR_DB) / (_FULL_DB - _FLOOR_DB), 0, 1)
    spread = np.clip((centre_hz - _DULL_HZ) / (_BRIGHT_HZ - _DULL_HZ), 0, 1)
    target = np.zeros((n, len(LIP_SHAPES)))
    target[lead : lead + len(opened)] = opened[:, None] * _forms(spread, hiss)
    closure = np.zeros(n)
    closure[lead : lead + len(opened)] = _dips(level_db)
    return blended(start_s - _MARGIN_S, target, closure)


def _forms(spread: TimeArray, hiss: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Mix rounded, open and spread mouths by the spectrum's centre, shape (n, n_shapes)."""
    names = ("tight", "open", "spread")
    shares = np.stack(
        [np.clip(1 - 2 * spread, 0, 1), 1 - np.abs(2 * spread - 1), np.clip(2 * spread - 1, 0, 1)]
    )
    mixed = sum(share[:, None] * target_of(name) for share, name in zip(shares, names, strict=True))
    return np.where(hiss[:, None], 1.4 * target_of("tongue"), 1.15 * np.asarray(mixed))


def _heard(samples: FloatArray) -> tuple[TimeArray, TimeArray, npt.NDArray[np.bool_]]:
    """Return level below the loud speech, spectral centre and hiss, every 5 ms."""
    hop, width = round(STEP_S * RATE_HZ), round(_WINDOW_S * RATE_HZ)
    padded = np.pad(samples, (width // 2, width))
    n = len(samples) // hop + 1
    frames = np.lib.stride_tricks.sliding_window_view(padded, width)[::hop][:n]
    hz = np.fft.rfftfreq(_N_FFT, 1 / RATE_HZ)
    voiced, window = hz < 4000, np.hanning(width).astype(np.float32)
    level, centre, whole = np.zeros(n), np.zeros(n), np.zeros(n)
    for first in range(0, n, 512):
        power = np.abs(np.fft.rfft(frames[first : first + 512] * window, _N_FFT, axis=1)) ** 2
        part = slice(first, first + len(power))
        level[part] = power.sum(axis=1)
        centre[part] = power[:, voiced] @ hz[voiced] / (power[:, voiced].sum(axis=1) + 1e-12)
        whole[part] = power @ hz / (level[part] + 1e-12)
    level_db = 10 * np.log10(level + 1e-12)
    return level_db - np.quantile(level_db, 0.95), centre, whole > _HISS_HZ


def _dips(level_db: TimeArray) -> npt.NDArray[np.float64]:
    """Mark short falls of the level within speech: lips that meet, as for p, b and m."""
    loud = level_db > _CLOSED_DB
    near = round(0.12 / STEP_S)
    spread = np.convolve(loud, np.ones(near), mode="full")
    before, after = spread[: len(loud)] > 0, spread[near - 1 :][: len(loud)] > 0
    return np.asarray(~loud & before & after, dtype=np.float64)
