"""A round-necked pullover over shoulders: the lower edge of a webcam picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.skull import grid_triangles
from facesign.samples.studio.rig import IntArray

__all__ = ["Bust", "drape", "sew_bust"]

_PROFILE = {
    "side": [
        [5.8, -12.4],
        [6.2, -11.3],
        [6.8, -11.0],
        [7.6, -11.6],
        [8.3, -12.7],
        [11.5, -14.1],
        [16.0, -15.6],
        [19.5, -18.0],
        [21.0, -24.0],
        [21.5, -80.0],
    ],
    "front": [
        [4.6, -14.6],
        [5.0, -13.7],
        [5.5, -13.5],
        [6.1, -14.2],
        [6.5, -15.5],
        [7.3, -18.0],
        [8.5, -21.0],
        [9.5, -25.0],
        [10.0, -30.0],
        [10.0, -80.0],
    ],
    "back": [
        [6.4, -11.2],
        [6.9, -10.3],
        [7.5, -10.0],
        [8.1, -10.8],
        [8.6, -12.0],
        [9.8, -14.5],
        [11.0, -18.0],
        [11.6, -23.0],
        [11.8, -29.0],
        [11.8, -80.0],
    ],
}
"""From the collar's inner edge outwards: distance from the neck's axis and height, cm."""


@dataclass(frozen=True, slots=True, eq=False)
class Bust:
    """A garment that does not move with the head."""

    vertices: FloatArray
    """Positions in cm, shape (n_vertices, 3)."""
    triangles: IntArray
    weave: FloatArray
    """Around from the back (0 to 1) and down from the collar (0 to 1), shape (n_vertices, 2)."""


def drape(around: FloatArray, down: FloatArray, *, lift_cm: float = 0.0) -> FloatArray:
    """Return places on the garment's surface in cm, shape (..., 3).

    Args:
        around: Angle from the front in radians, to the subject's left.
        down: From the collar's inner edge (0) to the waist (1), broadcast to `around`.
        lift_cm: Distance above the surface.
    """
    curves = {}
    for name, points in _PROFILE.items():
        knots = np.linspace(0, 1, len(points))
        curves[name] = PchipInterpolator(knots, np.array(points))(down)
    to_side = np.sin(around) ** 2
    ahead = np.cos(around) > 0
    deep = np.where(ahead, curves["front"][..., 0], curves["back"][..., 0])
    high = np.where(ahead, curves["front"][..., 1], curves["back"][..., 1])
    x = np.sin(around) * (curves["side"][..., 0] + lift_cm)
    z = np.cos(around) * (deep + lift_cm) - 1.0
    y = to_side * curves["side"][..., 1] + (1 - to_side) * high + 0.5 * lift_cm
    places = np.stack(np.broadcast_arrays(x, y, z), axis=-1)
    return np.asarray(places, dtype=np.float32)


def sew_bust(*, n_around: int = 96, n_down: int = 64) -> Bust:
    """Make the pullover as a grid around the neck, open along the spine."""
    around = np.linspace(-np.pi, np.pi, n_around)[:, None]
    down = np.linspace(0, 1, n_down)[None, :]
    weave = np.stack(np.broadcast_arrays(around / (2 * np.pi) + 0.5, down), axis=-1)
    return Bust(
        vertices=drape(around, down).reshape(-1, 3),
        triangles=grid_triangles(n_around, n_down),
        weave=weave.reshape(-1, 2).astype(np.float32),
    )
