from __future__ import annotations

import json

import pytest
from marks import (
    PAGE,
    RATERS,
    Mark,
    agreement,
    brief_moves,
    consensus,
    read_marks,
)
from marks_page import page
from marks_told import Told
from provenance import RESULTS


def mark(label: str, onset_s: float, offset_s: float, clip: str = "a") -> Mark:
    return Mark(clip, "brief", label, onset_s, (onset_s + offset_s) / 2, offset_s)


def test_marks_of_one_place_that_overlap_are_the_same() -> None:
    first = [mark("brow_raise", 1.0, 1.4), mark("blink", 3.0, 3.2), mark("lip_press", 5.0, 5.3)]
    second = [
        mark("brow_lower", 1.1, 1.5),
        mark("blink", 3.3, 3.5),
        mark("lip_press", 5.0, 5.3, "b"),
    ]
    table = agreement(first, second)
    # 0.3 of 0.5 s in common is 0.6; the blinks do not touch; the lips are of two clips.
    assert table["brows"]["both"] == 1
    assert table["brows"]["agreement_f1"] == 1.0
    assert table["brows"]["median_apex_difference_s"] == pytest.approx(0.1)
    assert table["blinks"]["both"] == 0
    assert table["mouth"]["agreement_f1"] == 0.0
    (both,) = consensus(first, second)
    assert both.span == pytest.approx((1.05, 1.45))
    assert both.kind == "brief"


def test_what_one_rater_calls_slow_is_no_brief_movement_of_both() -> None:
    second = [Mark("a", "slow", "brow_raise", 1.0, 1.3, 1.6)]
    (both,) = consensus([mark("brow_raise", 1.0, 1.5)], second)
    assert both.kind == "slow"


@pytest.mark.parametrize("rater", RATERS)
def test_the_committed_marks_can_be_read_and_lie_in_order(rater: str) -> None:
    marks = read_marks(rater)
    assert len(marks) > 100
    assert len({m.clip for m in marks}) >= 6
    assert all(m.onset_s <= m.apex_s <= m.offset_s for m in marks)
    assert all(m.onset_s < m.offset_s for m in marks)
    assert all(m.offset_s - m.onset_s <= 0.51 for m in marks if m.kind == "brief")


def test_a_blink_or_a_slow_movement_is_no_brief_movement() -> None:
    slow = Mark("a", "slow", "corner_up", 2.0, 3.0, 4.0)
    assert brief_moves([mark("blink", 1.0, 1.2), slow]) == []


def test_told_spans_are_counted_in_assessed_time_only() -> None:
    told = Told(
        offered_s=10.0,
        assessed_s=8.0,
        blinks=((1.0, 1.2), (5.0, 5.2)),
        movements=((2.0, 2.4), (6.0, 6.4), (7.0, 7.2)),
        gaps=((8.0, 10.0),),
    )
    # 0.1 of 0.3 s in common is 0.33.
    assert told.blinks_against([(5.1, 5.3)]) == {"n_true": 1, "n_found": 2, "n_hit": 1}
    # The first is met with 0.3 of 0.5 s, the second with 0.1 of 0.5 s, the third is unassessed.
    marks = [(6.1, 6.5), (7.1, 7.5), (8.5, 8.8)]
    assert told.movements_against(marks) == {
        "n_true": 2,
        "n_found": 3,
        "n_hit": 1,
        "n_touched": 2,
    }
    assert told.n_outside(marks) == 1


def test_the_page_of_marks_is_what_its_result_file_gives() -> None:
    result = json.loads((RESULTS / "real_movements.json").read_text("utf-8"))
    assert PAGE.read_text("utf-8") == page(result)


def test_the_result_file_holds_the_agreement_of_the_committed_marks() -> None:
    result = json.loads((RESULTS / "real_movements.json").read_text("utf-8"))
    assert result["agreement"] == agreement(*(read_marks(rater) for rater in RATERS))
