from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rule_spotter import RuleSpotter
from synthetic_face import COLUMN, blocks_of, channels_over, even_times

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.signals import CHANNELS, Signals
from facesign.biometrics.stream import BoolArray, FloatArray, TimeArray

NOISE = np.array([channel.noise for channel in CHANNELS])
SECONDS = 16.0
BROWS = ("au1.left", "au1.right", "au2.left", "au2.right")


def pulse(time_s: TimeArray, onset_s: float, length_s: float = 0.3) -> TimeArray:
    """A raised cosine of height 1."""
    phase = np.clip((time_s - onset_s) / length_s, 0, 1)
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * phase))


def noisy(time_s: TimeArray, seed: int = 0) -> FloatArray:
    """A face that shows nothing but camera noise."""
    rng = np.random.default_rng(seed)
    shake = rng.normal(size=(len(time_s), len(CHANNELS))) * NOISE
    return (channels_over(time_s) + shake).astype(np.float32)


def moving(channels: FloatArray, names: tuple[str, ...], curve: TimeArray) -> FloatArray:
    """Add a curve, in deviations of a face that shows nothing but noise."""
    moved = channels.copy()
    for name in names:
        # 1.4826 MAD of the noise is one noise, and the channel's own is added to it.
        moved[:, COLUMN[name]] += 2 * NOISE[COLUMN[name]] * curve
    return moved


def spot(
    time_s: TimeArray,
    channels: FloatArray,
    *,
    speaking: BoolArray | None = None,
    yaw_deg: TimeArray | float = 0.0,
    inter_ocular_px: float = 130.0,
) -> list[Movement]:
    meter, spotter = SignalMeter("calm_start"), RuleSpotter()
    found = []
    for block in blocks_of(
        time_s, channels, speaking=speaking, yaw_deg=yaw_deg, inter_ocular_px=inter_ocular_px
    ):
        for signals in meter.push(block):
            baseline: Baseline | None = meter.baseline if signals.valid.any() else None
            found += spotter.push(block, signals, baseline)
    return [*found, *spotter.finish()]


@pytest.mark.parametrize("rate_hz", [24.0, 30.0, 60.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_pulse_in_noise_has_its_onset_apex_and_offset(rate_hz: float, seed: int) -> None:
    time_s = even_times(SECONDS, rate_hz)
    channels = moving(noisy(time_s, seed), BROWS, 12 * pulse(time_s, 12.0))
    found = [m for m in spot(time_s, channels) if "au1.left" in m.channels]
    assert len(found) == 1
    assert set(found[0].channels) == set(BROWS)
    # A raised cosine is at a fifth of its height 15 % of its length from either end.
    within_s = 2 / rate_hz
    assert found[0].onset_s == pytest.approx(12.045, abs=within_s)
    assert found[0].apex_s == pytest.approx(12.15, abs=within_s)
    assert found[0].offset_s == pytest.approx(12.255, abs=within_s)
    assert found[0].strength == pytest.approx(12, abs=3)
    assert found[0].reliability == ("medium" if rate_hz < 23.5 else "high")
    assert found[0].probability is None


@pytest.mark.parametrize("seed", range(4))
def test_noise_alone_moves_nothing(seed: int) -> None:
    time_s = even_times(30)
    assert spot(time_s, noisy(time_s, seed)) == []


def test_the_sign_of_a_movement_does_not_matter() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), ("au4.left",), -12 * pulse(time_s, 12.0))
    assert [m.channels for m in spot(time_s, channels)] == [("au4.left",)]


def test_a_movement_on_one_side_names_that_side() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), ("au12.right",), 12 * pulse(time_s, 12.0))
    assert [m.channels for m in spot(time_s, channels)] == [("au12.right",)]


def test_slow_drift_and_a_held_expression_are_not_brief() -> None:
    time_s = even_times(SECONDS)
    drift = 12 * np.clip((time_s - 10) / 3, 0, 1)
    assert spot(time_s, moving(noisy(time_s), BROWS, drift)) == []
    held = 12 * np.clip((time_s - 11) / 0.3, 0, 1)
    assert spot(time_s, moving(noisy(time_s), BROWS, held)) == []


