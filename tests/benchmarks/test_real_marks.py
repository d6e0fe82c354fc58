from __future__ import annotations

import pytest
from marks import Mark, agreement, consensus, read_pass


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
    assert consensus(first, second) == [second[0]]


def test_the_committed_passes_can_be_read_and_lie_in_order() -> None:
    for number in (1, 2):
        marks = read_pass(number)
        assert len(marks) > 100
        assert all(m.onset_s < m.apex_s < m.offset_s for m in marks)
        assert all(m.offset_s - m.onset_s <= 0.51 for m in marks if m.kind == "brief")
        assert {m.place for m in marks} <= {"blinks", "brows", "lids", "mouth", "nose"}
