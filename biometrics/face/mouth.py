"""Mouth channels: AU10, 12, 14, 15, 16, 18, 20, 22, 23, 24, 25, 28.

Every formula takes place centres (see `sides.place_centres`) in unit inter-ocular distance,
and for paired units a side, and returns one value per frame, shape (n_frames,), in
inter-ocular distances; NaN where the face was lost.
Source: own, after FACS (Ekman, Friesen and Hager 2002).
"""

from __future__ import annotations

import numpy as np

from facesign.biometrics.face.sides import Side, at, outward
from facesign.biometrics.stream import FloatArray

__all__ = [
    "dimpler",
    "lip_corner_depressor",
    "lip_corner_puller",
    "lip_funneler",
    "lip_presser",
    "lip_pucker",
    "lip_stretcher",
    "lip_suck",
    "lip_tightener",
    "lips_part",
    "lower_lip_depressor",
    "upper_lip_raiser",
]


def upper_lip_raiser(centres: FloatArray, side: Side) -> FloatArray:
    """Measure the upper lip's height against the nose base (AU10)."""
    return at(centres, "lip_upper_side", side)[:, 1] - at(centres, "nose_base")[:, 1]


def lip_corner_puller(centres: FloatArray, side: Side) -> FloatArray:
    """Measure how far the lip corner is drawn up and outward (AU12)."""
    out, up = _corner(centres, side)
    return 0.6 * out + 0.8 * up


def dimpler(centres: FloatArray, side: Side) -> FloatArray:
    """Measure how far the lip corner is drawn outward and back (AU14)."""
    out, _ = _corner(centres, side)
    return 0.6 * out - 0.8 * at(centres, "lip_corner", side)[:, 2]


def lip_corner_depressor(centres: FloatArray, side: Side) -> FloatArray:
    """Measure how far the lip corner hangs below the middle of the lips (AU15)."""
    middle = 0.5 * (at(centres, "lip_upper_edge")[:, 1] + at(centres, "lip_lower_edge")[:, 1])
    return middle - at(centres, "lip_corner", side)[:, 1]


def lower_lip_depressor(centres: FloatArray, side: Side) -> FloatArray:
    """Measure how close the lower lip is drawn to the chin (AU16)."""
    return at(centres, "chin_boss")[:, 1] - at(centres, "lip_lower_side", side)[:, 1]


def lip_stretcher(centres: FloatArray, side: Side) -> FloatArray:
    """Measure how far the lip corner is drawn outward and down (AU20)."""
    out, up = _corner(centres, side)
    return 0.9 * out - 0.4 * up


def lip_pucker(centres: FloatArray) -> FloatArray:
    """Measure how narrow and how far forward the mouth is drawn (AU18)."""
    pucker: FloatArray = _forward(centres) - _width(centres)
    return pucker


def lip_funneler(centres: FloatArray) -> FloatArray:
    """Measure how far forward and apart the lips stand (AU22)."""
    funnel: FloatArray = _forward(centres) + 0.5 * _height(centres) - 0.5 * _width(centres)
    return funnel


def lip_tightener(centres: FloatArray) -> FloatArray:
    """Measure how thin and narrow the lips are drawn (AU23)."""
    return -_red(centres) - 0.5 * _width(centres)


def lip_presser(centres: FloatArray) -> FloatArray:
    """Measure how thin the closed lips are pressed (AU24)."""
    return -_red(centres) - lips_part(centres)


def lips_part(centres: FloatArray) -> FloatArray:
    """Measure the gap between the inner edges of the lips (AU25)."""
    gap = at(centres, "lip_upper_inner") - at(centres, "lip_lower_inner")
    part: FloatArray = gap[:, 1]
    return part


def lip_suck(centres: FloatArray) -> FloatArray:
    """Measure how far the red of the lips is drawn in (AU28)."""
    return -_height(centres) - _forward(centres)


def _corner(centres: FloatArray, side: Side) -> tuple[FloatArray, FloatArray]:
    """Return the lip corner's distance from the midline and height against the nose base."""
    corner = at(centres, "lip_corner", side) - at(centres, "nose_base")
    return outward(corner[:, 0], side), corner[:, 1]


def _width(centres: FloatArray) -> FloatArray:
    left = at(centres, "lip_corner", "left")
    return left[:, 0] - at(centres, "lip_corner", "right")[:, 0]


def _height(centres: FloatArray) -> FloatArray:
    lower = at(centres, "lip_lower_edge")
    return at(centres, "lip_upper_edge")[:, 1] - lower[:, 1]


def _red(centres: FloatArray) -> FloatArray:
    """Return the summed thickness of the red of both lips."""
    upper = at(centres, "lip_upper_edge") - at(centres, "lip_upper_inner")
    lower = at(centres, "lip_lower_inner") - at(centres, "lip_lower_edge")
    thickness: FloatArray = np.linalg.norm(upper, axis=-1) + np.linalg.norm(lower, axis=-1)
    return thickness


def _forward(centres: FloatArray) -> FloatArray:
    """Return how far the lips stand before the nose base."""
    lips = at(centres, "lip_upper_edge") + at(centres, "lip_lower_edge")
    ahead: FloatArray = 0.5 * lips[:, 2] - at(centres, "nose_base")[:, 2]
    return ahead
