"""Rods bent along a line, for frames of glasses."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.skull import grid_triangles
from facesign.samples.studio.rig import IntArray

__all__ = ["tube"]

_N_SIDES = 8


def tube(
    points: FloatArray, *, half_width_cm: float, half_height_cm: float, closed: bool
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Sweep an ellipse along a line.

    Args:
        points: The line in cm, shape (n_points, 3).
        half_width_cm: Half the thickness towards the camera.
        half_height_cm: Half the thickness across.
        closed: The line's end joins its start.

    Returns:
        Vertices and their normals, shape (n_vertices, 3), and triangles, (n_triangles, 3).
    """
    path = np.concatenate([points, points[:1]]) if closed else points
    if closed:
        heading = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
        heading = np.concatenate([heading, heading[:1]])
    else:
        heading = np.gradient(path, axis=0)
    heading = heading / np.linalg.norm(heading, axis=1, keepdims=True)
    # Both axes stay steady, because no frame runs straight to the camera and up at once.
    helper = np.where(np.abs(heading[:, 2:]) > 0.8, [[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]])
    across = np.cross(heading, helper)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    ahead = np.cross(across, heading)
    turn = np.linspace(0, 2 * np.pi, _N_SIDES + 1)
    outward = (
        np.cos(turn)[None, :, None] * across[:, None] + np.sin(turn)[None, :, None] * ahead[:, None]
    )
    rings = (
        path[:, None]
        + half_height_cm * np.cos(turn)[None, :, None] * across[:, None]
        + half_width_cm * np.sin(turn)[None, :, None] * ahead[:, None]
    )
    triangles = grid_triangles(len(path), _N_SIDES + 1)
    flat = (array.reshape(-1, 3).astype(np.float32) for array in (rings, outward))
    return *flat, triangles
