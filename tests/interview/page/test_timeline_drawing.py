"""The timeline of the report page: axis, curves and rows, from numbers to positions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from facesign.interview.page.curves import round_up, thin_values, to_path
from facesign.interview.page.lanes import MAX_MARKS, Row, Timeline, draw_timeline
from facesign.interview.page.texts import load_texts
from facesign.interview.page.timeaxis import axes, pile_up, ticks

EN = load_texts("en")


def example() -> dict[str, Any]:
    path = Path(__file__).with_name("report_example.json")
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def drawn(report: dict[str, Any]) -> Timeline:
    timeline = draw_timeline(report, EN)
    assert timeline is not None
    return timeline


def row_of(timeline: Timeline, style: str) -> Row:
    return next(row for row in timeline.rows if row.style == style)


def lane_of(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(lane for lane in report["timeline"]["lanes"] if lane["name"] == name)


@pytest.mark.parametrize(
    ("duration_s", "labels"),
    [
        (1.0, ["0:00.0", "0:00.2", "0:00.4", "0:00.6", "0:00.8", "0:01.0"]),
        (29.5, ["0:00", "0:05", "0:10", "0:15", "0:20", "0:25"]),
        (3600.0, ["0:00", "10:00", "20:00", "30:00", "40:00", "50:00", "60:00"]),
    ],
)
def test_ticks_are_round_times(duration_s: float, labels: list[str]) -> None:
    assert [tick.label for tick in ticks(duration_s)] == labels


def test_ticks_of_a_whole_day_stay_few() -> None:
    assert len(ticks(86_400.0)) <= 10


def test_longer_recordings_are_offered_magnification() -> None:
    assert [axis.zoom for axis in axes(30.0)] == [1]
    assert [axis.zoom for axis in axes(300.0)] == [1, 4]
    assert [axis.zoom for axis in axes(3600.0)] == [1, 4, 16]


def test_too_many_spans_become_piles_by_number() -> None:
    spans = [{"start_s": s, "end_s": s + 0.1} for s in (0.0, 0.5, 1.0, 7.0)]
    piles = pile_up(spans, 10.0, by_time=False, n_piles=5)
    assert [(pile.start_s, pile.n_spans, pile.height) for pile in piles] == [
        (0.0, 3, 1.0),
        (6.0, 1, pytest.approx(0.333)),
    ]


def test_piles_by_time_share_a_span_among_the_parts_it_covers() -> None:
    piles = pile_up([{"start_s": 1.0, "end_s": 5.0}], 10.0, by_time=True, n_piles=5)
    assert [pile.height for pile in piles] == [0.5, 1.0, 0.5]
    assert [pile.n_spans for pile in piles] == [1, 0, 0]


@pytest.mark.parametrize(
    ("value", "end"), [(0.0, 1.0), (0.7, 1.0), (4.2, 5.0), (11.0, 15.0), (5.0, 5.0), (51, 100)]
)
def test_scales_end_at_round_numbers(value: float, end: float) -> None:
    assert round_up(value) == pytest.approx(end)


def test_thinning_keeps_peaks_of_either_sign_and_gaps() -> None:
    values, step = thin_values([0.1, -5.0, None, 2.0, None, None, 1.0], max_points=4)
    assert (values, step) == ([-5.0, 2.0, None, 1.0], 2)


def test_a_path_breaks_where_nothing_was_measured() -> None:
    path = to_path([1.0, 0.0, None, -1.0], step_x=250, low=-1.0, high=1.0)
    assert path == "M125.0 0.0h0L375.0 50.0M875.0 100.0h0"


def test_spans_lie_where_their_times_are() -> None:
    report = example()
    lane_of(report, "other_face")["spans"] = [{"start_s": 5.9, "end_s": 14.75}]
    (mark,) = row_of(drawn(report), "other_face").marks
    assert (mark.left, mark.width) == (20.0, 30.0)


def test_spans_outside_the_recording_are_cut_to_it() -> None:
    report = example()
    lane_of(report, "other_face")["spans"] = [{"start_s": 25.0, "end_s": 40.0}]
    (mark,) = row_of(drawn(report), "other_face").marks
    assert mark.left + mark.width == pytest.approx(100)


def test_each_speaker_has_a_row() -> None:
    styles = [row.style for row in drawn(example()).rows if row.style.startswith("speech")]
    assert styles == ["speech applicant", "speech officer"]


def test_a_lane_that_was_not_assessed_says_why_and_an_empty_one_says_none() -> None:
    report = example()
    report["timeline"]["lanes"] = [{"name": "other_face", "spans": []}]
    next(c for c in report["checks"] if c["check"] == "voice_behaviour").update(
        status="not_assessed", finding=None, reason="no_sound"
    )
    timeline = drawn(report)
    assert row_of(timeline, "pause").missing == "not assessed: the recording has no sound"
    assert row_of(timeline, "other_face").note == "none"


def test_marks_of_questions_prompts_and_flags_lead_to_them() -> None:
    timeline = drawn(example())
    assert [mark.href for mark in row_of(timeline, "question").marks][:2] == ["#q1", "#q2"]
    assert row_of(timeline, "prompt").marks[0].href == "#p1"
    assert row_of(timeline, "flag").marks[0].text == "F1"


def test_baseline_prompts_and_flags_are_shaded_through_all_rows() -> None:
    assert [band.style for band in drawn(example()).bands] == ["baseline", "prompt", "flag"]


def test_a_row_never_has_more_marks_than_can_be_told_apart() -> None:
    report = example()
    spans = [{"start_s": i / 50, "end_s": i / 50 + 0.01} for i in range(MAX_MARKS + 1)]
    lane_of(report, "blink")["spans"] = spans
    row = row_of(drawn(report), "blink")
    assert len(row.marks) < MAX_MARKS
    assert row.note == str(MAX_MARKS + 1)
    assert max(mark.height or 0 for mark in row.marks) == 1.0


def test_a_recording_without_length_has_no_timeline() -> None:
    report = example()
    report["timeline"]["duration_s"] = 0
    assert draw_timeline(report, EN) is None
