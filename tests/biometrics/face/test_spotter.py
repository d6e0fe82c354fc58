from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from synthetic_face import blocks_of, channels_over, even_times

from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.face.spotter import MODEL, ClassifierSpotter
from facesign.biometrics.stream import FloatArray, TimeArray
from facesign.models.runtime import Model, open_model

NOISE = np.array([channel.noise for channel in CHANNELS])
NAMES = [channel.name for channel in CHANNELS]
BROWS = ("au1.left", "au1.right", "au2.left", "au2.right")


@cache
def model() -> Model:
    return open_model(MODEL, provider="cpu")


def noisy(time_s: TimeArray, seed: int = 0) -> FloatArray:
    """A face at rest whose channels tremble slowly, as measured ones do."""
    rng = np.random.default_rng(seed)
    shake = rng.normal(size=(len(time_s), len(CHANNELS)))
    shake = np.apply_along_axis(lambda v: np.convolve(v, np.ones(5) / 2.2, "same"), 0, shake)
    return (channels_over(time_s) + shake * NOISE).astype(np.float32)


NEAR = (10.9, 11.4)
"""Where the brows move; noise alone may be taken for a movement elsewhere, now and then."""


def with_brows(
    time_s: TimeArray,
    channels: FloatArray,
    onset_s: float,
    high: float,
    sides: tuple[str, ...] = ("left", "right"),
) -> FloatArray:
    """Raise the brows for 0.3 s by so many inter-ocular distances, as the mesh shows them."""
    phase = np.clip((time_s - onset_s) / 0.3, 0, 1)
    curve = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    out = channels.copy()
    for side in sides:
        for unit, share in (("au1", 1.0), ("au2", 1.0), ("au4", -0.6)):
            column = NAMES.index(f"{unit}.{side}")
            out[:, column] += (share * high * curve).astype(np.float32)
    return out


def spot(
    time_s: TimeArray,
    channels: FloatArray,
    *,
    spotter: ClassifierSpotter | None = None,
    **face: Any,
) -> list[Movement | Unassessed]:
    spotter = spotter or ClassifierSpotter(model())
    meter, items = SignalMeter("calm_start"), []
    for block in blocks_of(time_s, channels, **face):
        for signals in meter.push(block):
            items += list(spotter.push(block, signals, meter.baseline))
    return [*items, *spotter.finish()]


def movements(
    items: list[Movement | Unassessed], within: tuple[float, float] = (0.0, np.inf)
) -> list[Movement]:
    found = [item for item in items if isinstance(item, Movement)]
    return [one for one in found if within[0] <= one.apex_s <= within[1]]


def reasons(items: list[Movement | Unassessed]) -> list[str]:
    return [item.reason for item in items if isinstance(item, Unassessed)]


@pytest.mark.parametrize("rate_hz", [20.0, 25.0, 30.0, 60.0, 100.0])
def test_raised_brows_are_found_at_any_rate(rate_hz: float) -> None:
    time_s = even_times(14.0, rate_hz)
    channels = with_brows(time_s, noisy(time_s), 11.0, 0.02)
    (one,) = movements(spot(time_s, channels), NEAR)
    # The curve passes a tenth of its peak at 11.03 and 11.27 s.
    assert one.onset_s == pytest.approx(11.03, abs=0.08)
    assert one.apex_s == pytest.approx(11.15, abs=0.08)
    assert one.offset_s == pytest.approx(11.27, abs=0.08)
    assert set(one.channels) >= {"au2.left", "au2.right"}
    assert one.probability is not None
    assert one.probability > 0.9


def test_a_movement_is_seen_before_its_end_as_it_is_told_after() -> None:
    time_s = even_times(14.0, 30.0)
    channels = with_brows(time_s, noisy(time_s), 11.0, 0.02)
    spotter, meter = ClassifierSpotter(model()), SignalMeter("calm_start")
    seen: list[tuple[float, Movement]] = []
    told: list[tuple[float, Movement]] = []
    for block in blocks_of(time_s, channels):
        for signals in meter.push(block):
            for one in movements(list(spotter.push(block, signals, meter.baseline)), NEAR):
                told.append((float(block.time_s[-1]), one))
        for early in movements(list(spotter.under_way), NEAR):
            seen.append((float(block.time_s[-1]), early))
    ((told_s, one),) = told
    # The curve ends at 11.3 s, a block is 0.27 s long, and most of what follows is not waited for.
    assert seen[0][0] < min(11.6, told_s - 0.3)
    for _, early in seen:
        assert (early.onset_s, early.offset_s) == pytest.approx(
            (one.onset_s, one.offset_s), abs=0.04
        )
    assert spotter.under_way == ()


def test_a_face_at_rest_moves_hardly_ever() -> None:
    time_s = even_times(30.0)
    assert len(movements(spot(time_s, noisy(time_s)))) <= 1


