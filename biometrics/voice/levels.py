"""Levels in dB relative to full scale: 0 dB is a root mean square of 1."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray, TimeArray

__all__ = ["FLOOR_DB", "level_db", "levels_db"]

FLOOR_DB = -120.0
"""What digital silence counts as; 16-bit rounding alone lies at about -101 dB."""


def level_db(samples: FloatArray) -> float | None:
    """Measure the level of a stretch.

    Args:
        samples: Shape (n_samples,), in [-1, 1].

    Returns:
        dB relative to full scale, from -120 to 0; a full-scale sine has -3.01. None
        without samples.
    """
    if not len(samples):
        return None
    return float(levels_db(samples, len(samples))[0])


def levels_db(samples: FloatArray, hop: int) -> TimeArray:
    """Measure the level of each `hop` samples; a last, shorter piece is left out.

    Args:
        samples: Shape (n_samples,), in [-1, 1].
        hop: Samples per level.

    Returns:
        dB relative to full scale, shape (n_samples // hop,), at least -120.
    """
    n_levels = len(samples) // hop
    pieces = samples[: n_levels * hop].reshape(n_levels, hop).astype(np.float64)
    power = np.einsum("ij,ij->i", pieces, pieces) / hop
    levels: TimeArray = 10.0 * np.log10(np.maximum(power, 10.0 ** (FLOOR_DB / 10.0)))
    return levels
