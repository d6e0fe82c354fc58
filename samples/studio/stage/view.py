"""Where the camera stands and how the head is turned: matrices of the renderer."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray

__all__ = ["CAMERA_CM", "PIVOT_CM", "rotation", "view_projection"]

CAMERA_CM = np.array([0.0, -0.4, 72.0])
PIVOT_CM = np.array([0.0, -5.0, -1.0])
"""Where the neck turns."""
_VISIBLE_CM = 35.4
"""Height of the picture at the distance of the eyes."""
_EYE_PLANE_CM = 9.0
_NEAR_CM, _FAR_CM = 20.0, 150.0


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> FloatArray:
    """Return a turn to the subject's left, then up, then a tilt to the left shoulder.

    Returns:
        Rotation matrix, shape (3, 3).
    """
    yaw, pitch, roll = np.radians([yaw_deg, -pitch_deg, -roll_deg])
    turn = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    nod = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    tilt = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return (np.array(turn) @ np.array(nod) @ np.array(tilt)).astype(np.float32)


def view_projection(aspect: float) -> FloatArray:
    """Return the matrix from centimetres to clip space, shape (4, 4).

    Args:
        aspect: Width of the picture over its height.
    """
    scale = 2 * (CAMERA_CM[2] - _EYE_PLANE_CM) / _VISIBLE_CM
    depth = _FAR_CM - _NEAR_CM
    projection = np.zeros((4, 4))
    projection[0, 0], projection[1, 1] = scale / aspect, scale
    projection[2, 2:] = -(_FAR_CM + _NEAR_CM) / depth, -2 * _FAR_CM * _NEAR_CM / depth
    projection[3, 2] = -1
    view = np.eye(4)
    view[:3, 3] = -CAMERA_CM
    product: FloatArray = (projection @ view).astype(np.float32)
    return product
