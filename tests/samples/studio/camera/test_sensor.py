from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from facesign.samples.studio.camera.blur import exposed, smeared
from facesign.samples.studio.camera.picture import Image, to_light, to_srgb
from facesign.samples.studio.camera.sensor import Sensor
from facesign.samples.studio.camera.settings import FAMILIES, CameraSettings

SIZE = (320, 240)
MIDDLE = np.s_[70:170, 110:210]


def flat(shade: int) -> Image:
    return np.full((SIZE[1], SIZE[0], 3), shade, dtype=np.uint8)


def camera(**keys: Any) -> Sensor:
    fixed = {"exposure": "fixed", "exposure_ev": (0, 0), "white_balance": (0, 0)}
    settings = CameraSettings.model_validate({**fixed, **keys})
    return Sensor(settings, SIZE, np.random.default_rng(2))


def noise(sensor: Sensor, shade: int) -> float:
    """Noise of the middle in light, as a share of white."""
    pair = [sensor.expose(flat(shade), t).astype(np.float32)[MIDDLE] for t in (0.0, 0.1)]
    one, two = (to_light(p / 255) for p in pair)
    return float((one - two).std() / np.sqrt(2))


def shown(sensor: Sensor, image: Image, time_s: float = 0.0) -> float:
    return float(sensor.expose(image, time_s)[MIDDLE].mean())


@pytest.mark.parametrize("family", FAMILIES)
def test_brighter_places_have_more_noise(family: str) -> None:
    assert noise(camera(family=family), 190) > 1.6 * noise(camera(family=family), 60)


def test_variance_of_the_noise_grows_in_proportion_to_the_light() -> None:
    sensor = camera(family="branch_hd")
    shades = np.array([90, 120, 160, 200])
    variance = [noise(sensor, int(shade)) ** 2 for shade in shades]
    light = to_light(shades.astype(np.float32) / 255)
    assert np.corrcoef(light, variance)[0, 1] > 0.98


def test_less_light_means_more_noise_at_the_same_brightness() -> None:
    bright, dim = camera(), camera(light_ev=-3)
    assert shown(dim, flat(128)) == pytest.approx(shown(bright, flat(128)), abs=3)
    assert noise(camera(light_ev=-3), 128) > 1.4 * noise(camera(), 128)


def test_too_little_light_leaves_the_picture_dark() -> None:
    assert shown(camera(family="cheap_webcam", light_ev=-6), flat(128)) < 70


def test_noise_can_be_turned_off() -> None:
    sensor = camera(noise=0)
    np.testing.assert_array_equal(sensor.expose(flat(128), 0.0), sensor.expose(flat(128), 0.1))


@pytest.mark.parametrize("family", FAMILIES)
def test_corners_are_darker_than_the_middle(family: str) -> None:
    picture = camera(family=family).expose(flat(150), 0.0).astype(float)
    corners = [picture[:20, :20], picture[:20, -20:], picture[-20:, :20], picture[-20:, -20:]]
    for corner in corners:
        assert corner.mean() < picture[MIDDLE].mean() - 3


def test_a_bulging_lens_bends_lines_at_the_edge_and_not_in_the_middle() -> None:
    lines = flat(20)
    lines[28:32], lines[118:122] = 230, 230
    picture = camera(family="cheap_webcam", noise=0).expose(lines, 0.0)[..., 1].astype(float)
    rows = np.arange(240)[:, None]

    def row_of(line: slice) -> Any:
        weight = picture[line]
        return (weight * rows[line]).sum(axis=0) / weight.sum(axis=0)

    upper, middle = row_of(np.s_[14:50]), row_of(np.s_[104:136])
    assert upper[10:30].mean() - upper[150:170].mean() > 1
    assert np.ptp(middle[20:-20]) < 0.5


def test_automatic_exposure_follows_a_change_within_two_seconds() -> None:
    sensor = camera(exposure="auto", noise=0)
    before = shown(sensor, flat(128), 0.0)
    at_once = shown(sensor, flat(60), 1 / 30)
    later = [shown(sensor, flat(60), i / 30) for i in range(2, 62)]
    assert at_once < 0.6 * before
    assert at_once + 15 < later[-1] < before


def test_fixed_exposure_does_not_follow() -> None:
    sensor = camera(noise=0)
    at_once = shown(sensor, flat(60), 0.0)
    assert shown(sensor, flat(60), 5.0) == at_once


def test_a_warm_white_balance_is_red() -> None:
    red, _, blue = camera(white_balance=(0.08, 0.08)).expose(flat(128), 0.0)[MIDDLE].mean((0, 1))
    assert red > blue + 8


def test_flickering_lamps_leave_bands_that_move() -> None:
    sensor = camera(family="phone", noise=0, flicker=(0.3, 0.3), light_ev=1.0)
    rows = [sensor.expose(flat(128), t)[:, 160, 1].astype(float) for t in (0.0, 0.004)]
    assert np.ptp(rows[0]) > 8
    assert np.corrcoef(rows[0], rows[1])[0, 1] < 0.5


def test_dim_light_opens_the_shutter_as_far_as_the_rate_allows() -> None:
    assert camera(light_ev=-5).shutter_s == pytest.approx(1 / 30)
    assert 0.010 <= camera().shutter_s <= 0.020


def test_the_same_seed_gives_the_same_pictures() -> None:
    image = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    settings = CameraSettings(flicker=(0.1, 0.1))
    first, second = (Sensor(settings, SIZE, np.random.default_rng(4)) for _ in range(2))
    for t in (0.0, 0.04, 0.1):
        np.testing.assert_array_equal(first.expose(image, t), second.expose(image, t))


def test_families_draw_unlike_pictures() -> None:
    image = cv2.GaussianBlur(
        np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8), (0, 0), 2
    )
    seen = [camera(family=family).expose(image, 0.0).astype(float) for family in FAMILIES]
    for i, one in enumerate(seen):
        for other in seen[:i]:
            assert np.abs(one - other).mean() > 1


def test_light_and_srgb_undo_each_other() -> None:
    values = np.linspace(0, 1, 256, dtype=np.float32)
    np.testing.assert_allclose(to_srgb(to_light(values)), values, atol=1e-6)


def moving_dot(time_s: float) -> Image:
    image = flat(0)
    image[100:140, int(100 + 1000 * time_s)] = 255
    return image


def test_motion_is_averaged_in_light_over_the_open_shutter() -> None:
    picture = exposed(moving_dot, 0.05, 0.010, 10)
    columns = np.flatnonzero(picture[120, :, 0])
    assert len(columns) == 10
    # A tenth of white's light is sRGB 89.
    np.testing.assert_array_equal(picture[120, columns, 0], 89)


def test_one_part_is_the_picture_itself() -> None:
    np.testing.assert_array_equal(exposed(moving_dot, 0.05, 0.02, 1), moving_dot(0.05))


def test_a_smear_has_the_length_of_the_way() -> None:
    smear = smeared(moving_dot(0.05), (8.0, 0.0))
    assert np.count_nonzero(smear[120, :, 0]) == 9
    np.testing.assert_array_equal(smeared(moving_dot(0.05), (0.0, 0.0)), moving_dot(0.05))
