from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from synthetic_face import NEUTRAL, pictured

from facesign.biometrics.face.faces import FaceBox, box_of
from facesign.biometrics.face.quality import (
    LIMITS,
    FaceReason,
    PictureQuality,
    grade,
    measure_picture,
    reliability_of,
)
from facesign.biometrics.stream import FloatArray

LANDMARKS = pictured(NEUTRAL, inter_ocular_px=96.0)
EYES = ((272, 200), (368, 200))
LIDS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382),
)


def textured(brightness: float = 120.0, contrast: float = 40.0) -> npt.NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    grey = brightness + contrast * rng.standard_normal((480, 640))
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def test_brightness_is_the_median_of_the_face() -> None:
    image = np.full((480, 640, 3), 10, dtype=np.uint8)
    image[100:400, 150:500] = 140
    assert measure_picture(image, LANDMARKS).brightness == 140


def test_dark_skin_with_lit_eyes_is_not_in_the_dark() -> None:
    face, image = _with_eyes(open_px=9), np.full((480, 640, 3), 45, dtype=np.uint8)
    for x, y in EYES:
        cv2.circle(image, (x, y), 20, (190, 190, 190), -1)
        cv2.circle(image, (x, y), 6, (20, 20, 20), -1)
    quality = measure_picture(image, face)
    assert (quality.brightness, quality.eye_whites, quality.light) == (45, 190, 190)
    assert grade("under_exposure", quality.light) == 1


def test_shut_eyes_in_a_lit_face_are_not_in_the_dark() -> None:
    image = np.full((480, 640, 3), 130, dtype=np.uint8)
    quality = measure_picture(image, _with_eyes(open_px=0))
    assert np.isnan(quality.eye_whites)
    assert quality.light == 130


def _with_eyes(open_px: int) -> FloatArray:
    """Return a face whose lids are ellipses of 40 px, as far open as this up and down."""
    face = LANDMARKS.copy()
    around = np.linspace(0, 2 * np.pi, len(LIDS[0]), endpoint=False)
    for (x, y), lids, first in zip(EYES, LIDS, (468, 473), strict=True):
        face[list(lids), 0] = x + 20 * np.cos(around)
        face[list(lids), 1] = y + open_px * np.sin(around)
        face[first, :2] = x, y
        face[first + 1 : first + 5, :2] = np.add((x, y), [(6, 0), (0, -6), (-6, 0), (0, 6)])
    return face


def test_size_is_the_distance_between_the_eyes() -> None:
    assert measure_picture(textured(), LANDMARKS).inter_ocular_px == pytest.approx(96, abs=0.01)


def test_over_exposure_is_the_share_of_burnt_pixels() -> None:
    image = np.full((480, 640, 3), 100, dtype=np.uint8)
    box = box_of(LANDMARKS)
    image[:, : int(box.x_px)] = 255
    assert measure_picture(image, LANDMARKS).over_exposed == pytest.approx(0.5, abs=0.01)


def test_uniformity_compares_the_halves_of_the_face() -> None:
    image = np.full((480, 640, 3), 100, dtype=np.uint8)
    assert measure_picture(image, LANDMARKS).uniformity == pytest.approx(1.0)
    image[:, int(box_of(LANDMARKS).x_px) :] = 50
    assert measure_picture(image, LANDMARKS).uniformity == pytest.approx(0.5, abs=0.01)


def test_a_blurred_face_is_less_sharp_at_any_contrast() -> None:
    sharp = measure_picture(textured(), LANDMARKS).sharpness
    faint = measure_picture(textured(contrast=15), LANDMARKS).sharpness
    blurred = cv2.GaussianBlur(textured(), (0, 0), 3).astype(np.uint8)
    assert faint == pytest.approx(sharp, rel=0.05)
    assert measure_picture(blurred, LANDMARKS).sharpness < 0.5 * sharp


def test_a_face_outside_the_picture_is_not_measured() -> None:
    outside = pictured(NEUTRAL, centre_px=(2000.0, 240.0))
    quality = measure_picture(textured(), outside)
    values = (quality.sharpness, quality.light, quality.over_exposed, quality.uniformity)
    assert all(np.isnan(value) for value in values)


def test_measuring_leaves_the_picture_alone() -> None:
    image = textured()
    image.flags.writeable = False
    before = image.copy()
    assert isinstance(measure_picture(image, LANDMARKS), PictureQuality)
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("reason", LIMITS)
def test_quality_runs_from_0_at_the_usable_limit_to_1_at_the_good_one(reason: FaceReason) -> None:
    limit = LIMITS[reason]
    beyond = limit.good + (limit.good - limit.usable)
    assert grade(reason, limit.usable) == 0
    assert grade(reason, (limit.usable + limit.good) / 2) == pytest.approx(0.5)
    assert grade(reason, limit.good) == grade(reason, beyond) == 1
    assert grade(reason, limit.usable - (limit.good - limit.usable)) == 0
    assert grade(reason, float("nan")) == 0


@pytest.mark.parametrize(
    ("rate_hz", "size_px", "reliability"),
    [
        (30.0, 120.0, "high"),
        (23.976, 150.0, "high"),
        (20.0, 150.0, "medium"),
        (30.0, 119.0, "medium"),
        (20.0, 60.0, "low"),
        (14.985, 150.0, "medium"),
        (14.0, 150.0, "none"),
        (30.0, 39.0, "none"),
    ],
)
def test_reliability_falls_with_frame_rate_and_face_size(
    rate_hz: float, size_px: float, reliability: str
) -> None:
    assert reliability_of(rate_hz, size_px) == reliability


def test_the_distance_of_two_faces_counts_in_widths_of_the_first() -> None:
    near, far = FaceBox(100.0, 100.0, 50.0), FaceBox(130.0, 140.0, 100.0)
    assert near.distance_to(far) == pytest.approx(1.0)
    assert far.distance_to(near) == pytest.approx(0.5)


def test_the_box_of_a_face_spans_its_landmarks() -> None:
    landmarks = np.zeros((478, 3), dtype=np.float32)
    landmarks[:, :2] = [300, 200]
    landmarks[7, :2], landmarks[9, :2] = [260, 180], [320, 260]
    assert box_of(landmarks) == FaceBox(290.0, 220.0, 60.0)
