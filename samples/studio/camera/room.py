"""The room's share in what is held before the camera: its light, and a cast shadow."""

from __future__ import annotations

import cv2
import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.layers import dimmed
from facesign.samples.studio.camera.picture import Image, as_light

__all__ = ["room_light", "shaded"]

_SHADOW = 0.38


def room_light(image: Image) -> float:
    """Return how bright white paper is in a picture's room; 1 is the brightest that shows."""
    light = as_light(image[::8, ::8]).mean(axis=2)
    return float(np.clip(1.25 * np.percentile(light, 88), 0.02, 1.05))


def shaded(light: FloatArray, cover: FloatArray) -> FloatArray:
    """Return the light behind a thing with the thing's soft shadow on it.

    Args:
        light: Shape (height, width, 3).
        cover: How much of each pixel the thing covers, shape (height, width).
    """
    height, width = cover.shape
    small = cv2.resize(cover, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), height / 8 / 22)
    moved = cv2.warpAffine(
        soft,
        np.array([[1, 0, height / 8 / 30], [0, 1, height / 8 / 24]], dtype=np.float32),
        (width // 8, height // 8),
        borderMode=cv2.BORDER_REPLICATE,
    )
    shadow = cv2.resize(1 - _SHADOW * np.asarray(moved), (width, height))
    return dimmed(light, np.asarray(shadow, dtype=np.float32))
