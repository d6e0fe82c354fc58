"""Hair combed back from the hairline: where it grows, how long, and which way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.rig import IntArray, Rig

__all__ = ["Hair", "grow_hair"]

_HAIRLINE_Y = [-9.0, -5.0, 0.0, 3.6, 4.6, 5.2, 6.6, 8.2, 9.8, 10.8, 12.0]
_HAIRLINE_Z = [-6.0, -4.6, -3.8, -3.2, 0.0, 3.3, 4.6, 6.0, 6.9, 9.0, 13.0]
"""Front edge of the hair in profile: it grows behind this line, cm."""


@dataclass(frozen=True, slots=True, eq=False)
class Hair:
    """Hair over the whole mesh; the vertices without any have length zero."""

    comb: FloatArray
    """Sideways reach of the tips in cm and their height above the skin, (n_vertices, 4)."""
    strand: FloatArray
    """Coordinates across and along the strands in cm, (n_vertices, 2)."""
    triangles: IntArray
    """The part of the scalp that carries hair, (n_triangles, 3)."""


def grow_hair(rig: Rig, *, top_cm: float = 1.4, side_cm: float = 0.40) -> Hair:
    """Place hair on the neutral head.

    Args:
        rig: The rig whose neutral vertices give the hairline.
        top_cm: Height above the skin on the crown.
        side_cm: Height above the skin at the sides.
    """
    x, y, z = rig.neutral.T
    temples = 0.66 * np.exp(-(((np.abs(x) - 4.6) / 1.6) ** 2))
    behind = np.interp(y, _HAIRLINE_Y, _HAIRLINE_Z) - temples - z
    growth = np.clip(behind / 1.6, 0, 1) * _off_the_ear(x, y, z)
    crown = np.clip((y - 8.5) / 4.0, 0, 1)
    fade = 0.35 + 0.65 * np.clip((y - 4.0) / 4.0, 0, 1)
    height = growth * (side_cm * fade + (top_cm - side_cm) * crown)
    around = np.arctan2(x, np.maximum(y - 3.0, 0.01)) * 8.0
    sideways = np.stack([-0.03 * x, np.zeros_like(x), np.full_like(x, -1.2)], axis=1)
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
