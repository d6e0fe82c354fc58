"""Eye channels: AU5, AU6, AU7, AU45 and gaze.

Every formula takes place centres (see `sides.place_centres`) in unit inter-ocular distance,
and a side, and returns one value per frame, shape (n_frames,): heights in inter-ocular
distances, the rest in eye widths; NaN where the face was lost.
Source: own, after FACS (Ekman, Friesen and Hager 2002), where a formula names no other.
"""

from __future__ import annotations

import numpy as np

from facesign.biometrics.face.sides import Side, at
from facesign.biometrics.stream import FloatArray

__all__ = [
    "blink",
    "cheek_raiser",
    "eye_aperture",
    "gaze_horizontal",
    "gaze_vertical",
    "lid_tightener",
    "upper_lid_raiser",
]


def eye_aperture(centres: FloatArray, side: Side) -> FloatArray:
    """Measure lid opening over the width of the eye, about 0.3 open.

    Source: Soukupova and Cech, CVWW 2016, eq. 1, over the middle three lid pairs.
    """
    gap = at(centres, "lid_upper", side) - at(centres, "lid_lower", side)
    width = np.linalg.norm(_corner_axis(centres, side), axis=-1)
    aperture: FloatArray = np.linalg.norm(gap, axis=-1) / width
    return aperture


def blink(centres: FloatArray, side: Side) -> FloatArray:
    """Measure lid closure as the negative of lid opening over eye width (AU45)."""
    return -eye_aperture(centres, side)


def upper_lid_raiser(centres: FloatArray, side: Side) -> FloatArray:
    """Measure the upper lid's height above the eye corners (AU5)."""
    return at(centres, "lid_upper", side)[:, 1] - _eye_centre(centres, side)[:, 1]


def lid_tightener(centres: FloatArray, side: Side) -> FloatArray:
    """Measure the lower lid's height against the eye corners (AU7)."""
    return at(centres, "lid_lower", side)[:, 1] - _eye_centre(centres, side)[:, 1]


def cheek_raiser(centres: FloatArray, side: Side) -> FloatArray:
    """Measure the cheek's height against the eye corners (AU6)."""
    return at(centres, "cheek", side)[:, 1] - _eye_centre(centres, side)[:, 1]


def gaze_horizontal(centres: FloatArray, side: Side) -> FloatArray:
    """Measure where the iris lies across the eye, in eye widths; 0 is the middle.

    Positive is towards the subject's left for both eyes.
    """
    return _iris_offset(centres, side)[:, 0]


def gaze_vertical(centres: FloatArray, side: Side) -> FloatArray:
    """Measure where the iris lies above the eye corners, in eye widths."""
    return _iris_offset(centres, side)[:, 1]


def _iris_offset(centres: FloatArray, side: Side) -> FloatArray:
    width = np.linalg.norm(_corner_axis(centres, side), axis=-1, keepdims=True)
    offset: FloatArray = (at(centres, "iris", side) - _eye_centre(centres, side)) / width
    return offset


def _corner_axis(centres: FloatArray, side: Side) -> FloatArray:
    return at(centres, "eye_outer", side) - at(centres, "eye_inner", side)


def _eye_centre(centres: FloatArray, side: Side) -> FloatArray:
    return 0.5 * (at(centres, "eye_outer", side) + at(centres, "eye_inner", side))
