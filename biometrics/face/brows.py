"""Brow channels: AU1, AU2, AU4.

Every formula takes place centres (see `sides.place_centres`) in unit inter-ocular distance,
and a side, and returns one value per frame, shape (n_frames,), in inter-ocular distances;
NaN where the face was lost. Source: own, after FACS (Ekman, Friesen and Hager 2002).
"""

from __future__ import annotations

from facesign.biometrics.face.sides import Side, at, outward
from facesign.biometrics.stream import FloatArray

__all__ = ["brow_lowerer", "inner_brow_raiser", "outer_brow_raiser"]


def inner_brow_raiser(centres: FloatArray, side: Side) -> FloatArray:
    """Measure the height of the inner brow above the inner eye corner (AU1)."""
    return at(centres, "brow_inner", side)[:, 1] - at(centres, "eye_inner", side)[:, 1]


def outer_brow_raiser(centres: FloatArray, side: Side) -> FloatArray:
    """Measure the height of the outer brow above the outer eye corner (AU2)."""
    return at(centres, "brow_outer", side)[:, 1] - at(centres, "eye_outer", side)[:, 1]


def brow_lowerer(centres: FloatArray, side: Side) -> FloatArray:
    """Measure how far the brow is drawn down and towards the midline (AU4)."""
    head = at(centres, "brow_head", side)
    down = -at(centres, "brow_middle", side)[:, 1] - head[:, 1]
    return 0.5 * down - outward(head[:, 0], side)
