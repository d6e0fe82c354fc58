"""Nose channels: AU9 and AU38.

Every formula takes place centres (see `sides.place_centres`) in unit inter-ocular distance,
and a side, and returns one value per frame, shape (n_frames,), in inter-ocular distances;
NaN where the face was lost. Source: own, after FACS (Ekman, Friesen and Hager 2002).
"""

from __future__ import annotations

from facesign.biometrics.face.sides import Side, at, outward
from facesign.biometrics.stream import FloatArray

__all__ = ["nose_wrinkler", "nostril_dilator"]


def nose_wrinkler(centres: FloatArray, side: Side) -> FloatArray:
    """Measure how close the nose wing is drawn to the inner eye corner (AU9)."""
    return at(centres, "wing", side)[:, 1] - at(centres, "eye_inner", side)[:, 1]


def nostril_dilator(centres: FloatArray, side: Side) -> FloatArray:
    """Measure how far the nostril stands out from the nose tip (AU38)."""
    across = at(centres, "nostril", side)[:, 0] - at(centres, "nose_tip")[:, 0]
    return outward(across, side)
