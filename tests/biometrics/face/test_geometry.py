from __future__ import annotations

import numpy as np
import pytest
from synthetic_face import NEUTRAL, pictured

from facesign.biometrics.face.geometry import align, inter_ocular_px
from facesign.biometrics.face.signals import channel_values
from facesign.errors import ShapeError

POSES = [(0, 0, 0), (25, 0, 0), (0, 18, 0), (0, 0, -30), (20, -12, 9), (-33, 21, 15)]


@pytest.mark.parametrize("pose_deg", POSES)
def test_a_known_turn_of_the_head_is_read_back(pose_deg: tuple[float, float, float]) -> None:
    aligned = align(pictured(NEUTRAL, pose_deg=pose_deg)[None])
    angles = aligned.yaw_deg[0], aligned.pitch_deg[0], aligned.roll_deg[0]
    np.testing.assert_allclose(angles, pose_deg, atol=0.01)


@pytest.mark.parametrize("pose_deg", POSES)
def test_pose_and_size_are_taken_out(pose_deg: tuple[float, float, float]) -> None:
    seen = pictured(NEUTRAL, pose_deg=pose_deg, inter_ocular_px=77.0, centre_px=(900.0, 80.0))
    aligned = align(seen[None])
    np.testing.assert_allclose(aligned.points[0], NEUTRAL, atol=1e-5)
    np.testing.assert_allclose(aligned.inter_ocular_px, 77.0, rtol=1e-5)


@pytest.mark.parametrize("pose_deg", POSES)
def test_channels_do_not_notice_the_pose(pose_deg: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(0)
    moved = NEUTRAL.copy()
    moved[[336, 296, 291, 13, 14, 152]] += rng.normal(0, 0.02, (6, 3)).astype(np.float32)
    frontal = channel_values(align(pictured(moved)[None]).points)
    turned = channel_values(align(pictured(moved, pose_deg=pose_deg)[None]).points)
    np.testing.assert_allclose(turned, frontal, atol=2e-5)


def test_a_head_turned_to_the_subjects_left_shows_more_of_the_right_cheek() -> None:
    left_temple, right_temple, nose = (
        pictured(NEUTRAL, pose_deg=(20, 0, 0))[number, 0] for number in (356, 127, 1)
    )
    assert nose - right_temple > left_temple - nose


def test_a_lost_frame_is_nan_and_its_neighbours_are_untouched() -> None:
    three = np.stack([pictured(NEUTRAL, pose_deg=(yaw, 0, 0)) for yaw in (0, 5, 10)])
    whole = align(three)
    with_hole = three.copy()
    with_hole[1, 7, 2] = np.nan
    holed = align(with_hole)
    for field in ("points", "yaw_deg", "pitch_deg", "roll_deg", "inter_ocular_px"):
        before, after = getattr(whole, field), getattr(holed, field)
        assert np.isnan(after[1]).all(), field
        np.testing.assert_array_equal(after[[0, 2]], before[[0, 2]])


def test_alignment_leaves_its_input_alone() -> None:
    landmarks = pictured(NEUTRAL)[None]
    landmarks.flags.writeable = False
    before = landmarks.copy()
    align(landmarks)
    np.testing.assert_array_equal(landmarks, before)


def test_a_turned_head_does_not_read_as_a_small_one() -> None:
    assert inter_ocular_px(pictured(NEUTRAL, inter_ocular_px=90.0)) == pytest.approx(90, abs=0.01)
    turned = pictured(NEUTRAL, inter_ocular_px=90.0, pose_deg=(40, 0, 0))
    assert inter_ocular_px(turned) == pytest.approx(90, abs=0.01)


def test_landmarks_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"\(n_frames, 478, 3\), got \(2, 468, 3\)"):
        align(np.zeros((2, 468, 3), dtype=np.float32))
