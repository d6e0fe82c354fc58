"""Movements that the rig has no shape for, sculpted as soft pulls on the neutral head.

FACS: AU23 makes the red of the lips narrow and pulls the corners in a little, without the
lips parting; AU38 flares a nostril's wing; swallowing lifts the larynx and the floor of the
mouth. Places are of the mean head: the same vertices move on everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from facesign.biometrics.stream import BoolArray, FloatArray

__all__ = ["SCULPTED", "sculpt"]

_LIP_SEAM_CM = -3.33
_LIP_CORNER_CM = 2.45
_WING_CM = (1.62, -0.52, 10.95)
"""Middle of the left nostril's wing."""


def sculpt(neutral: FloatArray, soft: BoolArray) -> FloatArray:
    """Sculpt all shapes of `SCULPTED`.

    Args:
        neutral: Mean head in cm, shape (n_vertices, 3).
        soft: Vertices that give way, unlike teeth, shape (n_vertices,).

    Returns:
        Offsets in cm at weight 1, shape (n_shapes, n_vertices, 3).
    """
    offsets = np.stack([shape(neutral) for shape in SCULPTED.values()])
    return np.asarray(offsets * soft[:, None], dtype=np.float32)


def _lip_tighten(neutral: FloatArray) -> FloatArray:
    x, y, z = neutral.T
    off_seam = y - (_LIP_SEAM_CM - 0.05 * x**2 / _LIP_CORNER_CM)
    lips = _hill(off_seam, 1.3) * _plateau(np.abs(x), 2.2, 0.5) * _plateau(-z, -9.6, 0.5)
    corners = _hill(np.abs(x) - _LIP_CORNER_CM, 0.8) * _hill(off_seam, 0.8)
    pressed = np.where(np.abs(off_seam) < 0.9, off_seam, 0.9 * np.sign(off_seam))
    red = _hill(off_seam, 0.75)
    moved = np.zeros_like(neutral)
    moved[:, 0] = -0.16 * np.sign(x) * corners - 0.035 * x * lips
    moved[:, 1] = -0.48 * pressed * lips
    moved[:, 2] = -0.13 * red * lips
    return moved


def _nostril_dilate(side: int) -> Callable[[FloatArray], FloatArray]:
    def shape(neutral: FloatArray) -> FloatArray:
        x, y, z = neutral.T
        x = side * x
        near = _hill(x - _WING_CM[0], 0.62) * _hill(y - _WING_CM[1], 0.60)
        wing = near * _hill(z - _WING_CM[2], 0.95) * _plateau(-x, -0.75, 0.25)
        moved = np.zeros_like(neutral)
        moved[:, 0] = 0.26 * side * wing
        moved[:, 1] = 0.07 * wing
        moved[:, 2] = 0.05 * wing
        return moved

    return shape


def _throat_swallow(neutral: FloatArray) -> FloatArray:
    x, y, z = neutral.T
    throat = _hill(x, 1.5) * _plateau(-z, -2.0, 0.8) * _plateau(y, -7.6, 0.5)
    larynx_up = 0.34 * _hill(y + 10.4, 0.9) - 0.24 * _hill(y + 12.0, 0.9)
    floor = _hill(x, 2.0) * _hill(y + 8.9, 0.7) * _hill(z - 6.2, 1.6)
    moved = np.zeros_like(neutral)
    moved[:, 1] = 0.45 * throat * _hill(y + 11.2, 1.3) + 0.16 * floor
    moved[:, 2] = throat * larynx_up
    return moved


SCULPTED: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "lipTighten": _lip_tighten,
    "nostrilDilate_L": _nostril_dilate(1),
    "nostrilDilate_R": _nostril_dilate(-1),
    "throatSwallow": _throat_swallow,
}
"""Name to the function that gives the offsets; sides are the subject's own."""


def _hill(distance: FloatArray, width: float) -> FloatArray:
    """Return 1 at no distance and 0.37 at the width."""
    return np.asarray(np.exp(-((distance / width) ** 2)), dtype=np.float32)


def _plateau(distance: FloatArray, end: float, slope: float) -> FloatArray:
    """Return 1 well below the end and 0 well above it."""
    along = np.clip((end + slope - distance) / (2 * slope), 0, 1)
    return np.asarray(along * along * (3 - 2 * along), dtype=np.float32)
