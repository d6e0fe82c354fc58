from __future__ import annotations

import itertools

import numpy as np
import pytest

from facesign.errors import SettingsError
from facesign.samples.studio.acting.lips import lip_weights
from facesign.samples.studio.acting.motion import (
    Blink,
    Glance,
    Pulse,
    blink_closure,
    gaze_angles,
    plan_blinks,
    pulse_curve,
    sway,
)
from facesign.samples.studio.sound.voices import Phone

PULSE = Pulse(1.0, 1.1, 1.3, 0.6, ("browInnerUp_L",), ("au1.left",))


def test_a_pulse_is_zero_at_its_ends_and_full_at_its_apex() -> None:
    time_s = np.array([0.9, 1.0, 1.05, 1.1, 1.2, 1.3, 1.4])
    np.testing.assert_allclose(pulse_curve(time_s, PULSE), [0, 0, 0.3, 0.6, 0.3, 0, 0], atol=1e-12)


def test_a_pulse_out_of_order_is_refused() -> None:
    with pytest.raises(SettingsError, match="onset < apex < offset"):
        Pulse(1.0, 0.9, 1.3, 0.6, (), ())


def test_lids_close_from_onset_to_apex_and_fall_faster_than_they_rise() -> None:
    blink = Blink.at(2.0)
    time_s = np.array([blink.onset_s, 2.0, blink.offset_s])
    np.testing.assert_allclose(blink_closure(time_s, [blink]), [0, 1, 0], atol=1e-12)
    assert 2.0 - blink.onset_s < 0.6 * (blink.offset_s - 2.0)


@pytest.mark.parametrize("seed", range(20))
def test_blinks_keep_apart_and_clear_of_given_spans(seed: int) -> None:
    rng = np.random.default_rng(seed)
    blinks = plan_blinks(rng, 60.0, per_minute=17, keep_clear=[(10.0, 12.0), (30.0, 31.0)])
    assert 10 <= len(blinks) <= 24
    for before, after in itertools.pairwise(blinks):
        assert after.onset_s > before.offset_s + 0.5
    for blink in blinks:
        assert blink.offset_s <= 10.0 or blink.onset_s >= 12.0
        assert blink.offset_s <= 30.0 or blink.onset_s >= 31.0


def test_eyes_jump_within_fifty_milliseconds_and_then_hold() -> None:
    time_s = np.array([0.0, 0.99, 1.025, 1.05, 2.0])
    yaw, pitch = gaze_angles(time_s, [Glance(0, 0, 0), Glance(1.0, 10, -4)])
    np.testing.assert_allclose(yaw, [0, 0, 5, 10, 10], atol=1e-9)
    np.testing.assert_allclose(pitch, [0, 0, -2, -4, -4], atol=1e-9)


def test_sway_has_about_unit_deviation_and_no_jumps() -> None:
    time_s = np.arange(0, 600, 1 / 30)
    wander = sway(np.random.default_rng(0), time_s, period_s=2.0)
    assert 0.8 < wander.std() < 1.2
    assert np.abs(np.diff(wander)).max() < 0.2


def test_lips_meet_on_a_bilabial_and_open_on_a_vowel() -> None:
    phones = [Phone("ɑː", 0.0, 0.2), Phone("m", 0.2, 0.32), Phone("ɑː", 0.32, 0.5)]
    weights = lip_weights(np.array([0.1, 0.23, 0.4, 1.5]), phones)
    gap = weights["jawOpen"] - weights["mouthClose"]
    assert gap[0] > 0.2
    assert gap[1] < 0.03
    assert gap[2] > 0.2
    assert gap[3] == pytest.approx(0, abs=1e-6)


def test_a_silent_mouth_stays_at_rest() -> None:
    weights = lip_weights(np.linspace(0, 1, 5), [])
    assert all((series == 0).all() for series in weights.values())
