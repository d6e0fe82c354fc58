"""Simple pictures that stand for the live scene and for the footage of an attack."""

from __future__ import annotations

import numpy as np

from facesign.samples.studio.camera.picture import Image

SIZE = (320, 240)


def flat(shade: int) -> Image:
    return np.full((SIZE[1], SIZE[0], 3), shade, dtype=np.uint8)


def counted(time_s: float) -> Image:
    """A grey picture whose upper half says which of 30 pictures a second it is."""
    image = flat(110)
    image[: SIZE[1] // 2] = 40 + 2 * (round(time_s * 30) % 90)
    return image


def count_of(image: Image) -> float:
    """Read back what `counted` says."""
    return (float(image[10:80, 60:260].mean()) - 40) / 2
