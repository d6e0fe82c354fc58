"""Short hair as shells over the scalp: where it grows, how long, and which way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import IntArray, Rig

__all__ = ["Hair", "grow_hair", "hair_colour"]

_HAIRLINE_Y = [-9.0, -5.0, 0.0, 3.6, 4.6, 5.2, 6.6, 8.2, 9.8, 10.8, 12.0]
_HAIRLINE_Z = [-6.0, -4.6, -3.8, -3.2, 0.0, 3.3, 4.6, 6.0, 6.9, 9.0, 13.0]
"""Front edge of the hair in profile: it grows behind this line, cm."""
_GREY = np.array([0.40, 0.39, 0.38], dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Hair:
    """Hair over the whole mesh; the vertices without any have length zero."""

    comb: FloatArray
    """Sideways reach of the tips in cm and their height above the skin, (n_vertices, 4)."""
    strand: FloatArray
    """Coordinates across and along the strands in cm, (n_vertices, 2)."""
    triangles: IntArray
    """The part of the scalp that carries hair, (n_triangles, 3)."""


def hair_colour(person: Person, grey: float) -> FloatArray:
    """Return the linear colour of hair of which a share is grey, shape (3,)."""
    young = (np.array(person.hair, dtype=np.float32) / 255) ** 2.2
    return np.asarray(young + grey * (_GREY - young), dtype=np.float32)


def grow_hair(
    rig: Rig, *, top_cm: float = 1.4, side_cm: float = 0.40, receded_cm: float = 0.0
) -> Hair:
    """Place hair on the neutral head, combed back.

    Args:
        rig: The rig whose neutral vertices give the hairline.
        top_cm: Height above the skin on the crown.
        side_cm: Height above the skin at the sides.
        receded_cm: How far the hairline has gone back above the forehead.
    """
    x, y, z = rig.neutral.T
    temples = (0.66 + 0.7 * receded_cm) * np.exp(-(((np.abs(x) - 4.6) / 1.6) ** 2))
    gone = receded_cm * np.clip((y - 5.5) / 2.5, 0, 1)
    behind = np.interp(y, _HAIRLINE_Y, _HAIRLINE_Z) - temples - gone - z
    thin = 1.6 + 1.2 * receded_cm * np.clip((y - 7.0) / 3.0, 0, 1)
    growth = np.clip(behind / thin, 0, 1) * _off_the_ear(x, y, z)
    crown = np.clip((y - 8.5) / 4.0, 0, 1)
    fade = 0.35 + 0.65 * np.clip((y - 4.0) / 4.0, 0, 1)
    height = growth * (side_cm * fade + (top_cm - side_cm) * crown)
    around = np.arctan2(x, np.maximum(y - 3.0, 0.01)) * 8.0
    swept = 1.2 * min(1.0, max(top_cm, 0.25) / 1.4)
    sideways = np.stack([-0.03 * x, np.zeros_like(x), np.full_like(x, -swept)], axis=1)
    comb = np.column_stack([sideways * growth[:, None], height]).astype(np.float32)
    scalp = np.concatenate([rig.parts["M_Face"], rig.parts["M_BackHead"]])
    return Hair(
        comb=comb,
        strand=np.column_stack([around, z - 0.4 * y]).astype(np.float32),
        triangles=scalp[(growth[scalp] > 0).any(axis=1)],
    )


def _off_the_ear(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    ear = (np.abs(x) > 7.35) & (y > -2.5) & (y < 5.2) & (z > -4.5)
    return np.where(ear, 0.0, 1.0).astype(np.float32)
