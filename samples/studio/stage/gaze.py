"""Which way each eyeball turns: both look at one point, as far away as the camera.

A state's gaze is the line of sight from between the eyes, turned in the head: no turn looks
along the nose, wherever the head is. To look into the lens the angles must undo the head's
turn and add the camera's place, which `Placed.camera_from` gives.
"""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.stage.view import rotation

__all__ = ["eye_turns"]


def eye_turns(
    state: FaceState, eyes_cm: FloatArray, head_turn: FloatArray, camera_cm: FloatArray
) -> FloatArray:
    """Return the rotation of each eyeball relative to the head, shape (2, 3, 3).

    Args:
        state: Gives the gaze.
        eyes_cm: Centres of both eyeballs in the room, shape (2, 3).
        head_turn: Rotation of the head in the room, shape (3, 3).
        camera_cm: Place of the camera in the room, shape (3,).
    """
    middle = np.asarray(eyes_cm, dtype=np.float64).mean(axis=0)
    away_cm = np.linalg.norm(camera_cm - middle)
    ahead = rotation(state.gaze_yaw_deg, state.gaze_pitch_deg, 0.0)[:, 2]
    sight = away_cm * ahead + (middle - eyes_cm) @ head_turn
    sight = sight / np.linalg.norm(sight, axis=1, keepdims=True)
    yaw_deg = np.degrees(np.arctan2(sight[:, 0], sight[:, 2]))
    pitch_deg = np.degrees(np.arcsin(np.clip(sight[:, 1], -1, 1)))
    return np.stack([rotation(*angles, 0.0) for angles in zip(yaw_deg, pitch_deg, strict=True)])