def test_the_same_brows_drawn_out_over_two_seconds_are_not_brief() -> None:
    time_s = even_times(16.0)
    phase = np.clip((time_s - 11.0) / 2.0, 0, 1)
    channels = noisy(time_s)
    for name in BROWS:
        channels[:, NAMES.index(name)] += (0.02 * (0.5 - 0.5 * np.cos(2 * np.pi * phase))).astype(
            np.float32
        )
    assert movements(spot(time_s, channels)) == []


def test_before_the_baseline_nothing_is_assessed_and_it_says_so() -> None:
    time_s = even_times(12.0)
    first = next(item for item in spot(time_s, noisy(time_s)) if isinstance(item, Unassessed))
    assert first.reason == "baseline_short"
    assert first.start_s == 0.0
    assert first.end_s == pytest.approx(8.2, abs=0.3)


def test_a_lost_face_is_not_assessed() -> None:
    time_s = even_times(16.0)
    channels = noisy(time_s)
    channels[(time_s > 11) & (time_s < 12)] = np.nan
    lost = [
        i for i in spot(time_s, channels) if isinstance(i, Unassessed) and i.reason == "face_lost"
    ]
    assert [(round(i.start_s), round(i.end_s)) for i in lost] == [(11, 12)]


@pytest.mark.parametrize(
    ("rate_hz", "size_px", "reason"),
    [(12.0, 130.0, "frame_rate"), (30.0, 35.0, "inter_eye_distance")],
)
def test_a_camera_too_slow_or_a_face_too_small_is_not_assessed(
    rate_hz: float, size_px: float, reason: str
) -> None:
    time_s = even_times(14.0, rate_hz)
    channels = with_brows(time_s, noisy(time_s), 11.0, 0.02)
    items = spot(time_s, channels, inter_ocular_px=size_px)
    assert movements(items, NEAR) == []
    assert reason in reasons(items)


def test_while_the_head_turns_nothing_is_told_but_without_gates() -> None:
    time_s = even_times(14.0)
    channels = with_brows(time_s, noisy(time_s), 11.0, 0.02)
    yaw = 20 * np.clip((time_s - 11.0) / 0.3, 0, 1)
    gated = spot(time_s, channels, yaw_deg=yaw)
    assert movements(gated, NEAR) == []
    assert "head_turning" in reasons(gated)
    free = spot(time_s, channels, yaw_deg=yaw, spotter=ClassifierSpotter(model(), gated=False))
    assert len(movements(free, NEAR)) == 1


def test_less_certain_movements_are_told_only_when_asked_for() -> None:
    time_s = even_times(14.0)
    channels = with_brows(time_s, noisy(time_s), 11.0, 0.02)
    (one,) = movements(spot(time_s, channels), NEAR)
    assert one.probability is not None
    strict = ClassifierSpotter(model(), least_probability=one.probability + 1e-3)
    assert movements(spot(time_s, channels, spotter=strict), NEAR) == []


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left")])
def test_left_and_right_are_told_apart(side: str, other: str) -> None:
    time_s = even_times(14.0)
    channels = with_brows(time_s, noisy(time_s), 11.0, 0.03, (side,))
    (one,) = movements(spot(time_s, channels), NEAR)
    assert f"au2.{side}" in one.channels
    assert not {f"au1.{other}", f"au2.{other}"} & set(one.channels)


def test_a_hole_in_the_picture_does_not_lose_the_movement_before_it() -> None:
    time_s = even_times(16.0)
    channels = with_brows(time_s, noisy(time_s), 11.0, 0.02)
    seen = (time_s < 11.4) | (time_s > 14.0)
    assert len(movements(spot(time_s[seen], channels[seen]), NEAR)) == 1


def test_a_new_baseline_does_not_lose_the_movement_before_it() -> None:
    time_s = even_times(14.0)
    channels = with_brows(time_s, noisy(time_s), 11.0, 0.02)
    spotter, meter, items = ClassifierSpotter(model()), SignalMeter("calm_start"), []
    for block in blocks_of(time_s, channels):
        for signals in meter.push(block):
            baseline = meter.baseline
            if baseline is not None and block.time_s[0] > 11.5:
                baseline = replace(baseline, n_frames=1)
            items += list(spotter.push(block, signals, baseline))
    items += list(spotter.finish())
    assert len(movements(items, NEAR)) == 1


def test_a_movement_of_weak_channels_alone_is_less_reliable() -> None:
    spotter = ClassifierSpotter(model())
    time_s = even_times(14.0)
    (one,) = movements(
        spot(time_s, with_brows(time_s, noisy(time_s), 11.0, 0.02), spotter=spotter), NEAR
    )
    grades = {channel.name: channel.grade for channel in CHANNELS}
    assert grades["au2.left"] == "good"
    assert one.reliability == "high"
    weak = [i for i, channel in enumerate(CHANNELS) if channel.grade == "weak"]
    assert spotter._reliability(weak) == "medium"
    assert spotter._reliability([*weak, NAMES.index("au2.left")]) == "high"
