from __future__ import annotations

from collections.abc import Iterable

import pytest

from facesign.interview.media.clock import FrameClock


def times(
    stamps: Iterable[float | None], clock: FrameClock[int] | None = None
) -> list[tuple[float, int]]:
    clock = clock or FrameClock()
    out = [item for index, pts_s in enumerate(stamps) for item in clock.push(index, pts_s)]
    return [(round(time_s, 6), index) for time_s, index in [*out, *clock.finish()]]


def test_increasing_times_pass_unchanged() -> None:
    assert times([0.5, 0.54, 0.7, 0.71]) == [(0.5, 0), (0.54, 1), (0.7, 2), (0.71, 3)]


def test_a_repeated_time_is_put_between_its_neighbours() -> None:
    clock: FrameClock[int] = FrameClock()

    assert times([0.0, 0.04, 0.04, 0.12], clock) == [(0.0, 0), (0.04, 1), (0.08, 2), (0.12, 3)]
    assert clock.repaired == 1


def test_missing_times_are_spread_evenly() -> None:
    assert times([0.0, None, None, 0.3]) == [(0.0, 0), (0.1, 1), (0.2, 2), (0.3, 3)]


def test_missing_times_at_the_start_count_back_from_the_first_known_one() -> None:
    assert times([None, 1.0]) == [(0.96, 0), (1.0, 1)]


def test_missing_times_at_the_end_follow_at_the_latest_interval() -> None:
    assert times([0.0, 0.1, None]) == [(0.0, 0), (0.1, 1), (0.2, 2)]


def test_no_times_at_all_give_the_stated_rate() -> None:
    clock: FrameClock[int] = FrameClock(usual_interval_s=0.1)

    found = times([None] * 20, clock)

    assert [time_s for time_s, _ in found] == [round(0.1 * index, 6) for index in range(20)]
    assert [index for _, index in found] == list(range(20))


def test_one_time_far_in_the_past_moves_no_other() -> None:
    stamps = [10.0, 10.1, 0.0, 10.3, 10.4]

    assert [time_s for time_s, _ in times(stamps)] == [10.0, 10.1, 10.2, 10.3, 10.4]


def test_a_restarted_clock_goes_on() -> None:
    stamps = [i * 0.1 for i in range(30)] + [i * 0.1 for i in range(30)]

    found = [time_s for time_s, _ in times(stamps)]

    assert found == [pytest.approx(i * 0.1) for i in range(60)]


def test_decoding_times_stand_in_for_worse_presentation_times() -> None:
    """As PyAV gives them for H.264 with B-frames in AVI."""
    clock: FrameClock[int] = FrameClock()
    pts = [1] + [4 * group + offset for group in range(10) for offset in (4, 3, 5, 2)]
    found = [
        round(time_s * 25, 6)
        for index, number in enumerate(pts)
        for time_s, _ in clock.push(index, number / 25, (index + 2) / 25)
    ]

    assert found[-20:] == list(range(len(pts) - 18, len(pts) + 2))


def test_a_gap_is_counted_and_changes_neither_rate_nor_times() -> None:
    clock: FrameClock[int] = FrameClock()

    found = times([0.0, 0.04, 2.04, 2.04, 2.12, None], clock)

    assert [time_s for time_s, _ in found] == [0.0, 0.04, 2.04, 2.08, 2.12, 2.16]
    assert (clock.gaps, clock.gap_s) == (1, 2.0)


@pytest.mark.parametrize(
    ("intervals", "variable"),
    [
        ([0.04] * 50, False),
        ([0.016, 0.017] * 25, False),
        ([0.04] * 25 + [0.08] + [0.04] * 24, False),
        ([0.04, 0.04, 0.08] * 15, True),
        ([1 / 24] * 30 + [1 / 30] * 30, True),
    ],
)
def test_rate_is_called_variable_where_many_intervals_change(
    intervals: list[float], variable: bool
) -> None:
    clock: FrameClock[int] = FrameClock()

    times([sum(intervals[:i]) for i in range(len(intervals))], clock)

    assert clock.is_variable is variable
