from __future__ import annotations

import math
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from synthetic_face import COLUMN, blocks_of, channels_over, even_times

from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.meter import WHOLE_MOST_S, SignalMeter
from facesign.biometrics.face.signals import CHANNELS, SIGNALS, Signals
from facesign.biometrics.stream import FloatArray
from facesign.errors import SettingsError

NOISE = np.array([channel.noise for channel in CHANNELS], dtype=np.float32)
NUMBER = {signal.name: index for index, signal in enumerate(SIGNALS)}
per_signal = pytest.mark.parametrize("name", NUMBER)


def read(meter: SignalMeter, blocks: list[FaceBlock]) -> FloatArray:
    parts = [signals for block in blocks for signals in meter.push(block)]
    return joined([*parts, *meter.finish()])


def joined(parts: list[Signals]) -> FloatArray:
    return np.concatenate([part.values for part in parts])


@pytest.fixture(scope="module")
def ramps() -> FloatArray:
    """All channels still for 10 s, then each rising by 40 of its noises a second."""
    time_s = even_times(12)
    rise = 40 * np.maximum(time_s - 10, 0)
    channels = channels_over(time_s) + rise[:, None].astype(np.float32) * NOISE
    return read(SignalMeter("calm_start"), list(blocks_of(time_s, channels)))


@pytest.fixture(scope="module")
def trembling() -> FloatArray:
    """All channels still for 10 s, then each a 5 Hz sine of three of its noises."""
    time_s = even_times(14)
    sine = np.where(time_s > 10, 3 * np.sin(2 * np.pi * 5 * time_s), 0)
    channels = channels_over(time_s) + sine[:, None].astype(np.float32) * NOISE
    return read(SignalMeter("calm_start"), list(blocks_of(time_s, channels)))


@pytest.fixture(scope="module")
def holed() -> FloatArray:
    """As `ramps`, with the face lost in frame 330, at 11 s."""
    time_s = even_times(12)
    rise = 40 * np.maximum(time_s - 10, 0)
    channels = channels_over(time_s) + rise[:, None].astype(np.float32) * NOISE
    channels[330] = np.nan
    return read(SignalMeter("calm_start"), list(blocks_of(time_s, channels)))


@per_signal
def test_every_signal_reads_a_known_movement(
    name: str, ramps: FloatArray, trembling: FloatArray
) -> None:
    values = ramps[:, NUMBER[name]]
    assert values.shape == (360,)
    match name.rsplit(".", 1)[1]:
        case "level":
            # A still baseline has no spread of its own: one deviation is the camera's noise.
            np.testing.assert_allclose(values[250:301], 0, atol=1e-3)
            assert values[345] == pytest.approx(40 * 1.5, rel=1e-3)
        case "speed":
            np.testing.assert_allclose(values[250:300], 0, atol=0.05)
            np.testing.assert_allclose(values[305:], 40, rtol=5e-3)
        case "burst":
            settled = trembling[360:, NUMBER[name]]
            assert np.sqrt(np.mean(settled**2)) == pytest.approx(3 / math.sqrt(2), rel=0.02)


@per_signal
def test_every_signal_is_nan_until_the_baseline_is_full(name: str, ramps: FloatArray) -> None:
    values = ramps[:, NUMBER[name]]
    assert np.isnan(values[:240]).all()
    assert np.isfinite(values[260:]).all()


@per_signal
def test_every_signal_is_nan_where_the_face_is_lost_and_untouched_before(
    name: str, ramps: FloatArray, holed: FloatArray
) -> None:
    whole, lost = ramps[:, NUMBER[name]], holed[:, NUMBER[name]]
    assert np.isnan(lost[330])
    np.testing.assert_array_equal(lost[:330], whole[:330])
    # A run starts afresh: a slope needs two frames, a burst a quarter of a second.
    again = {"level": 331, "speed": 332, "burst": 338}[name.rsplit(".", 1)[1]]
    assert np.isnan(lost[330:again]).all()
    assert np.isfinite(lost[again:]).all()


