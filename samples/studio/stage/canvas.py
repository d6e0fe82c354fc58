"""A wall to paint on: places are shares of the picture, colours sRGB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.person import Rgb

__all__ = ["Canvas", "varied"]

_Place: TypeAlias = tuple[float, float]
_FRACTION_BITS = 4


class Canvas:
    """What reflects the room's light, and what shines by daylight of its own.

    Args:
        size_px: Width and height.
        colour: Of the bare wall.
    """

    def __init__(self, size_px: tuple[int, int], colour: Rgb) -> None:
        width, height = size_px
        self.painted = np.empty((height, width, 3), dtype=np.float32)
        """sRGB, 0 to 255, shape (height, width, 3), first row at the top."""
        self.painted[:] = colour
        self.shining = np.zeros((height, width), dtype=np.float32)
        """Daylight that comes through, against a white wall."""

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.painted.shape[1] / self.painted.shape[0]

    def rectangle(self, corner: _Place, opposite: _Place, colour: Rgb, shine: float = 0.0) -> None:
        """Fill a rectangle between two corners."""
        (left, top), (right, bottom) = corner, opposite
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour, shine)

    def polygon(self, places: Sequence[_Place], colour: Rgb, shine: float = 0.0) -> None:
        """Fill a polygon."""
        points = [np.array([self._pixel(place) for place in places], dtype=np.int32)]
        cv2.fillPoly(self.painted, points, colour, cv2.LINE_AA, _FRACTION_BITS)
        cv2.fillPoly(self.shining, points, (shine,), cv2.LINE_AA, _FRACTION_BITS)

    def ellipse(
        self, middle: _Place, radii: _Place, colour: Rgb, *, turn_deg: float = 0, shine: float = 0
    ) -> None:
        """Fill an ellipse; both radii are shares of the height."""
        around = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        x, y = radii[0] * np.cos(around), radii[1] * np.sin(around)
        turn = np.radians(turn_deg)
        across = middle[0] + (x * np.cos(turn) - y * np.sin(turn)) / self.aspect
        down = middle[1] + x * np.sin(turn) + y * np.cos(turn)
        self.polygon(list(zip(across.tolist(), down.tolist(), strict=True)), colour, shine)

    def shade(self, factor: FloatArray) -> None:
        """Make what is painted darker or lighter, by column (width,) or place (height, width)."""
        self.painted *= np.broadcast_to(factor, self.shining.shape)[..., None]

    def grid(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return how far across and down each pixel is, (1, width) and (height, 1)."""
        height, width = self.shining.shape
        across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
        return across, np.linspace(0, 1, height, dtype=np.float32)[:, None]

    def _pixel(self, place: _Place) -> tuple[int, int]:
        height, width = self.shining.shape
        scale = 2**_FRACTION_BITS
        return round(place[0] * width * scale), round(place[1] * height * scale)


def varied(rng: np.random.Generator, colour: Rgb, spread: float = 10.0) -> Rgb:
    """Return a colour a little lighter or darker, and a little off in hue."""
    shift = rng.normal(0, spread) + rng.normal(0, spread / 3, 3)
    red, green, blue = (int(np.clip(c + s, 4, 250)) for c, s in zip(colour, shift, strict=True))
    return red, green, blue