def test_a_blink_does_not_move_the_upper_face() -> None:
    time_s = even_times(SECONDS)
    closure = np.interp(time_s, [12.0, 12.1, 12.3], [0, 1, 0])
    channels = moving(noisy(time_s), ("au5.left", "au5.right"), -20 * closure)
    channels[:, [COLUMN["au45.left"], COLUMN["au45.right"]]] += 0.3 * closure[:, None]
    assert spot(time_s, channels) == []


def test_a_turning_head_moves_nothing() -> None:
    time_s = even_times(SECONDS)
    yaw_deg = 15 * np.clip((time_s - 11.95) / 0.4, 0, 1)
    channels = moving(noisy(time_s), BROWS, 12 * pulse(time_s, 12.0))
    assert spot(time_s, channels, yaw_deg=yaw_deg) == []


def test_the_mouth_is_not_spotted_while_the_applicant_speaks() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), ("au12.left", "au1.left"), 12 * pulse(time_s, 12.0))
    speaking: BoolArray = time_s > 11
    assert [m.channels for m in spot(time_s, channels, speaking=speaking)] == [("au1.left",)]


def test_a_small_face_lowers_the_reliability() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), BROWS, 12 * pulse(time_s, 12.0))
    assert spot(time_s, channels, inter_ocular_px=90.0)[0].reliability == "medium"


def test_a_movement_during_the_baseline_is_not_told() -> None:
    time_s = even_times(SECONDS)
    assert spot(time_s, moving(noisy(time_s), BROWS, 12 * pulse(time_s, 4.0))) == []


def test_a_face_that_flickers_breaks_nothing() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), BROWS, 12 * pulse(time_s, 12.0))
    flicker = (time_s > 12.1) & (np.arange(len(time_s)) % 2 == 0)
    channels[flicker] = np.nan
    channels[time_s > 12.3, COLUMN["au1.left"]] = 5.0
    assert spot(time_s, channels) == []


def pieces_of(
    time_s: TimeArray, channels: FloatArray
) -> list[tuple[FaceBlock, Signals, Baseline | None]]:
    meter = SignalMeter("calm_start")
    pieces: list[tuple[FaceBlock, Signals, Baseline | None]] = []
    for block in blocks_of(time_s, channels):
        pieces += [(block, signals, meter.baseline) for signals in meter.push(block)]
    return pieces


def test_a_movement_before_a_hole_in_the_picture_is_told() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), BROWS, 12 * pulse(time_s, 12.0))
    seen = (time_s < 12.75) | (time_s > 15.5)
    assert [round(m.apex_s, 1) for m in spot(time_s[seen], channels[seen])] == [12.2]


def test_a_burst_cut_off_by_a_hole_breaks_nothing() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), BROWS, 12 * pulse(time_s, 12.0))
    seen = (time_s < 12.2) | (time_s > 15.0)
    assert spot(time_s[seen], channels[seen]) == []


def test_a_face_lost_after_a_movement_does_not_lose_the_movement() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), BROWS, 12 * pulse(time_s, 12.0))
    channels[(time_s > 12.7) & (time_s < 13.5)] = np.nan
    assert [round(m.apex_s, 1) for m in spot(time_s, channels)] == [12.2]


def test_a_new_baseline_does_not_lose_the_movement_before_it() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), BROWS, 12 * pulse(time_s, 12.0))
    spotter, found = RuleSpotter(), []
    for block, signals, baseline in pieces_of(time_s, channels):
        later = baseline is not None and block.time_s[0] > 12.7
        in_force = replace(baseline, n_frames=1) if later and baseline is not None else baseline
        found += spotter.push(block, signals, in_force)
    assert [round(m.apex_s, 1) for m in [*found, *spotter.finish()]] == [12.2]


def test_frames_of_one_time_break_nothing() -> None:
    time_s = even_times(SECONDS)
    channels = moving(noisy(time_s), BROWS, 12 * pulse(time_s, 12.0))
    time_s[365] = time_s[364]
    assert [m.apex_s for m in spot(time_s, channels)] == [pytest.approx(12.15, abs=0.05)]