def test_level_by_hand() -> None:
    time_s = even_times(11)
    tremble = np.where(np.arange(len(time_s)) % 3 == 0, 0.02, np.arange(len(time_s)) % 3 * -0.01)
    values = np.where(time_s < 10, tremble, 0.3)
    channels = channels_over(time_s, au12_left=values, au12_right=tremble)
    signals = read(SignalMeter("calm_start"), list(blocks_of(time_s, channels)))
    # Values 0.02, -0.01, -0.02 in turn: median -0.01, deviations 0.03, 0 and 0.01.
    expected = (0.3 + 0.01) / (1.4826 * 0.01 + CHANNELS[COLUMN["au12.left"]].noise)
    assert signals[-1, NUMBER["au12.left.level"]] == pytest.approx(expected, rel=1e-4)


def test_speaking_is_compared_with_speaking_and_listening_with_listening() -> None:
    time_s = even_times(14)
    speaking = (np.floor(time_s / 2) % 2).astype(bool)
    channels = channels_over(time_s, au25=np.where(speaking, 0.2, 0.02))
    blocks = blocks_of(time_s, channels, speaking=speaking)
    level = read(SignalMeter("calm_start"), list(blocks))[:, NUMBER["au25.level"]]
    np.testing.assert_allclose(level[time_s > 8.5], 0, atol=1e-3)


def test_a_channel_that_moves_on_one_side_only_is_not_assessed() -> None:
    time_s = even_times(10)
    tremble = np.where(np.arange(len(time_s)) % 2 == 0, 0.1, -0.1)
    blocks = blocks_of(time_s, channels_over(time_s, au12_left=tremble))
    values = read(SignalMeter("calm_start"), list(blocks))[-1]
    silent = {name for name, number in NUMBER.items() if np.isnan(values[number])}
    assert silent == {name for name in NUMBER if name.startswith("au12.")}


def test_input_is_not_modified() -> None:
    time_s = even_times(10)
    channels = channels_over(time_s)
    channels.flags.writeable = False
    before = channels.copy()
    read(SignalMeter("calm_start"), list(blocks_of(time_s, channels)))
    np.testing.assert_array_equal(channels, before)


@pytest.mark.parametrize(("rate_hz", "assessed"), [(14.0, False), (14.985, True), (24.0, True)])
def test_a_rate_below_15_hz_is_not_assessed(rate_hz: float, assessed: bool) -> None:
    time_s = even_times(12, rate_hz)
    values = read(SignalMeter("calm_start"), list(blocks_of(time_s, channels_over(time_s))))
    assert np.isfinite(values).any() == assessed


def test_a_face_of_less_than_40_px_is_not_assessed() -> None:
    time_s = even_times(12)
    size_px = np.where(time_s < 10, 41.0, 39.0)
    blocks = blocks_of(time_s, channels_over(time_s), inter_ocular_px=size_px)
    values = read(SignalMeter("calm_start"), list(blocks))
    assert np.isfinite(values[260:300]).all()
    assert np.isnan(values[300:]).all()


def test_a_hole_between_frames_starts_speed_and_burst_afresh() -> None:
    time_s = np.concatenate([even_times(10), even_times(2) + 12])
    channels = channels_over(time_s, au1_left=np.where(time_s < 11, 0.0, 0.5))
    values = read(SignalMeter("calm_start"), list(blocks_of(time_s, channels)))
    assert np.isnan(values[300, NUMBER["au1.left.speed"]])
    assert values[310:, NUMBER["au1.left.speed"]] == pytest.approx(0, abs=0.05)
    assert np.isnan(values[300:306, NUMBER["au1.left.burst"]]).all()
    assert values[310:, NUMBER["au1.left.burst"]] == pytest.approx(0, abs=1e-3)


