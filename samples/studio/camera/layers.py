"""Pictures of light laid over each other."""

from __future__ import annotations

import cv2
import numpy as np

from facesign.biometrics.stream import FloatArray

__all__ = ["dimmed", "laid"]


def laid(light: FloatArray, over: FloatArray, cover: FloatArray) -> FloatArray:
    """Lay one picture over another.

    Args:
        light: What is below, shape (height, width, 3).
        over: What is above, shape (height, width, 3).
        cover: How much of each pixel it covers, 0 to 1, shape (height, width).
    """
    return np.asarray(cv2.blendLinear(over, light, cover, 1 - cover), dtype=np.float32)


def dimmed(light: FloatArray, share: FloatArray) -> FloatArray:
    """Multiply a picture, shape (height, width, 3), by a share for each pixel, (height, width)."""
    return np.asarray(cv2.multiply(light, cv2.merge([share, share, share])), dtype=np.float32)
