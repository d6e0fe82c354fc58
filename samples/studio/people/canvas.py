"""The canvas that skin is painted on, and the strokes that all painters share.

A texel's place is the neutral x and y of the rig's surface in centimetres, so that paint
sticks to the skin when the skin moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray

__all__ = [
    "CANVAS_CM",
    "PX_PER_CM",
    "SHAPE",
    "blank",
    "blob",
    "grid",
    "mix",
    "mottle",
    "pixels",
    "softened",
    "spots",
]

CANVAS_CM = (-11.0, 11.0, -18.0, 15.0)
"""Left, right, bottom, top of the canvas."""
PX_PER_CM = 48
SHAPE = (
    round((CANVAS_CM[3] - CANVAS_CM[2]) * PX_PER_CM),
    round((CANVAS_CM[1] - CANVAS_CM[0]) * PX_PER_CM),
)
"""Rows and columns; the first row is the bottom."""
FRACTION_BITS = 4


@cache
def grid() -> tuple[FloatArray, FloatArray]:
    """Return x and y of every texel in cm, each of SHAPE, not to be written to."""
    left, right, bottom, top = CANVAS_CM
    across = np.linspace(left, right, SHAPE[1], dtype=np.float32)
    up = np.linspace(bottom, top, SHAPE[0], dtype=np.float32)
    x, y = np.meshgrid(across, up)
    return x, y


def pixels(points_cm: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Return canvas pixels with four fractional bits, as OpenCV draws them."""
    corner = [CANVAS_CM[0], CANVAS_CM[2]]
    points = (np.asarray(points_cm, dtype=np.float64) - corner) * PX_PER_CM
    return np.asarray(np.rint(points * 2**FRACTION_BITS), dtype=np.int32)


def blank() -> npt.NDArray[np.uint8]:
    """Return an empty mask to draw on."""
    return np.zeros(SHAPE, dtype=np.uint8)


def softened(mask: npt.NDArray[np.uint8], sigma_cm: float) -> FloatArray:
    """Blur a drawn mask and bring it to 0 to 1."""
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), sigma_cm * PX_PER_CM)
    return np.asarray(soft, dtype=np.float32)


def blob(at_x: float, at_y: float, wide: float, high: float) -> FloatArray:
    """Return a soft spot on both sides of the face, sizes in cm."""
    x, y = grid()
    across = np.exp(-(((np.abs(x[0]) - at_x) / wide) ** 2))
    up = np.exp(-(((y[:, 0] - at_y) / high) ** 2))
    return np.asarray(np.outer(up, across), dtype=np.float32)


def mix(colour: FloatArray, amount: FloatArray, towards: npt.ArrayLike) -> None:
    """Mix a colour into our own canvas, amount 0 to 1 per texel."""
    colour += amount[..., None] * (np.asarray(towards, dtype=np.float32) - colour)


def mottle(rng: np.random.Generator, sizes: Sequence[tuple[float, float]]) -> FloatArray:
    """Return noise as a sum of sizes in cm with their weights."""
    total = np.zeros(SHAPE, dtype=np.float32)
    for size_cm, weight in sizes:
        step = max(1, int(size_cm * PX_PER_CM / 2))
        rows, columns = SHAPE[0] // step + 1, SHAPE[1] // step + 1
        coarse = rng.standard_normal((rows, columns), dtype=np.float32)
        soft = cv2.GaussianBlur(coarse, (0, 0), max(size_cm * PX_PER_CM / step, 0.6))
        total += weight * cv2.resize(soft / soft.std(), SHAPE[::-1])
    return total


def spots(
    rng: np.random.Generator, n: int, *, radius_cm: tuple[float, float], within: FloatArray
) -> FloatArray:
    """Scatter soft spots where a map is high, 0 to 1.

    Args:
        rng: Places, sizes and darkness.
        n: Number of spots that are tried; each is kept with the map's probability.
        radius_cm: Least and most.
        within: Probability of a spot, of SHAPE.
    """
    mask = blank()
    columns, rows = rng.integers(0, SHAPE[1], n), rng.integers(0, SHAPE[0], n)
    kept = rng.random(n) < within[rows, columns]
    radii = rng.uniform(*radius_cm, n) * PX_PER_CM
    for column, row, radius in zip(columns[kept], rows[kept], radii[kept], strict=True):
        centre = (int(column) << FRACTION_BITS, int(row) << FRACTION_BITS)
        shade = (float(rng.uniform(70, 255)),)
        cv2.circle(mask, centre, int(radius * 16), shade, -1, cv2.LINE_AA, FRACTION_BITS)
    return softened(mask, 0.02)
