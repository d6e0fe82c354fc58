"""Anatomical places: which landmarks make them, and their centres, which formulas read."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from facesign.biometrics.face.geometry import N_LANDMARKS
from facesign.biometrics.stream import FloatArray
from facesign.errors import ShapeError

__all__ = ["N_PLACES", "Side", "at", "outward", "place_centres"]

Side: TypeAlias = Literal["left", "right"]
"""The subject's own left or right."""

# Each place: (numbers on the subject's right, numbers on the subject's left), mirror by mirror.
_PLACES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "brow_inner": ((107, 55, 66, 65), (336, 285, 296, 295)),
    "brow_middle": ((105, 52), (334, 282)),
    "brow_outer": ((70, 63, 46, 53), (300, 293, 276, 283)),
    "brow_head": ((107, 55), (336, 285)),
    "eye_outer": ((33,), (263,)),
    "eye_inner": ((133,), (362,)),
    "lid_upper": ((158, 159, 160), (385, 386, 387)),
    "lid_lower": ((153, 145, 144), (380, 374, 373)),
    "iris": ((468,), (473,)),
    "cheek": ((50, 101, 118, 117), (280, 330, 347, 346)),
    "wing": ((129, 102, 49), (358, 331, 279)),
    "nostril": ((48, 64, 98), (278, 294, 327)),
    "lip_corner": ((61, 78), (291, 308)),
    "lip_upper_side": ((37, 39), (267, 269)),
    "lip_lower_side": ((181, 84), (405, 314)),
}
_MIDLINE: dict[str, tuple[int, ...]] = {
    "nose_root": (168, 6),
    "nose_tip": (1, 4),
    "nose_base": (2, 94),
    "lip_upper_edge": (0,),
    "lip_upper_inner": (13,),
    "lip_lower_inner": (14,),
    "lip_lower_edge": (17,),
    "chin_boss": (199, 200),
    "chin": (152, 148, 377),
    "jaw_front": (152, 148, 377, 176, 400),
}


_POINTS: dict[tuple[str, Side | None], tuple[int, ...]] = {
    **{(place, "right"): right for place, (right, _) in _PLACES.items()},
    **{(place, "left"): left for place, (_, left) in _PLACES.items()},
    **{(place, None): points for place, points in _MIDLINE.items()},
}
_INDEX = {key: index for index, key in enumerate(_POINTS)}
N_PLACES = len(_POINTS)


def _averaging() -> FloatArray:
    weights = np.zeros((N_PLACES, N_LANDMARKS), dtype=np.float32)
    for index, points in enumerate(_POINTS.values()):
        weights[index, list(points)] = 1 / len(points)
    return weights


_AVERAGING = _averaging()


def place_centres(points: FloatArray) -> FloatArray:
    """Average the landmarks of every place.

    Args:
        points: Canonical frame, shape (n_frames, 478, 3).

    Returns:
        Shape (n_frames, N_PLACES, 3), NaN where the face was lost; read it with `at`.

    Raises:
        ShapeError: points is not (n_frames, 478, 3).
    """
    if points.ndim != 3 or points.shape[1:] != (N_LANDMARKS, 3):
        raise ShapeError("points", "(n_frames, 478, 3)", points.shape)
    centres: FloatArray = _AVERAGING @ points
    return centres


def at(centres: FloatArray, place: str, side: Side | None = None) -> FloatArray:
    """Return the centre of one place, shape (n_frames, 3); side None on the midline."""
    return centres[:, _INDEX[place, side]]


def outward(values: FloatArray, side: Side) -> FloatArray:
    """Turn x into distance from the midline, positive towards the subject's own side."""
    return values if side == "left" else -values
