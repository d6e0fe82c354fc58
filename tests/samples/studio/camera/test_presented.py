from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from camera_scenes import SIZE, flat

from facesign.samples.studio.camera.mask import PaperMask, PaperMaskSettings
from facesign.samples.studio.camera.paper import PrintedPhoto, PrintedPhotoSettings
from facesign.samples.studio.camera.picture import Image
from facesign.samples.studio.camera.screen import ScreenReplay, ScreenReplaySettings
from facesign.samples.studio.camera.sensor import Sensor
from facesign.samples.studio.camera.settings import CameraSettings
from facesign.samples.studio.camera.sheet import FOCAL, Pose, look_at

MIDDLE = np.s_[70:170, 100:220]
STILL = {"sway_cm": (0.0, 0.0), "tilt_deg": (0.0, 0.0)}


def sheet(**keys: Any) -> npt.NDArray[np.float32]:
    """Pixels that a sheet of 20 x 10 cm at 50 cm covers."""
    return look_at(Pose(0, 0, 50, **keys), SIZE).inside(20, 10)


def replay(**keys: Any) -> ScreenReplay:
    settings = ScreenReplaySettings.model_validate({**STILL, "reflection": (0, 0), **keys})
    return ScreenReplay(settings, SIZE, lambda t: flat(150), np.random.default_rng(1))


def photo(**keys: Any) -> PrintedPhoto:
    settings = PrintedPhotoSettings.model_validate({"hands": False, **STILL, **keys})
    return PrintedPhoto(settings, SIZE, lambda t: flat(150), np.random.default_rng(1))


def peak(image: Image) -> float:
    """Strongest frequency above the usual ones in the middle of a picture."""
    patch = image[MIDDLE][..., 1].astype(float)
    patch -= patch.mean(axis=1, keepdims=True)
    patch *= np.hanning(100)[:, None] * np.hanning(120)
    power = np.abs(np.fft.fft2(patch))[2:51, 3:]
    return float(power.max() / np.median(power))


def test_a_sheet_has_its_size_in_perspective() -> None:
    focal_px = FOCAL * SIZE[1]
    assert sheet().sum() == pytest.approx((20 / 50) * (10 / 50) * focal_px**2, rel=0.01)
    # Turned by 60 degrees its ends are 5 cm to the sides, 8.66 cm nearer and farther.
    near, far = 1 / (50 - 8.66), 1 / (50 + 8.66)
    trapezoid = 5 * (near + far) * 10 * (near + far) / 2
    assert sheet(yaw_deg=60).sum() == pytest.approx(trapezoid * focal_px**2, rel=0.01)


def test_a_turned_sheet_is_smaller_on_its_far_side() -> None:
    seen = look_at(Pose(0, 0, 50, yaw_deg=30), SIZE)
    assert seen.px_per_cm[120, 110] > seen.px_per_cm[120, 210]
    assert np.all(np.abs(sheet(yaw_deg=30)[:, 160:].sum()) < sheet(yaw_deg=30)[:, :160].sum())


def test_the_edges_of_a_bent_sheet_come_nearer() -> None:
    bent, flat_ = (look_at(Pose(0, 0, 50, bend=b), SIZE) for b in (0.02, 0.0))
    assert bent.px_per_cm[120, 60] > 1.02 * flat_.px_per_cm[120, 60]
    assert bent.px_per_cm[120, 160] == pytest.approx(flat_.px_per_cm[120, 160], rel=1e-3)


def test_a_picture_on_a_sheet_is_not_mirrored() -> None:
    picture = np.zeros((10, 20, 3), dtype=np.float32)
    picture[:5, :10] = 1
    laid = look_at(Pose(0, 0, 50), SIZE).texture(picture, 20, 10)
    assert laid[90, 110, 0] == 1
    assert laid[90, 210, 0] == laid[150, 110, 0] == 0


def test_a_replayed_screen_has_moire_and_a_live_picture_has_none() -> None:
    camera = Sensor(CameraSettings(), SIZE, np.random.default_rng(2))
    live = camera.expose(flat(150), 0.0)
    shown = camera.expose(replay(fill=(0.95, 0.95)).apply(flat(150), 0.1), 0.1)
    assert peak(shown) > 2.5 * peak(live)


def test_moire_can_be_turned_off() -> None:
    off = replay(moire=(0, 0)).apply(flat(150), 0.1)
    assert peak(replay().apply(flat(150), 0.1)) > 3 * peak(off)


def test_refresh_leaves_bands_that_move() -> None:
    tried = replay(moire=(0, 0), flicker=(0.1, 0.1), refresh_hz=(60, 60), device="monitor")
    rows = [tried.apply(flat(150), t)[60:180, 160].mean(axis=1) for t in (0.0, 1 / 240)]
    assert np.ptp(rows[0]) > 3
    assert abs(np.argmin(rows[0]) - np.argmin(rows[1])) > 20


