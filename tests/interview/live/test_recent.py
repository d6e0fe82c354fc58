"""Hints on the capture: what the last five seconds were like, and what should be better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from facesign.biometrics.face.quality import PictureQuality
from facesign.biometrics.face.track import Face
from facesign.biometrics.stream import Frame, Sound
from facesign.interview.live.recent import Recent

GOOD = PictureQuality(
    inter_ocular_px=130.0,
    sharpness=0.3,
    brightness=110.0,
    over_exposed=0.0,
    uniformity=0.8,
    eye_whites=150.0,
)
IMAGE = np.zeros((480, 640, 3), np.uint8)


def face(time_s: float, picture: PictureQuality | None = GOOD, *, found: bool = True) -> Face:
    points = np.full((478, 3), 100.0, np.float32)
    box: Any = object() if found else None
    return Face(time_s, points, box, jumped=False, others=None, picture=picture)


def looking(
    picture: PictureQuality = GOOD, *, seconds: float = 6.0, rate_hz: float = 30.0
) -> Recent:
    recent = Recent()
    for time_s in np.arange(0.0, seconds, 1 / rate_hz).tolist():
        recent.frame(time_s, Frame(time_s, IMAGE))
        recent.event(face(time_s, picture))
    return recent


def wrong(recent: Recent) -> set[str]:
    return {hint.code for hint in recent.hints(None) if hint.ok is False}


def test_a_good_picture_gives_no_hint_and_what_was_not_measured_is_no_fault() -> None:
    recent = looking()
    assert wrong(recent) == set()
    unknown = {hint.code for hint in recent.hints(None) if hint.ok is None}
    assert unknown == {"pose", "sound_level", "noise", "clipping"}


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("light", {"brightness": 25.0, "eye_whites": 30.0}),
        ("over_exposed", {"over_exposed": 0.4}),
        ("light_evenness", {"uniformity": 0.2}),
        ("sharpness", {"sharpness": 0.1}),
        ("face_size", {"inter_ocular_px": 60.0}),
    ],
)
def test_one_thing_that_is_wrong_with_the_picture_is_one_hint(
    code: str, changed: dict[str, float]
) -> None:
    assert wrong(looking(replace(GOOD, **changed))) == {code}


def test_dark_skin_in_good_light_is_not_asked_for_more_light() -> None:
    assert wrong(looking(replace(GOOD, brightness=35.0, eye_whites=120.0))) == set()


def test_a_slow_camera_is_a_hint() -> None:
    assert wrong(looking(rate_hz=12.0)) == {"rate"}


def test_frames_that_are_skipped_become_a_hint_above_one_in_twenty() -> None:
    def skipping(every: int) -> Recent:
        recent = Recent()
        for number in range(150):
            time_s = number / 30
            frame = None if number % every == 0 else Frame(time_s, IMAGE)
            recent.frame(time_s, frame)
            recent.event(face(time_s))
        return recent

    assert wrong(skipping(10)) == {"frames_skipped"}
    assert wrong(skipping(30)) == set()
    assert (skipping(10).n_skipped, skipping(10).n_frames) == (15, 150)


def test_a_face_that_is_not_there_half_of_the_time_is_a_hint() -> None:
    recent = Recent()
    for number in range(150):
        time_s = number / 30
        recent.frame(time_s, Frame(time_s, IMAGE))
        recent.event(face(time_s, found=number < 60))
    assert wrong(recent) == {"face_seen"}


def test_a_microphone_that_is_off_is_a_hint_and_a_quiet_room_is_none() -> None:
    off, quiet = looking(), looking()
    off.sound(Sound(5.0, np.zeros(16_000, np.float32)))
    noise = np.random.default_rng(0).normal(0, 1e-3, 16_000)
    quiet.sound(Sound(5.0, noise.astype(np.float32)))
    assert wrong(off) == {"sound_level"}
    assert wrong(quiet) == set()


def test_what_was_wrong_six_seconds_ago_is_forgotten() -> None:
    recent = looking(replace(GOOD, brightness=20.0, eye_whites=20.0), seconds=3.0)
    assert wrong(recent) == {"light"}
    for time_s in np.arange(3.0, 12.0, 1 / 30).tolist():
        recent.frame(time_s, Frame(time_s, IMAGE))
        recent.event(face(time_s))
    assert wrong(recent) == set()


def test_after_consent_to_the_face_was_withdrawn_nothing_of_it_is_left() -> None:
    recent = looking()
    recent.forget_face()
    assert recent.overlay() is None
    known = {hint.code for hint in recent.hints(None) if hint.value is not None}
    assert known == {"rate", "frames_skipped"}
