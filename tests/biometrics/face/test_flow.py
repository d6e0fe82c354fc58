from __future__ import annotations

import cv2
import numpy as np
import pytest
from synthetic_face import NEUTRAL, face_at, pictured

from facesign.biometrics.face.flow import MIRROR_POINTS, POINTS, SkinFlow
from facesign.biometrics.face.geometry import frontal_fit
from facesign.biometrics.face.track import Face
from facesign.biometrics.stream import Frame

SIZE = 480
BROW = [POINTS.index(point) for point in (107, 55, 66, 65)]
CHIN = [POINTS.index(point) for point in (199, 200, 152)]


def skin(seed: int = 0) -> np.ndarray:
    """A picture with texture everywhere, as skin has it."""
    noise = np.random.default_rng(seed).uniform(0, 255, (SIZE, SIZE))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    smooth = np.clip(128 + 14 * (smooth - smooth.mean()), 0, 255).astype(np.uint8)
    return np.dstack([smooth] * 3)


def shifted(picture: np.ndarray, x: slice, y: slice, up_px: float) -> np.ndarray:
    """Move what lies in a window upwards."""
    matrix = np.array([[1.0, 0, 0], [0, 1, -up_px]])
    moved = cv2.warpAffine(picture, matrix, (SIZE, SIZE))
    out = picture.copy()
    out[y, x] = moved[y, x]
    return out


LANDMARKS = pictured(NEUTRAL)


def face(time_s: float) -> Face:
    return face_at(time_s, LANDMARKS)


def test_skin_that_moves_up_by_two_pixels_flows_up_there_alone() -> None:
    still = skin()
    x, y = LANDMARKS[[107, 55, 66, 65], :2].mean(axis=0)
    window = slice(int(x) - 40, int(x) + 40), slice(int(y) - 40, int(y) + 40)
    flow = SkinFlow()
    first = flow.measured(face(0.0), Frame(0.0, still))
    second = flow.measured(face(1 / 30), Frame(1 / 30, shifted(still, *window, 2.0)))
    assert first.flow is None
    assert second.flow is not None
    size_px = np.linalg.norm(LANDMARKS[[263, 362], :2].mean(0) - LANDMARKS[[33, 133], :2].mean(0))
    np.testing.assert_allclose(second.flow[BROW, 1], -2.0 / size_px, atol=0.3 / size_px)
    np.testing.assert_allclose(second.flow[CHIN], 0.0, atol=0.1 / size_px)


def test_a_face_that_stays_still_has_no_flow() -> None:
    flow, still = SkinFlow(), skin()
    seen = [flow.measured(face(i / 30), Frame(i / 30, still)) for i in range(5)]
    for one in seen[1:]:
        assert one.flow is not None
        np.testing.assert_allclose(one.flow, 0.0, atol=1e-3)


def test_what_lasts_is_no_flow_after_a_while() -> None:
    flow, still = SkinFlow(), skin()
    x, y = LANDMARKS[[107, 55, 66, 65], :2].mean(axis=0)
    window = slice(int(x) - 40, int(x) + 40), slice(int(y) - 40, int(y) + 40)
    moved = shifted(still, *window, 2.0)
    flow.measured(face(0.0), Frame(0.0, still))
    seen = [flow.measured(face(i / 30), Frame(i / 30, moved)) for i in range(1, 121)]
    assert seen[0].flow is not None
    assert seen[-1].flow is not None
    assert abs(seen[-1].flow[BROW, 1]).max() < 0.2 * abs(seen[0].flow[BROW, 1]).max()


@pytest.mark.parametrize("pause_s", [0.4, 3.0])
def test_after_a_hole_the_first_frame_has_no_flow(pause_s: float) -> None:
    flow, still = SkinFlow(), skin()
    flow.measured(face(0.0), Frame(0.0, still))
    assert flow.measured(face(pause_s), Frame(pause_s, still)).flow is None


def test_a_face_that_was_lost_begins_anew() -> None:
    flow, still = SkinFlow(), skin()
    flow.measured(face(0.0), Frame(0.0, still))
    lost = flow.measured(face_at(1 / 30, None), Frame(1 / 30, still))
    back = flow.measured(face(2 / 30), Frame(2 / 30, still))
    assert lost.flow is None
    assert back.flow is None


def test_the_picture_is_not_written_to() -> None:
    flow, still = SkinFlow(), skin()
    before = still.copy()
    flow.measured(face(0.0), Frame(0.0, still))
    flow.measured(face(1 / 30), Frame(1 / 30, still))
    np.testing.assert_array_equal(still, before)


def test_every_point_has_its_mirror_point_on_the_other_side() -> None:
    assert len(set(POINTS)) == len(POINTS)
    np.testing.assert_array_equal(MIRROR_POINTS[MIRROR_POINTS], np.arange(len(POINTS)))
    points = NEUTRAL[list(POINTS)]
    np.testing.assert_allclose(points[MIRROR_POINTS] * (-1, 1, 1), points, atol=0.02)


@pytest.mark.parametrize("roll_deg", [0.0, 20.0])
def test_the_frontal_fit_turns_any_face_upright_and_to_unit_size(roll_deg: float) -> None:
    points = pictured(NEUTRAL, pose_deg=(0.0, 0.0, roll_deg))[:, :2].astype(np.float64)
    fit = frontal_fit(points)
    upright = points @ fit[:, :2].T + fit[:, 2]
    left, right = upright[[263, 362]].mean(axis=0), upright[[33, 133]].mean(axis=0)
    np.testing.assert_allclose(left, (0.5, 0.0), atol=0.02)
    np.testing.assert_allclose(right, (-0.5, 0.0), atol=0.02)
    assert upright[152, 1] < -1.0
