from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from facesign.samples.studio.rig import EYE_CENTRES
from facesign.samples.studio.stage.view import (
    Camera,
    View,
    ViewSettings,
    camera_on,
    draw_view,
    rotation,
)


def in_picture(camera: Camera, view: View, point_cm: np.ndarray) -> np.ndarray:
    """Return the pixel of a point in the room, from the upper left."""
    clip = camera.to_clip @ np.append(point_cm, 1)
    across, up = clip[:2] / clip[3]
    return np.array([(1 + across) / 2 * view.width_px, (1 - up) / 2 * view.height_px])


@pytest.mark.parametrize("size_px", [(640, 480), (1920, 1080), (720, 1280)])
@pytest.mark.parametrize("eyes_px", [40.0, 91.0, 140.0])
def test_the_eyes_are_as_far_apart_as_asked(size_px: tuple[int, int], eyes_px: float) -> None:
    view = View(*size_px, eyes_px=eyes_px, field_deg=60.0, height_deg=0.0, aside_deg=0.0)
    camera = camera_on(view, EYE_CENTRES)
    left, right = (in_picture(camera, view, eye) for eye in EYE_CENTRES)
    assert left[0] - right[0] == pytest.approx(eyes_px, rel=1e-3)
    assert left[0] + right[0] == pytest.approx(size_px[0], rel=1e-3)


def test_the_angle_of_view_sets_the_distance() -> None:
    view = View(1280, 720, eyes_px=100.0, field_deg=90.0, height_deg=0.0, aside_deg=0.0)
    camera = camera_on(view, np.array([[3.0, 0.0, 0.0], [-3.0, 0.0, 0.0]]))
    assert camera.focal_px == pytest.approx(640.0, rel=0.01)
    np.testing.assert_allclose(camera.at_cm, [0.0, 0.0, 38.4], atol=1e-4)


def test_a_small_face_is_never_farther_away_than_across_a_desk() -> None:
    view = View(1920, 1080, eyes_px=40.0, field_deg=60.0, height_deg=0.0, aside_deg=0.0)
    camera = camera_on(view, np.array([[3.0, 0.0, 0.0], [-3.0, 0.0, 0.0]]))
    assert camera.at_cm[2] == pytest.approx(150.0)


def test_a_camera_aside_still_has_the_eyes_in_the_middle() -> None:
    view = View(640, 480, eyes_px=84.0, field_deg=55.0, height_deg=8.0, aside_deg=10.0)
    camera = camera_on(view, EYE_CENTRES)
    middle = in_picture(camera, view, EYE_CENTRES.mean(axis=0))
    np.testing.assert_allclose(middle, [320.0, 0.395 * 480], atol=4.0)
    assert camera.at_cm[0] > 0
    assert camera.at_cm[1] > EYE_CENTRES[0, 1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"eyes_px": (30, 90)}, "within 40 and 250"),
        ({"width_px": 641}, "even"),
        ({"width_px": 640, "height_px": 480, "eyes_px": (90, 200)}, "not be above 144 in 640x480"),
        ({"zoom": 2}, "Extra inputs"),
    ],
)
def test_a_view_that_cannot_be_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ViewSettings.model_validate(settings)


def test_a_view_is_drawn_from_its_spans() -> None:
    settings = ViewSettings(eyes_px=(60, 120), aside_deg=(-5, 5))
    drawn = [draw_view(settings, np.random.default_rng(seed)) for seed in range(20)]
    assert all(60 <= view.eyes_px <= 120 and abs(view.aside_deg) <= 5 for view in drawn)
    assert len({view.eyes_px for view in drawn}) == 20
    assert drawn[3] == draw_view(settings, np.random.default_rng(3))


def test_a_turn_is_to_the_subjects_left_and_up() -> None:
    np.testing.assert_allclose(rotation(90, 0, 0) @ [0, 0, 1], [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(rotation(0, 90, 0) @ [0, 0, 1], [0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(rotation(0, 0, 90) @ [0, 1, 0], [1, 0, 0], atol=1e-6)
