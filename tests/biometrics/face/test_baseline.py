from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_face import COLUMN, blocks_of, channels_over, even_times

from facesign.biometrics.face.baseline import Baseline, BaselineCollector, BaselineSource
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.stream import BoolArray, FloatArray, TimeArray

AU12 = COLUMN["au12.left"]


def collect(
    source: BaselineSource,
    blocks: list[FaceBlock],
    *,
    marked_s: tuple[float, float] | None = None,
    closed_from_s: float = 0.0,
) -> Baseline | None:
    collector = BaselineCollector(source)
    for block in blocks:
        inside = None
        if marked_s is not None:
            inside = (block.time_s >= marked_s[0]) & (block.time_s < marked_s[1])
        full = collector.push(block, inside, closed=bool(block.time_s[0] >= closed_from_s))
        if full is not None:
            return full
    return collector.finish()


def series(seconds: float, rate_hz: float = 30.0) -> tuple[TimeArray, FloatArray]:
    time_s = even_times(seconds, rate_hz)
    return time_s, channels_over(time_s)


def test_a_calm_start_is_full_after_eight_seconds() -> None:
    time_s, channels = series(12)
    baseline = collect("calm_start", list(blocks_of(time_s, channels)))
    assert baseline is not None
    assert baseline.source == "calm_start"
    assert (baseline.start_s, baseline.end_s) == (0.0, pytest.approx(8.0, abs=0.27))
    assert baseline.rate_hz == pytest.approx(30.0)


def test_less_than_eight_seconds_make_no_baseline() -> None:
    time_s, channels = series(7.9)
    assert collect("calm_start", list(blocks_of(time_s, channels))) is None


def test_speed_and_burst_have_the_spread_of_the_quick_part_where_the_skin_is_followed() -> None:
    time_s, channels = series(12)
    wide = np.where(np.arange(len(time_s)) % 2, 0.3, -0.3).astype(np.float32)
    channels[:, AU12] += wide
    plain = collect("calm_start", list(blocks_of(time_s, channels)))
    quick = np.zeros_like(channels[:8])
    quick[:, AU12] = 0.1 * wide[:8]
    followed = [replace(b, quick=quick[: len(b.time_s)]) for b in blocks_of(time_s, channels)]
    baseline = collect("calm_start", followed)
    assert plain is not None
    assert baseline is not None
    noise = CHANNELS[AU12].noise
    assert plain.quick_scale[AU12] == pytest.approx(1.4826 * 0.3 + noise, rel=1e-3)
    assert baseline.quick_scale[AU12] == pytest.approx(1.4826 * 0.03 + noise, rel=1e-3)
    np.testing.assert_array_equal(baseline.whole_scale, plain.whole_scale)


def test_a_turned_head_does_not_count() -> None:
    time_s, channels = series(20)
    yaw_deg = np.where(time_s < 10, 30.0, 0.0)
    baseline = collect("calm_start", list(blocks_of(time_s, channels, yaw_deg=yaw_deg)))
    assert baseline is not None
    assert baseline.start_s >= 10
    assert baseline.yaw_deg == 0.0


def test_a_head_that_keeps_turning_never_freezes() -> None:
    time_s, channels = series(20)
    # Slower than 40 deg/s only near the turning points, for 2.7 of the 20 s.
    yaw_deg = 15 * np.sin(2 * np.pi * 2 * time_s)
    assert collect("calm_start", list(blocks_of(time_s, channels, yaw_deg=yaw_deg))) is None


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 100.0, 120.0])
def test_noise_of_the_landmarks_is_no_turn_at_any_rate(rate_hz: float) -> None:
    time_s, channels = series(12, rate_hz)
    # Over one frame of 100 a second this is more than 40 deg/s in a quarter of the frames.
    yaw_deg = np.random.default_rng(0).normal(0.0, 0.25, len(time_s))
    baseline = collect("calm_start", list(blocks_of(time_s, channels, yaw_deg=yaw_deg)))
    assert baseline is not None
    assert baseline.end_s == pytest.approx(8.0, abs=0.3)


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0, 100.0])
def test_a_turn_is_a_turn_at_any_rate(rate_hz: float) -> None:
    time_s, channels = series(16, rate_hz)
    yaw_deg = np.clip(45 * (np.mod(time_s, 0.8) - 0.4), -18, 18)
    yaw_deg[time_s > 4] = 0.0
    baseline = collect("calm_start", list(blocks_of(time_s, channels, yaw_deg=yaw_deg)))
    assert baseline is not None
    assert baseline.end_s > 11


def test_a_small_face_does_not_count() -> None:
    time_s, channels = series(12)
    size_px = np.where(time_s < 6, 39.0, 60.0)
    blocks = list(blocks_of(time_s, channels, inter_ocular_px=size_px))
    assert collect("calm_start", blocks) is None


def test_a_lost_face_does_not_count() -> None:
    time_s, channels = series(12)
    channels[time_s >= 6] = np.nan
    assert collect("calm_start", list(blocks_of(time_s, channels))) is None


