"""Painted lips: their red, its rim, and the lines across."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.canvas import (
    FRACTION_BITS,
    SHAPE,
    blank,
    grid,
    mix,
    pixels,
    softened,
)
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.people.tone import albedo

__all__ = ["lip_mask", "paint_lips"]

_UPPER = [[-2.5, -3.5], [-1.7, -2.8], [-0.75, -2.42], [0, -2.52]]
_LOWER = [[2.5, -3.5], [1.85, -4.06], [1.0, -4.36], [0, -4.46]]
_ROSE = np.array([0.46, 0.13, 0.13], dtype=np.float32)
"""Linear colour that lips lean to, beside skin with much blood."""


def lip_mask() -> FloatArray:
    """Return how much of each texel is lip, 0 to 1."""
    return softened(_filled(), 0.06)


def paint_lips(colour: FloatArray, person: Person, rng: np.random.Generator) -> FloatArray:
    """Paint the lips on our own canvas of linear colours.

    Returns:
        How much of each texel is lip, 0 to 1.
    """
    lips = lip_mask()
    # Rim and parting keep the mouth legible where skin and lips have one colour.
    rim = np.clip(softened(_filled(), 0.03) * (1 - softened(_filled(), 0.14)) * 4, 0, 1)
    mix(colour, (0.62 + 0.30 * person.lip_colour) * lips, _lip_colour(person))
    x, y = grid()
    parting = np.exp(-(((y + 3.46 - 0.012 * x**2) / 0.16) ** 2)) * lips
    colour *= (1 - 0.22 * rim - 0.35 * parting)[..., None]
    upper = lips * expit((y + 3.46) / 0.12)
    colour *= (1 - 0.14 * upper)[..., None]
    colour *= (1 - 0.05 * lips * _lines(rng))[..., None]
    return lips


def _lip_colour(person: Person) -> FloatArray:
    blooded = albedo(0.6 * person.melanin + 0.03, min(0.15, 5 * person.blood + 0.03))
    brightness = float(blooded.mean() / _ROSE.mean())
    rose = _ROSE * min(brightness, 1.15)
    share = 0.35 + 0.4 * person.lip_colour
    return np.asarray((1 - share) * blooded + share * rose, dtype=np.float32)


def _filled() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    outline = []
    for half in (np.array(_UPPER), np.array(_LOWER)):
        whole = np.concatenate([half, half[-2::-1] * [-1, 1]])
        knots = np.arange(len(whole))
        outline.append(CubicSpline(knots, whole)(np.linspace(0, knots[-1], 60)))
    mask = blank()
    cv2.fillPoly(mask, [pixels(np.concatenate(outline))], (255,), cv2.LINE_AA, FRACTION_BITS)
    return mask


def _lines(rng: np.random.Generator) -> FloatArray:
    row = cv2.GaussianBlur(rng.standard_normal((1, SHAPE[1])), (0, 0), 1.3)
    return np.broadcast_to(row / row.std(), SHAPE).astype(np.float32)
