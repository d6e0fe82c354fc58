"""The lines that a face is drawn with: oval, eyes, irises, brows and lips."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray

__all__ = ["CONTOURS", "Contour", "points_of"]

Contour = tuple[int, ...]
CONTOURS: dict[str, Contour] = {
    "oval": (
        *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
        *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
    ),
    "eye.left": (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    "eye.right": (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    "brow.left": (276, 283, 282, 295, 285, 336, 296, 334, 293, 300),
    "brow.right": (46, 53, 52, 65, 55, 107, 66, 105, 63, 70),
    "lips.outer": (
        *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375),
        *(291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    ),
    "lips.inner": (
        *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324),
        *(308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
    ),
    "iris.left": (474, 475, 476, 477),
    "iris.right": (469, 470, 471, 472),
}
"""Closed lines through landmarks in MediaPipe's numbering; left and right are the subject's own."""
_ALL = np.array([point for line in CONTOURS.values() for point in line])


def points_of(landmarks: FloatArray, *, width: int, height: int) -> FloatArray:
    """Return the points of all contours, one line after the other.

    Args:
        landmarks: Pixels, shape (478, 3).
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.

    Returns:
        x and y as shares of the picture's width and height, shape (n_points, 2).
    """
    return landmarks[_ALL, :2] / np.array([width, height], dtype=np.float32)
