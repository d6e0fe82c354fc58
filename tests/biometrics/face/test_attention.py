from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from synthetic_face import COLUMN, blocks_of, channels_over, even_times

from facesign.biometrics.face.attention import AttentionWatcher, gaze_of
from facesign.biometrics.face.baseline import BaselineCollector
from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import FloatArray, TimeArray


def looking(time_s: TimeArray, horizontal: npt.ArrayLike, vertical: npt.ArrayLike) -> FloatArray:
    """Both irises away from the middle of the eye, in eye widths."""
    return channels_over(
        time_s,
        gaze_horizontal_left=horizontal,
        gaze_horizontal_right=horizontal,
        gaze_vertical_left=vertical,
        gaze_vertical_right=vertical,
    )


def watch(
    time_s: TimeArray, channels: FloatArray, yaw_deg: npt.ArrayLike = 0.0
) -> list[Observation]:
    collector, watcher = BaselineCollector("calm_start"), AttentionWatcher()
    baseline, found = None, []
    for block in blocks_of(time_s, channels, yaw_deg=yaw_deg):
        if baseline is None:
            baseline = collector.push(block, None, closed=True)
        found += watcher.push(block, gaze_of(block), baseline)
    return [*found, *watcher.finish()]


def test_gaze_adds_the_turn_of_the_eyes_to_the_pose_of_the_head() -> None:
    # An eye 30 mm wide turns about a centre 12 mm behind the iris: 0.2 widths are 30 degrees.
    time_s = even_times(0.2)
    block = next(blocks_of(time_s, looking(time_s, 0.2, -0.1), yaw_deg=10.0))
    gaze = gaze_of(block)
    np.testing.assert_allclose(gaze.horizontal_deg, 10 + 30, atol=0.01)
    np.testing.assert_allclose(gaze.vertical_deg, -np.degrees(np.arcsin(0.25)), atol=0.01)


@pytest.mark.parametrize("shut", ["au45_left", "au45_right"])
def test_there_is_no_gaze_through_a_closed_lid(shut: str) -> None:
    time_s = even_times(0.2)
    block = next(blocks_of(time_s, channels_over(time_s, **{shut: -0.05})))
    assert np.isnan(gaze_of(block).horizontal_deg).all()
    assert np.isnan(gaze_of(block).vertical_deg).all()


def test_gaze_away_from_its_usual_place_is_told() -> None:
    time_s = even_times(16)
    away = (time_s >= 12) & (time_s < 14)
    seen = watch(time_s, looking(time_s, np.where(away, 0.3, 0.1), 0.0))
    assert [(o.name, o.unit) for o in seen] == [("gaze.away", "deg")]
    assert (seen[0].start_s, seen[0].end_s) == pytest.approx((12.0, 14.0), abs=0.05)
    # Away by asin(0.75) against a usual asin(0.25).
    assert seen[0].value == pytest.approx(48.59 - 14.48, abs=0.02)


def test_a_glance_is_not_told() -> None:
    time_s = even_times(16)
    glance = (time_s >= 12) & (time_s < 12.4)
    assert watch(time_s, looking(time_s, np.where(glance, 0.3, 0.0), 0.0)) == []


def test_a_blink_does_not_split_a_look_away() -> None:
    time_s = even_times(16)
    away = (time_s >= 12) & (time_s < 14)
    channels = looking(time_s, np.where(away, 0.3, 0.0), 0.0)
    channels[390:396, :] = channels_over(time_s[390:396], au45_left=-0.02, au45_right=-0.02)
    seen = watch(time_s, channels)
    assert [(round(o.start_s), round(o.end_s)) for o in seen] == [(12, 14)]


def test_a_turned_head_is_told_with_its_angle() -> None:
    time_s = even_times(16)
    yaw_deg = np.where((time_s >= 12) & (time_s < 13), -40.0, 0.0)
    seen = watch(time_s, looking(time_s, 0.0, 0.0), yaw_deg)
    turned = [o for o in seen if o.name == "head.turned"]
    assert [o.value for o in turned] == [pytest.approx(40.0)]
    assert (turned[0].start_s, turned[0].end_s) == pytest.approx((12.0, 13.0), abs=0.05)


def test_before_the_baseline_no_gaze_is_away() -> None:
    time_s = even_times(7)
    away = (time_s >= 2) & (time_s < 4)
    assert watch(time_s, looking(time_s, np.where(away, 0.3, 0.0), 0.0)) == []


def test_looking_away_at_the_end_is_told() -> None:
    time_s = even_times(12)
    seen = watch(time_s, looking(time_s, np.where(time_s >= 10, 0.3, 0.0), 0.0))
    assert [(o.name, round(o.end_s)) for o in seen] == [("gaze.away", 12)]


def away_from_12_to_15(lost: tuple[float, float], value: float) -> list[tuple[float, float]]:
    """Spans of a look away during which all channels, or only the lids, take a value."""
    time_s = even_times(18)
    channels = looking(time_s, np.where((time_s >= 12) & (time_s < 15), 0.3, 0.0), 0.0)
    within = (time_s >= lost[0]) & (time_s < lost[1])
    if np.isnan(value):
        channels[within] = value
    else:
        channels[np.ix_(within, [COLUMN["au45.left"], COLUMN["au45.right"]])] = value
    seen = [o for o in watch(time_s, channels) if o.name == "gaze.away"]
    return [(round(o.start_s, 1), round(o.end_s, 1)) for o in seen]


def test_a_lost_face_ends_a_look_away() -> None:
    assert away_from_12_to_15((13.0, 13.5), np.nan) == [(12.0, 13.0), (13.5, 15.0)]


def test_eyes_that_stay_closed_end_a_look_away() -> None:
    assert away_from_12_to_15((12.8, 14.4), -0.02) == [(12.0, 12.8), (14.4, 15.0)]


def test_eyes_closed_for_a_moment_do_not_end_a_look_away() -> None:
    assert away_from_12_to_15((13.0, 13.8), -0.02) == [(12.0, 15.0)]


def test_a_look_away_does_not_span_the_time_without_a_baseline() -> None:
    time_s = even_times(20)
    channels = looking(time_s, np.where(time_s >= 9, 0.3, 0.0), 0.0)
    collector, watcher = BaselineCollector("calm_start"), AttentionWatcher()
    baseline, found = None, []
    for block in blocks_of(time_s, channels):
        baseline = baseline or collector.push(block, None, closed=True)
        in_force = None if 12 <= block.time_s[0] < 16 else baseline
        found += watcher.push(block, gaze_of(block), in_force)
    found += watcher.finish()
    spans = [(o.start_s, o.end_s) for o in found]
    assert spans == [pytest.approx((9, 12), abs=0.3), pytest.approx((16, 20), abs=0.3)]
