"""Lines that age draws: forehead, brow, crow's feet, under the eyes, around the mouth."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.canvas import (
    FRACTION_BITS,
    PX_PER_CM,
    blank,
    pixels,
    softened,
)

__all__ = ["grooves"]


def grooves(age_years: float, rng: np.random.Generator) -> FloatArray:
    """Return the depth of lines, 0 on smooth skin to 1, of the canvas's shape.

    Args:
        age_years: 20 to 80; lines set in from 28 on, those of the forehead last.
        rng: Where each line runs and which are deeper.
    """
    depth = np.zeros(blank().shape, dtype=np.float32)
    for lines, since, sigma_cm, strength in (
        (_nasolabial(rng), 22, 0.13, 1.3),
        (_under_eye(rng), 26, 0.10, 1.0),
        (_crows_feet(rng), 32, 0.045, 1.0),
        (_forehead(rng), 34, 0.055, 1.0),
        (_frown(rng), 38, 0.055, 0.9),
        (_marionette(rng), 42, 0.12, 1.1),
        (_cheek(rng), 52, 0.06, 0.7),
        (_neck(rng), 36, 0.09, 0.9),
    ):
        amount = strength * float(np.clip((age_years - since) / 38, 0, 1)) ** 0.8
        if amount > 0:
            depth += amount * _drawn(lines, sigma_cm, rng)
    return np.clip(depth, 0, 1).astype(np.float32)


def _drawn(
    lines: list[npt.NDArray[np.float64]], sigma_cm: float, rng: np.random.Generator
) -> FloatArray:
    """Draw lines on both sides, thin at their ends."""
    mask = blank()
    for line in lines:
        knots = np.linspace(0, 1, len(line))
        along = np.linspace(0, 1, 24)
        points = CubicSpline(knots, line)(along)
        shade = float(rng.uniform(0.55, 1.0))
        for i in range(len(along) - 1):
            faded = 255 * shade * np.sin(np.pi * (0.06 + 0.88 * along[i])) ** 0.7
            ends = pixels(points[i : i + 2])
            cv2.line(
                mask, ends[0].tolist(), ends[1].tolist(), (faded,), 2, cv2.LINE_AA, FRACTION_BITS
            )
    peak = 2 / (sigma_cm * PX_PER_CM * np.sqrt(2 * np.pi))
    return np.asarray(np.clip(softened(mask, sigma_cm) / min(peak, 1.0), 0, 1), dtype=np.float32)


def _both(line: npt.ArrayLike, rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    points = np.asarray(line, dtype=np.float64)
    return [(points + rng.normal(0, 0.05, points.shape)) * [side, 1] for side in (1.0, -1.0)]


def _nasolabial(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    return _both([[1.75, 0.0], [2.35, -0.9], [2.95, -2.2], [3.25, -3.5]], rng)


def _marionette(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    return _both([[2.85, -3.9], [3.0, -4.7], [2.9, -5.7]], rng)


def _under_eye(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    near = _both([[1.7, 2.7], [2.5, 2.15], [3.5, 1.95], [4.5, 2.3]], rng)
    far = _both([[1.8, 2.3], [2.6, 1.6], [3.6, 1.35], [4.8, 1.8]], rng)
    return near + far


def _crows_feet(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    lines = []
    for angle in (0.55, 0.2, -0.15, -0.5):
        reach = rng.uniform(1.0, 1.7)
        start = np.array([5.15, 3.5 + 0.35 * angle])
        heading = np.array([np.cos(angle), np.sin(angle)])
        bent = start + 0.55 * reach * heading + [0, 0.06]
        lines += _both([start, bent, start + reach * heading - [0, 0.1]], rng)
    return lines


def _forehead(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    lines = []
    for y in (7.35, 8.15, 8.95, 9.7):
        wide = rng.uniform(2.8, 4.3)
        x = np.linspace(-wide, wide, 7) + rng.normal(0, 0.3)
        bow = 0.22 * np.cos(x * 1.1) - 0.02 * x**2
        lines.append(np.stack([x, y + bow + rng.normal(0, 0.05, 7)], axis=1))
    return lines


def _frown(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    return _both([[0.62, 5.3], [0.60, 6.0], [0.78, 6.9]], rng)


def _cheek(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    outer = _both([[4.2, -0.8], [4.6, -2.2], [4.5, -3.8]], rng)
    return outer + _both([[5.2, -0.4], [5.5, -2.0], [5.3, -3.4]], rng)


def _neck(rng: np.random.Generator) -> list[npt.NDArray[np.float64]]:
    lines = []
    for y in (-11.2, -12.9):
        x = np.linspace(-4.5, 4.5, 7)
        lines.append(np.stack([x, y + 0.03 * x**2 + rng.normal(0, 0.08, 7)], axis=1))
    return lines