def test_a_short_recording_has_no_values_at_all() -> None:
    time_s = even_times(7)
    meter = SignalMeter("calm_start")
    values = read(meter, list(blocks_of(time_s, channels_over(time_s))))
    assert values.shape == (210, 132)
    assert np.isnan(values).all()
    assert meter.baseline is None


def test_a_short_recording_can_be_read_against_its_whole_length() -> None:
    time_s = even_times(7)
    meter = SignalMeter("whole")
    blocks = list(blocks_of(time_s, channels_over(time_s)))
    assert not list(chain.from_iterable(meter.push(block) for block in blocks))
    values = joined(list(meter.finish()))
    assert np.isfinite(values[8:]).all()
    assert [baseline.source for baseline in meter.baselines] == ["whole"]


def test_a_long_recording_cannot_be_its_own_baseline() -> None:
    time_s = even_times(WHOLE_MOST_S + 2, 15.0)
    meter = SignalMeter("whole")
    with pytest.raises(SettingsError, match="up to 300 s; leave --baseline at auto"):
        read(meter, list(blocks_of(time_s, channels_over(time_s))))


@pytest.mark.parametrize(
    ("reason", "size_px", "luma"),
    [("face_size_changed", 90.0, 120.0), ("light_changed", 120.0, 70.0)],
)
def test_another_size_or_light_asks_for_another_baseline(
    reason: str, size_px: float, luma: float
) -> None:
    time_s = even_times(30)
    later = time_s >= 12
    rest = np.where(later, 0.5, 0.1)
    blocks = blocks_of(
        time_s,
        channels_over(time_s, au12_left=rest),
        inter_ocular_px=np.where(later, size_px, 130.0),
        brightness=np.where(later, luma, 120.0).tolist(),
    )
    meter = SignalMeter("calm_start")
    values = read(meter, list(blocks))
    assert [entry.reason for entry in meter.rebased] == [reason]
    assert meter.rebased[0].time_s == pytest.approx(14.3, abs=0.3)
    assert len(meter.baselines) == 2
    assert meter.baselines[1].start_s >= meter.rebased[0].time_s
    level = values[:, NUMBER["au12.left.level"]]
    assert np.isnan(level[(time_s > 15) & (time_s < 22)]).all()
    np.testing.assert_allclose(level[time_s > 24], 0, atol=1e-3)


def test_a_moment_of_another_size_or_light_does_not() -> None:
    time_s = even_times(20)
    moment = (time_s > 12) & (time_s < 13.5)
    blocks = blocks_of(
        time_s,
        channels_over(time_s),
        inter_ocular_px=np.where(moment, 60.0, 120.0),
        brightness=np.where(moment, 20.0, 120.0).tolist(),
    )
    meter = SignalMeter("calm_start")
    read(meter, list(blocks))
    assert meter.rebased == []
    assert len(meter.baselines) == 1


def test_speed_and_burst_are_read_from_the_quick_part_and_level_from_the_channel() -> None:
    time_s = even_times(14)
    drift = (0.5 * np.maximum(time_s - 10, 0))[:, None].astype(np.float32)
    sine = np.where(time_s > 10, 3 * np.sin(2 * np.pi * 5 * time_s), 0)[:, None]
    channels, quick = channels_over(time_s) + drift * NOISE, (sine * NOISE).astype(np.float32)
    begins = np.cumsum([0, *(len(b.time_s) for b in blocks_of(time_s, channels))])
    blocks = [
        replace(one, quick=quick[begin : begin + len(one.time_s)])
        for one, begin in zip(blocks_of(time_s, channels), begins, strict=False)
    ]
    values = read(SignalMeter("calm_start"), blocks)
    assert values[-1, NUMBER["au12.left.level"]] == pytest.approx(0.5 * time_s[-1] - 5, rel=1e-3)
    settled = values[360:, NUMBER["au12.left.burst"]]
    assert np.sqrt(np.mean(settled**2)) == pytest.approx(3 / math.sqrt(2), rel=0.02)
