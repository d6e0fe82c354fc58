from __future__ import annotations

import pytest

from facesign.biometrics.intervals import Interval, IntervalBuilder
from facesign.biometrics.observation import Observation


def build(
    items: list[tuple[float, bool, float]], *, least_s: float = 0.0, bridge_s: float = 0.0
) -> list[Interval]:
    builder = IntervalBuilder(least_s=least_s, bridge_s=bridge_s)
    found = [part for item in items for part in builder.push(*item)]
    return [*found, *builder.finish()]


def test_an_interval_runs_from_first_to_last_item_with_peak_and_mean() -> None:
    items = [(0.0, False, 9.0), (1.0, True, 2.0), (2.0, True, 4.0), (3.0, False, 9.0)]
    assert build(items) == [Interval(1.0, 2.0, peak=4.0, mean=3.0)]


def test_a_short_hole_is_bridged_and_a_long_one_is_not() -> None:
    items = [(n / 10, n not in (3, 6, 7, 8), 1.0) for n in range(11)]
    spans = [(part.start_s, part.end_s) for part in build(items, bridge_s=0.2)]
    assert spans == [(0.0, 0.5), (0.9, 1.0)]


def test_flicker_is_dropped() -> None:
    items = [(n / 10, n in (2, 5, 6, 7, 8), 1.0) for n in range(11)]
    assert [(p.start_s, p.end_s) for p in build(items, least_s=0.25)] == [(0.5, 0.8)]


def test_an_interval_under_way_can_be_ended_at_a_given_time() -> None:
    builder = IntervalBuilder()
    assert list(builder.push(1.0, True, 1.0)) == []
    assert [part.end_s for part in builder.finish(3.0)] == [3.0]
    assert list(builder.finish()) == []


def test_an_observation_that_was_not_assessed_has_a_reason_and_only_then() -> None:
    with pytest.raises(ValueError, match="a reason goes with not_assessed"):
        Observation("blink", 0.0, 1.0, None, "s", status="not_assessed")
    with pytest.raises(ValueError, match="a reason goes with not_assessed"):
        Observation("blink", 0.0, 1.0, 0.5, "s", reason="no_face")


def test_an_observation_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match=r"blink ends at 1.0 s, before 2.0 s"):
        Observation("blink", 2.0, 1.0, 0.5, "s")


def test_an_observation_has_the_columns_of_the_table_of_observations() -> None:
    row = Observation("gaze.away", 1.0, 2.5, 30.0, "deg", analyser="face.attention")
    assert row.duration_s == 1.5
    assert list(row.to_dict()) == [
        *("name", "start_s", "end_s", "value", "unit", "baseline_median", "baseline_mad"),
        *("status", "reason", "quality", "subject", "analyser"),
    ]


def test_an_interval_does_not_span_a_time_without_items() -> None:
    items = [(n / 10, True, 1.0) for n in [*range(100, 106), *range(400, 403)]]
    spans = [(part.start_s, part.end_s) for part in build(items)]
    assert spans == [(10.0, 10.5), (40.0, 40.2)]


def test_items_that_come_once_a_second_are_not_apart() -> None:
    spans = [(p.start_s, p.end_s) for p in build([(float(n), True, 1.0) for n in range(5)])]
    assert spans == [(0.0, 4.0)]


def test_the_bridge_does_not_reach_over_a_time_without_items() -> None:
    items = [(0.0, True, 1.0), (1.0, True, 1.0), (1.1, False, 1.0), (3.0, True, 1.0)]
    spans = [(p.start_s, p.end_s) for p in build(items, bridge_s=5.0)]
    assert spans == [(0.0, 1.0), (3.0, 3.0)]
