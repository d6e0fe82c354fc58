"""What a lens does to a picture: bent lines, coloured edges, soft detail, dark corners."""

from __future__ import annotations

import cv2
import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.picture import Image

__all__ = ["Lens"]

_LEAST_SHIFT_PX = 0.3
"""A colour shift below this in the corner is not worth three passes."""
_LEAST_BLUR_PX = 0.2


class Lens:
    """A lens with its tables for one picture size.

    Args:
        size: Width and height of the pictures in pixels.
        bulge: Share by which the corners are pulled inwards.
        colour_shift: Share by which red is drawn larger, and blue smaller.
        vignette: Share of light that the corners lose.
    """

    def __init__(
        self, size: tuple[int, int], *, bulge: float, colour_shift: float, vignette: float
    ) -> None:
        self._size = size
        self._shift = colour_shift if colour_shift * np.hypot(*size) / 2 > _LEAST_SHIFT_PX else 0
        across, down, radius = _field(size)
        stretch = 1 + bulge * radius**2
        scales = (1 - self._shift, 1.0, 1 + self._shift) if self._shift else (1.0,)
        self._maps = [self._table(across, down, scale * stretch) for scale in scales]
        self.light = (1 - vignette * radius**2 * (1.35 - 0.35 * radius**2)).astype(np.float32)
        """Share of the light that arrives, shape (height, width)."""

    def project(self, image: Image, softness_px: float) -> Image:
        """Return the picture as it falls on the sensor, corners not yet darkened."""
        if len(self._maps) == 1:
            bent = self._bent(image, 0)
        else:
            colours = [self._bent(np.asarray(c), i) for i, c in enumerate(cv2.split(image))]
            bent = np.asarray(cv2.merge(colours), dtype=np.uint8)
        if softness_px < _LEAST_BLUR_PX:
            return bent
        # Two standard deviations to each side: OpenCV's own choice is twice as slow.
        reach_px = int(np.ceil(2 * softness_px))
        soft = cv2.GaussianBlur(bent, (2 * reach_px + 1, 2 * reach_px + 1), softness_px)
        return np.asarray(soft, dtype=np.uint8)

    def _bent(self, channels: Image, table: int) -> Image:
        places, fractions = self._maps[table]
        bent = cv2.remap(
            channels, places, fractions, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        return np.asarray(bent, dtype=np.uint8)

    def _table(
        self, across: FloatArray, down: FloatArray, scale: FloatArray
    ) -> tuple[cv2.typing.MatLike, cv2.typing.MatLike]:
        half = np.hypot(*self._size) / 2
        x = (across * scale * half + (self._size[0] - 1) / 2).astype(np.float32)
        y = (down * scale * half + (self._size[1] - 1) / 2).astype(np.float32)
        fixed, fraction = cv2.convertMaps(x, y, cv2.CV_16SC2)
        return fixed, fraction


def _field(size: tuple[int, int]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return place and distance from the middle, 1 in the corners, each (height, width)."""
    width, height = size
    half = np.hypot(width, height) / 2
    across, down = np.meshgrid(
        (np.arange(width, dtype=np.float32) - (width - 1) / 2) / half,
        (np.arange(height, dtype=np.float32) - (height - 1) / 2) / half,
    )
    return across, down, np.hypot(across, down)