def test_marked_questions_are_the_baseline_where_there_are_any() -> None:
    time_s, channels = series(40)
    channels[:, AU12] = np.where((time_s >= 10) & (time_s < 20), 0.5, 0.1)
    baseline = collect(
        "marked_questions", list(blocks_of(time_s, channels)), marked_s=(10, 20), closed_from_s=20
    )
    assert baseline is not None
    assert baseline.source == "marked_questions"
    assert (baseline.start_s, baseline.end_s) == pytest.approx((10.0, 20.0), abs=0.05)
    assert baseline.whole_median[AU12] == pytest.approx(0.5)


def test_marked_questions_answered_too_briefly_give_way_to_the_calm_frames() -> None:
    time_s, channels = series(40)
    baseline = collect(
        "marked_questions", list(blocks_of(time_s, channels)), marked_s=(10, 12), closed_from_s=12
    )
    assert baseline is not None
    assert baseline.source == "calm_start"


def test_marked_questions_stop_at_a_minute() -> None:
    time_s, channels = series(90)
    baseline = collect(
        "marked_questions", list(blocks_of(time_s, channels)), marked_s=(0, 90), closed_from_s=90
    )
    assert baseline is not None
    assert baseline.end_s == pytest.approx(60.0, abs=0.3)


def test_a_whole_short_recording_can_be_its_own_baseline() -> None:
    time_s, channels = series(3)
    baseline = collect("whole", list(blocks_of(time_s, channels)))
    assert baseline is not None
    assert baseline.source == "whole"
    assert baseline.n_frames == 90


def test_speaking_and_listening_each_have_their_own_usual() -> None:
    time_s, channels = series(12)
    speaking: BoolArray = (time_s >= 2) & (time_s < 6)
    tremble = np.where(np.arange(len(time_s)) % 2 == 0, 0.01, -0.01)
    channels[:, AU12] = np.where(speaking, 0.4 + 2 * tremble, 0.1 + tremble)
    baseline = collect("calm_start", list(blocks_of(time_s, channels, speaking=speaking)))
    assert baseline is not None
    noise = CHANNELS[AU12].noise
    # An odd number of frames on two values has its median on one of them: MAD is 0 or 0.02.
    np.testing.assert_allclose(baseline.median[:, AU12], [0.1, 0.4], atol=0.021)
    assert baseline.scale[0, AU12] == pytest.approx(1.4826 * 0.01 + noise, rel=0.02)
    assert baseline.scale[1, AU12] == pytest.approx(1.4826 * 0.02 + noise, rel=0.02)
    assert baseline.speaking_s == pytest.approx(4.0, abs=0.05)
    assert baseline.listening_s == pytest.approx(4.0, abs=0.3)


def test_a_state_heard_too_briefly_borrows_the_whole() -> None:
    time_s, channels = series(12)
    speaking: BoolArray = (time_s >= 2) & (time_s < 3)
    channels[:, AU12] = np.where(speaking, 0.4, 0.1)
    baseline = collect("calm_start", list(blocks_of(time_s, channels, speaking=speaking)))
    assert baseline is not None
    np.testing.assert_allclose(baseline.median[:, AU12], [0.1, 0.1], atol=1e-6)


@pytest.mark.parametrize("rate_hz", [1.0, 3.0, 5.0, 10.0])
def test_a_rate_too_low_for_bursts_still_makes_a_baseline(rate_hz: float) -> None:
    time_s, channels = series(60, rate_hz)
    baseline = collect("calm_start", list(blocks_of(time_s, channels)))
    assert baseline is not None
    assert baseline.rate_hz == pytest.approx(rate_hz)
    assert np.isfinite(baseline.median).all()
    assert np.isnan(baseline.burst_median).all() == (rate_hz <= 5)


@pytest.mark.parametrize(("ratio", "limited"), [(5.5, False), (6.5, True)])
def test_a_channel_whose_sides_move_very_differently_is_limited(
    ratio: float, limited: bool
) -> None:
    time_s, channels = series(12)
    tremble = np.where(np.arange(len(time_s)) % 2 == 0, 1.0, -1.0)
    left, right = CHANNELS[AU12].noise, CHANNELS[AU12 + 1].noise
    # 1.4826 MAD and the camera's noise together make the scale; the right side is still.
    channels[:, AU12] = tremble * (ratio * right - left) / 1.4826
    baseline = collect("calm_start", list(blocks_of(time_s, channels)))
    assert baseline is not None
    names = {CHANNELS[column].name for column in np.flatnonzero(baseline.limited)}
    assert names == ({"au12.left", "au12.right"} if limited else set())


def test_frames_of_one_time_make_a_baseline_too() -> None:
    time_s, channels = series(9)
    baseline = collect("calm_start", list(blocks_of(np.repeat(time_s, 3), channels.repeat(3, 0))))
    assert baseline is not None
    assert baseline.rate_hz == pytest.approx(240.0)
