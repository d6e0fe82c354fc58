"""Lines and pores lit once, in the painted skin: too fine for the mesh, too dear for each frame."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.parts import Image
from facesign.samples.studio.stage.light import Light

__all__ = ["lit_skin"]

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_LEAST, _MOST = 0.45, 1.55


def lit_skin(paint: Image, relief: Image, light: Light) -> Image:
    """Shade painted skin by its relief, as the light falls on a face turned to the camera.

    Args:
        paint: Colour to the power 1/2.2, and gloss, shape (height, width, 4).
        relief: Slope along x and along y, shape (height, width, 2): 128 is flat, 127 more is a
            rise of 1 cm a cm.
        light: The room's light.

    Returns:
        Square root of the linear colour, and gloss, shape (height, width, 4).
    """
    key, fill, sky = (
        float(_LUMINANCE @ colour) for colour in (light.key_colour, light.fill_colour, light.sky)
    )
    sideways = key * np.array(light.key_towards[:2]) + fill * np.array(light.fill_towards[:2])
    loss = (sideways / (0.75 * key + 0.6 * fill + sky)).astype(np.float32)
    slope = (relief.astype(np.float32) - 128) / 127
    bright = np.sqrt(np.clip(1 - slope @ loss, _LEAST, _MOST))
    linear = ((np.arange(256) / 255) ** 2.2).astype(np.float32)[paint[..., :3]]
    root = np.sqrt(_subdued(linear)) * (255 * bright)[..., None]
    return np.dstack([np.minimum(root + 0.5, 255).astype(np.uint8), paint[..., 3]])


def _subdued(albedo: FloatArray) -> FloatArray:
    """Hold back light skin, which the tone curve would wash out, and warm it."""
    brightness = (albedo @ np.array([0.3, 0.5, 0.2], dtype=np.float32))[..., None]
    along = np.clip((brightness - 0.12) / 0.43, 0, 1)
    warmth = 1 + (along * along * (3 - 2 * along)) * np.array([0, -0.09, -0.18], dtype=np.float32)
    return np.asarray(albedo * (1.12 - 0.60 * brightness) * warmth, dtype=np.float32)
