from __future__ import annotations

import numpy as np
import pytest

from facesign.interview.timeline import FIRST_BIN_S, MOST_BINS, SERIES, Curves


def values(curves: Curves, duration_s: float, name: str = "pose.yaw") -> list[float | None]:
    series = curves.to_dict(duration_s)["series"]
    found: list[float | None] = next(s["values"] for s in series if s["name"] == name)
    return found


def add(curves: Curves, times: list[float], yaw: list[float]) -> None:
    curves.add("pose.yaw", np.array(times), np.array(yaw, dtype=np.float32))


def test_a_bin_holds_the_mean_of_its_quarter_second() -> None:
    curves = Curves()
    add(curves, [0.0, 0.1, 0.3, 0.6], [1.0, 2.0, 5.0, 7.0])
    assert values(curves, 1.0) == [1.5, 5.0, 7.0, None]


def test_what_was_not_measured_is_left_out() -> None:
    curves = Curves()
    add(curves, [0.0, 0.1, 0.3], [np.nan, 2.0, np.nan])
    assert values(curves, 0.5) == [2.0, None]


def test_every_curve_is_there_with_its_unit() -> None:
    series = Curves().to_dict(2.0)["series"]
    assert {one["name"]: one["unit"] for one in series} == SERIES
    assert {len(one["values"]) for one in series} == {8}


@pytest.mark.parametrize("duration_s", [0.0, 0.01, 599.9, 600.1, 7200.0, 100_000.0])
def test_there_are_never_more_bins_than_the_page_can_draw(duration_s: float) -> None:
    curves = Curves()
    add(curves, [0.999 * duration_s], [4.0])
    drawn = curves.to_dict(duration_s)
    assert 1 <= len(values(curves, duration_s)) <= MOST_BINS
    assert drawn["bin_s"] * MOST_BINS >= duration_s
    assert [v for v in values(curves, duration_s) if v is not None] == [4.0]


def test_merged_neighbours_keep_their_mean_and_their_time() -> None:
    curves = Curves()
    add(curves, [10.0, 10.3], [1.0, 3.0])
    add(curves, [MOST_BINS * FIRST_BIN_S], [9.0])
    drawn = values(curves, 700.0)
    assert curves.to_dict(700.0)["bin_s"] == 2 * FIRST_BIN_S
    assert drawn[20] == 2.0
    assert drawn[1200] == 9.0


def test_all_curves_keep_one_bin_width_when_one_of_them_merges() -> None:
    curves = Curves()
    curves.add("movement", np.array([100.0]), np.array([6.0], dtype=np.float32))
    add(curves, [5000.0], [1.0])
    bin_s = curves.to_dict(5001.0)["bin_s"]
    drawn = values(curves, 5001.0, "movement")
    assert drawn[int(100.0 / bin_s)] == 6.0


def test_a_recording_whose_sound_outlasts_the_picture_is_covered_to_its_end() -> None:
    curves = Curves()
    add(curves, [1.0], [1.0])
    drawn = curves.to_dict(3600.0)
    assert drawn["bin_s"] * len(values(curves, 3600.0)) >= 3600.0
