from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from camera_scenes import SIZE, count_of, counted, flat
from pydantic import TypeAdapter, ValidationError

from facesign.errors import SettingsError
from facesign.samples.studio.camera.attack import Attack
from facesign.samples.studio.camera.picture import Image
from facesign.samples.studio.camera.sensor import Sensor
from facesign.samples.studio.camera.settings import CameraSettings
from facesign.samples.studio.camera.shoot import AnyAttackSettings, prepare_attack, shoot

KINDS = (
    "printed_photo",
    "screen_replay",
    "paper_mask",
    "camera_covered",
    "looped_video",
    "frozen_video",
    "injected_clip",
)
TIMES_S = np.arange(120) / 30


def eyes(time_s: float) -> Any:
    return np.array([[185.0, 100.0], [135.0, 100.0]])


def attack(kind: str, *, seed: int = 0, footage: Any = counted, **keys: Any) -> Attack[Any]:
    adapter: TypeAdapter[AnyAttackSettings] = TypeAdapter(AnyAttackSettings)
    settings = adapter.validate_python({"kind": kind, **keys})
    return prepare_attack(
        settings,
        SIZE,
        np.random.default_rng(seed),
        footage=footage,
        photo_eyes=eyes,
        live_eyes=eyes,
    )


def run(tried: Attack[Any], scene: Any = counted) -> list[Image]:
    return [tried.apply(scene(float(t)), float(t)) for t in TIMES_S]


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_outside_the_attack_are_left_alone(kind: str) -> None:
    pictures = run(attack(kind, start_s=1.0, end_s=2.0))
    for number in (*range(30), *range(60, 120)):
        np.testing.assert_array_equal(pictures[number], counted(number / 30))


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "looped_video"])
def test_the_picture_is_another_during_the_attack(kind: str) -> None:
    pictures = run(attack(kind, start_s=1.0, end_s=3.0, footage=lambda t: flat(60)))
    for number in range(54, 68):
        off = np.abs(pictures[number].astype(int) - counted(number / 30)).mean()
        assert off > 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_attack(kind: str) -> None:
    def pictures() -> list[Image]:
        tried = attack(
            kind, start_s=0.5, seed=3, **({"period_s": (1, 1)} if "loop" in kind else {})
        )
        return [tried.apply(counted(t), float(t)) for t in TIMES_S[:60:6]]

    np.testing.assert_array_equal(pictures(), pictures())


@pytest.mark.parametrize("kind", KINDS)
def test_truth_has_kind_and_times(kind: str) -> None:
    truth = attack(kind, start_s=1.0, end_s=2.5).truth()
    assert (truth["kind"], truth["start_s"], truth["end_s"]) == (kind, 1.0, 2.5)


def test_the_callers_picture_is_not_written_to() -> None:
    for kind in KINDS:
        image = flat(120)
        attack(kind, footage=lambda t: flat(60)).apply(image, 1.0)
        assert np.all(image == 120), kind


def test_an_attack_must_end_after_its_start() -> None:
    with pytest.raises(SettingsError, match=r"got 2\.0 to 1\.0"):
        attack("frozen_video", start_s=2.0, end_s=1.0)


def test_a_replay_without_footage_is_refused() -> None:
    with pytest.raises(SettingsError, match="screen_replay needs footage"):
        attack("screen_replay", footage=None)


def test_a_value_out_of_its_limits_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"both values must be 0\.3 to 1\.5"):
        attack("printed_photo", fill=(0.9, 3.0))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="hologram"):
        attack("hologram")


def test_frozen_video_repeats_the_last_picture_to_the_bit() -> None:
    pictures = run(attack("frozen_video", start_s=1.0, end_s=3.0))
    for number in range(30, 90):
        np.testing.assert_array_equal(pictures[number], pictures[29])


@pytest.mark.parametrize("seam", ["cut", "fade"])
def test_a_loop_repeats_after_its_period(seam: str) -> None:
    pictures = run(attack("looped_video", start_s=1.5, period_s=(1.0, 1.0), seam=seam))
    counts = np.array([count_of(p) for p in pictures])
    # Recorded from 0.5 s to 1.5 s: pictures 15 to 44, then 15 again.
    settled = slice(45 + 10, 75)
    np.testing.assert_allclose(counts[settled], np.arange(15 + 10, 45), atol=1)
    np.testing.assert_allclose(counts[75:105], counts[45:75], atol=1)


def test_a_mirrored_loop_plays_backwards_first() -> None:
    pictures = run(attack("looped_video", start_s=1.5, period_s=(1.0, 1.0), seam="mirror"))
    counts = np.array([count_of(p) for p in pictures])
    np.testing.assert_allclose(counts[46:75], np.arange(44, 15, -1), atol=1)
    np.testing.assert_allclose(counts[76:105], np.arange(16, 45), atol=1)


def test_a_fading_loop_has_no_jump() -> None:
    def jumps(seam: str) -> Any:
        keys = {"start_s": 1.5, "period_s": (1.0, 1.0), "seam": seam}
        counts = [count_of(p) for p in run(attack("looped_video", **keys))]
        return np.abs(np.diff(counts)).max()

    assert jumps("cut") > 25
    assert jumps("fade") < 6


def test_an_injected_clip_keeps_its_own_rate_and_has_no_noise() -> None:
    tried = attack("injected_clip", rate_hz=15.0)
    pictures = [tried.apply(flat(200), t) for t in (0.0, 1 / 30, 2 / 30, 3 / 30)]
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert count_of(pictures[2]) == pytest.approx(2, abs=1)
    lower_half = pictures[3][150:230, 20:300].astype(float)
    assert lower_half.std() < 1


@pytest.mark.parametrize(("cover", "darker_than"), [("finger", 110), ("tape", 25), ("cloth", 110)])
def test_a_covered_camera_sees_nothing_of_the_room(cover: str, darker_than: float) -> None:
    busy = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    tried = attack("camera_covered", cover=cover, covered=(1.1, 1.1))
    covered = tried.apply(busy, 1.0).astype(float)
    assert covered.mean() < darker_than
    assert np.abs(np.diff(covered, axis=1)).mean() < 1


def test_a_finger_on_the_lens_glows_red() -> None:
    covered = attack("camera_covered", covered=(1.1, 1.1)).apply(flat(170), 1.0).mean((0, 1))
    assert covered[0] > 2 * covered[1]


def test_what_the_camera_sees_gets_noise_and_what_replaces_it_does_not() -> None:
    def pair(kind: str) -> list[Image]:
        sensor = Sensor(CameraSettings(exposure="fixed"), SIZE, np.random.default_rng(1))
        attacks = (
            [attack(kind, start_s=0.05, sway_cm=(0, 0), tilt_deg=(0, 0))]
            if (kind == "printed_photo")
            else [attack(kind, start_s=0.05)]
        )
        return [p for _, p in shoot(lambda t: flat(120), [0.0, 2.0, 2.1], sensor, attacks=attacks)]

    _, one, other = pair("printed_photo")
    assert np.any(one != other)
    _, one, other = pair("frozen_video")
    np.testing.assert_array_equal(one, other)
