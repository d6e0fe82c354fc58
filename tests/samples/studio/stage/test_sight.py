from __future__ import annotations

import numpy as np
import pytest

from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.person import person
from facesign.samples.studio.stage.gaze import eye_turns
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.view import Camera, rotation

CAMERA_CM = np.array([6.0, 12.0, 64.0])
EYES_CM = np.array([[3.0, 3.6, 8.0], [-3.0, 3.6, 8.0]])


def sight(state: FaceState) -> np.ndarray:
    """Return the line of sight of each eye in the room, shape (2, 3)."""
    head = rotation(state.yaw_deg, state.pitch_deg, state.roll_deg)
    return np.stack(
        [head @ turn @ [0, 0, 1] for turn in eye_turns(state, EYES_CM, head, CAMERA_CM)]
    )


@pytest.mark.parametrize(
    "head_deg", [(0.0, 0.0, 0.0), (25.0, 0.0, 0.0), (-20.0, 10.0, 12.0), (15.0, -12.0, -8.0)]
)
def test_eyes_turned_to_the_camera_meet_it_however_the_head_is_turned(
    head_deg: tuple[float, float, float],
) -> None:
    middle = EYES_CM.mean(axis=0)
    left, up, ahead = rotation(*head_deg).T @ (CAMERA_CM - middle)
    state = FaceState(
        yaw_deg=head_deg[0],
        pitch_deg=head_deg[1],
        roll_deg=head_deg[2],
        gaze_yaw_deg=float(np.degrees(np.arctan2(left, ahead))),
        gaze_pitch_deg=float(np.degrees(np.arctan2(up, np.hypot(left, ahead)))),
    )
    towards = CAMERA_CM - EYES_CM
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    np.testing.assert_allclose(sight(state), towards, atol=1e-5)


def test_a_glance_aside_turns_by_its_angle() -> None:
    ahead = sight(FaceState(yaw_deg=10.0)).mean(axis=0)
    left = sight(FaceState(yaw_deg=10.0, gaze_yaw_deg=20.0)).mean(axis=0)
    cosine = ahead @ left / np.linalg.norm(ahead) / np.linalg.norm(left)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(20.0, abs=0.1)
    assert left[0] > ahead[0]


def test_eyes_at_rest_look_where_the_head_points() -> None:
    ahead = sight(FaceState(yaw_deg=15.0, pitch_deg=5.0)).mean(axis=0)
    np.testing.assert_allclose(ahead / np.linalg.norm(ahead), rotation(15, 5, 0)[:, 2], atol=1e-3)


def test_both_eyes_look_at_one_point() -> None:
    left, right = sight(FaceState())
    away_cm = np.linalg.norm(CAMERA_CM - EYES_CM.mean(axis=0))
    assert left @ right == pytest.approx(np.cos(2 * np.arctan(3.0 / away_cm)), abs=1e-5)
    assert left[0] < 0 < right[0]


def test_the_camera_is_ahead_of_somebody_who_faces_it() -> None:
    placed = Placed(person("daniel"), at_cm=(20.0, 2.0, -30.0), facing_deg=90.0, size=0.5)
    camera = Camera(np.array([60.0, 3.8, -26.0], dtype=np.float32), 1.0, np.eye(4))
    eyes_cm = np.array([[3.0, 3.6, 0.0], [-3.0, 3.6, 0.0]])
    np.testing.assert_allclose(placed.camera_from(eyes_cm, camera), [-8.0, 0.0, 80.0], atol=1e-4)
