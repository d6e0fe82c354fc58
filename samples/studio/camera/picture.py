"""Pictures on their way through the camera, and light as the sensor counts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray

__all__ = ["Footage", "Image", "Timed", "as_image", "as_light", "to_light", "to_srgb"]

Image: TypeAlias = npt.NDArray[np.uint8]
"""sRGB, shape (height, width, 3)."""
Timed: TypeAlias = tuple[float, Image]
"""Presentation time in seconds, and the picture."""
Footage: TypeAlias = Callable[[float], Image]
"""What is to be seen at a time in seconds."""


def to_light(srgb: FloatArray) -> FloatArray:
    """Turn sRGB values, 0 to 1, into light, 0 to 1; any shape."""
    low = srgb / 12.92
    high = ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4
    return np.where(srgb <= 0.04045, low, high).astype(np.float32)


def to_srgb(light: FloatArray) -> FloatArray:
    """Turn light, 0 to 1, into sRGB values, 0 to 1; any shape, negative light is black."""
    light = np.maximum(light, 0)
    low, high = light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, low, high).astype(np.float32)


_LIGHT = to_light(np.arange(256, dtype=np.float32) / 255)
_STEPS = 4096
_SHOWN = np.rint(255 * to_srgb(np.arange(_STEPS, dtype=np.float32) / (_STEPS - 1))).astype(np.uint8)


def as_light(image: Image) -> FloatArray:
    """Return the light of a picture, 0 to 1, shape (height, width, 3)."""
    return np.asarray(cv2.LUT(image, _LIGHT), dtype=np.float32)


def as_image(light: FloatArray) -> Image:
    """Return the picture of light, shape (height, width, 3); above 1 it is white."""
    step = np.clip(light * (_STEPS - 1) + 0.5, 0, _STEPS - 1)
    shown: Image = _SHOWN[step.astype(np.int32)]
    return shown
