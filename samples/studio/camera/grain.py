"""Noise of a sensor: drawn once, shifted anew for every picture."""

from __future__ import annotations

import cv2
import numpy as np

from facesign.biometrics.stream import FloatArray

__all__ = ["Grain"]

_SPARE_PX = 192
_COLOURED = 0.55
"""Share of the noise that differs between the colours."""


class Grain:
    """Noise with unit standard deviation, as a camera's own filter leaves it.

    Fresh normal numbers would take longer than all the rest of the camera, so each picture
    gets a piece of one larger tile, cut at a random place.

    Args:
        size: Width and height of the pictures in pixels.
        denoise: Strength of the filter, 0 to 1: coarser grain, blotches of colour.
        rng: Source of the tile and of the places.
    """

    def __init__(self, size: tuple[int, int], denoise: float, rng: np.random.Generator) -> None:
        self._size, self._rng = size, rng
        shape = (size[1] + _SPARE_PX, size[0] + _SPARE_PX)
        grey = _smoothed(rng.standard_normal(shape, dtype=np.float32), 0.35 + 0.55 * denoise)
        colours = rng.standard_normal((*shape, 3), dtype=np.float32)
        colours = _smoothed(colours, 0.6 + 1.8 * denoise)
        tile = np.sqrt(1 - _COLOURED**2) * grey[..., None] + _COLOURED * colours
        self._tile = np.ascontiguousarray(tile / tile.std(), dtype=np.float32)

    def cut(self) -> FloatArray:
        """Return the noise of the next picture, shape (height, width, 3); not to be changed."""
        x, y = self._rng.integers(0, _SPARE_PX, 2)
        return self._tile[y : y + self._size[1], x : x + self._size[0]]


def _smoothed(noise: FloatArray, sigma_px: float) -> FloatArray:
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), sigma_px), dtype=np.float32)
    unit: FloatArray = smooth / smooth.std()
    return unit
