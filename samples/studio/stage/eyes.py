"""Where the eyes are in the picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.stage.body import PIVOT_CM
from facesign.samples.studio.stage.view import Camera, View, rotation

__all__ = ["eyes_in_picture"]


def eyes_in_picture(
    camera: Camera,
    view: View,
    eyes_cm: FloatArray,
    head_deg: npt.NDArray[np.float32],
    head_cm: npt.NDArray[np.float32],
) -> FloatArray:
    """Project a moving head's eyes into the picture, before the lens bends it.

    Args:
        camera: Where it stands and what it sees.
        view: Gives the size of the picture.
        eyes_cm: Centres of the eyeballs with the head at rest, left first, shape (2, 3).
        head_deg: Yaw, pitch and roll of each moment, shape (n, 3).
        head_cm: Shift of each moment, shape (n, 3).

    Returns:
        Pixels to the right and down of the upper left corner, shape (n, 2, 2).
    """
    placed = np.array(
        [
            (eyes_cm - PIVOT_CM) @ rotation(*map(float, angles)).T + PIVOT_CM + shift
            for angles, shift in zip(head_deg, head_cm, strict=True)
        ]
    ).reshape(-1, 2, 3)
    whole = np.concatenate([placed, np.ones((*placed.shape[:2], 1))], axis=2)
    clip = whole @ np.asarray(camera.to_clip, dtype=np.float64).T
    at = clip[..., :2] / clip[..., 3:]
    right = (at[..., 0] + 1) / 2 * view.width_px
    down = (1 - at[..., 1]) / 2 * view.height_px
    return np.asarray(np.stack([right, down], axis=2), dtype=np.float32)
