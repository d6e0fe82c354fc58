"""Painted brows: single hairs over a shadow of down.

On a bare rig a raised brow shows nothing: landmarks and flow both need the brow's hair,
dark and many-stranded enough to be seen on every skin.
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy.interpolate import CubicSpline

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.canvas import FRACTION_BITS, blank, pixels, softened
from facesign.samples.studio.people.person import Brows

__all__ = ["brow_hairs", "brow_shadow"]

_MIDDLE = np.array([[1.05, 5.42], [2.0, 5.72], [3.1, 6.00], [4.1, 6.07], [4.9, 5.78], [5.5, 5.34]])
"""Middle line of the left brow from its inner end, cm."""
_HALF_WIDTH = np.array([0.32, 0.44, 0.41, 0.33, 0.22, 0.07])
_ARCHED = np.array([-0.10, 0.0, 0.55, 1.0, 0.70, 0.0])
"""Share of the arch at each point of the middle line."""
_N_HAIRS = 660
"""On each side of the usual pair."""


def brow_shadow(brows: Brows) -> FloatArray:
    """Return the down under the hairs, 0 to 1, of the canvas's shape."""
    middle, half_width = _curves(brows)
    along = np.linspace(0.02, 0.98, 40)
    reach = np.outer(np.maximum(half_width(along), 0.05), [0, 0.75])
    outline = np.concatenate([middle(along) + reach, (middle(along) - reach)[::-1]])
    mask = blank()
    for side in (1, -1):
        cv2.fillPoly(mask, [pixels(outline * [side, 1])], (255,), cv2.LINE_AA, FRACTION_BITS)
    return softened(mask, 0.13)


def brow_hairs(brows: Brows, rng: np.random.Generator) -> FloatArray:
    """Draw the hairs, upright at the inner end and lying along the brow at the tail.

    Returns:
        Cover of each texel, 0 to 1, of the canvas's shape.
    """
    middle, half_width = _curves(brows)
    direction = middle.derivative()
    mask = blank()
    for side in (1, -1):
        for _ in range(int(_N_HAIRS * brows.density * brows.thickness**0.5)):
            along, across = rng.beta(1.15, 1.25), rng.uniform(-1, 1)
            root = middle(along) + np.array([0, across * half_width(along)])
            heading = direction(along) / np.linalg.norm(direction(along))
            heading[1] += max(0.0, 0.95 - 1.5 * along) - 0.35 * across
            heading += rng.normal(0, 0.10, 2)
            length = rng.uniform(0.30, 0.60) * (1 - 0.3 * along) * brows.thickness**0.5
            tip = root + length * heading / np.linalg.norm(heading)
            start, end = (pixels(point * [side, 1]).tolist() for point in (root, tip))
            shade = (rng.uniform(140, 245),)
            cv2.line(mask, start, end, shade, 1, cv2.LINE_AA, FRACTION_BITS)
    return np.clip(1.25 * softened(mask, 0.012), 0, 1)


def _curves(brows: Brows) -> tuple[CubicSpline, CubicSpline]:
    along = np.linspace(0, 1, len(_MIDDLE))
    inner, outer = _MIDDLE[0, 0], _MIDDLE[-1, 0]
    reach = (_MIDDLE[:, 0] - inner) / (outer - inner)
    x = inner + brows.apart_cm + reach * (outer - inner) * brows.length
    y = _MIDDLE[:, 1] + brows.raise_cm + brows.arch_cm * _ARCHED
    half_width = _HALF_WIDTH * brows.thickness
    return CubicSpline(along, np.stack([x, y], axis=1)), CubicSpline(along, half_width)