def test_a_screen_is_bluer_than_its_footage() -> None:
    red, _, blue = replay(moire=(0, 0)).apply(flat(150), 0.1)[MIDDLE].mean((0, 1))
    assert blue > red + 5


def test_a_screen_shows_a_picture_of_its_footage_at_the_footages_rate() -> None:
    asked: list[float] = []

    def footage(time_s: float) -> Image:
        asked.append(time_s)
        return flat(150)

    settings = ScreenReplaySettings(footage_rate_hz=10)
    tried = ScreenReplay(settings, SIZE, footage, np.random.default_rng(0))
    for time_s in np.arange(30) / 30:
        tried.apply(flat(150), float(time_s))
    np.testing.assert_allclose(asked, np.arange(10) / 10)


def test_a_screen_has_a_dark_bezel() -> None:
    picture = replay(fill=(0.75, 0.75)).apply(flat(200), 0.1)
    assert picture[120].min() < 60


def test_print_has_no_true_black_and_no_strong_colours() -> None:
    colours = np.zeros((240, 320, 3), dtype=np.uint8)
    colours[:, 160:] = (255, 0, 0)
    settings = PrintedPhotoSettings(paper="plain", hands=False)
    tried = PrintedPhoto(settings, SIZE, lambda t: colours, np.random.default_rng(1))
    picture = tried.apply(flat(200), 1.0)
    black, red = picture[110:130, 100:130].mean((0, 1)), picture[110:130, 190:220].mean((0, 1))
    assert black.min() > 40
    assert red[1] > 60


def test_a_photo_is_brighter_in_a_brighter_room() -> None:
    dim, bright = (photo().apply(flat(shade), 1.0)[MIDDLE].mean() for shade in (60, 200))
    assert bright > 2 * dim


def test_a_held_photo_moves_and_what_it_shows_does_not() -> None:
    marked = flat(150)
    marked[100:140, 150:170] = 20
    settings = PrintedPhotoSettings(hands=False)
    tried = PrintedPhoto(settings, SIZE, lambda t: marked, np.random.default_rng(1))
    places = []
    for time_s in np.arange(20) / 10:
        dark = tried.apply(flat(200), float(time_s))[60:180, 100:220, 0] < 90
        places.append(np.argwhere(dark).mean(axis=0))
        # 20 x 40 px, of which the white edge and the paper's size leave about 0.77.
        assert dark.sum() == pytest.approx(617, rel=0.15)
    assert np.ptp(places, axis=0).max() > 2


def test_a_photo_is_raised_from_below_and_lowered_again() -> None:
    tried = photo(start_s=1.0, end_s=4.0)
    times = (1.0, 1.35, 1.8, 3.2, 3.65, 3.99)
    covered = [(tried.apply(flat(250), t)[..., 0] < 220).mean() for t in times]
    assert covered[0] < 0.2 < covered[1] < 0.8 < covered[2]
    assert covered[2] == pytest.approx(covered[3], abs=0.05)
    assert covered[5] < 0.2 < covered[4] < 0.8


def test_a_masks_eye_holes_show_the_wearers_eyes() -> None:
    eyes = np.array([[185.0, 100.0], [135.0, 100.0]])
    pictures = {}
    for holes in (True, False):
        settings = PaperMaskSettings(eye_holes=holes, slip=(0, 0), larger=(1, 1))
        rng = np.random.default_rng(0)
        tried = PaperMask(settings, lambda t: flat(60), lambda t: eyes, lambda t: eyes, rng)
        pictures[holes] = tried.apply(flat(200), 0.0)
    assert pictures[True][100, 185].mean() > 140
    assert pictures[False][100, 185].mean() < 110
    assert pictures[True][130, 160].mean() < 110
    assert np.all(pictures[True][20, 20] == 200)


def test_a_mask_follows_the_wearers_eyes() -> None:
    photo_eyes = np.array([[185.0, 100.0], [135.0, 100.0]])
    settings = PaperMaskSettings(eye_holes=False, slip=(0, 0), larger=(1, 1))
    centres = []
    for shift in (0.0, 40.0):
        tried = PaperMask(
            settings,
            lambda t: flat(20),
            lambda t: photo_eyes,
            lambda t, s=shift: photo_eyes + np.array([s, 0]),
            np.random.default_rng(0),
        )
        dark = tried.apply(flat(250), 0.0)[..., 0] < 100
        centres.append(np.argwhere(dark).mean(axis=0))
    np.testing.assert_allclose(centres[1] - centres[0], [0, 40], atol=1)
