from __future__ import annotations

import pytest
from judged_takes import filmed, judged, moved, told
from movement_reading import length_s, outside
from movement_scores import (
    calibration,
    classes,
    interval,
    judge,
    scores,
    timing,
)

from facesign.biometrics.face.movements import Unassessed
from facesign.biometrics.spotting import Spotting

GAP = Unassessed(20.0, 30.0, "face_lost")


def test_a_span_that_shares_half_its_union_is_a_hit_and_another_is_false() -> None:
    # 10.0-10.3 and 10.1-10.4 share 0.2 of 0.4; 15.2-15.5 shares 0.1 of 0.5.
    one = judged([moved(10.0), moved(15.0)], [told(10.1), told(15.2)])
    assert one.counts() == Spotting(n_true=2, n_found=2, n_hit=1)


@pytest.mark.parametrize("kind", ["slow", "habit", "hard_negative"])
def test_what_matches_any_other_movement_is_false(kind: str) -> None:
    one = judged([moved(10.0, kind=kind)], [told(10.0)])
    assert one.counts() == Spotting(n_true=0, n_found=1, n_hit=0)


def test_what_matches_a_movement_too_weak_to_count_is_neither_hit_nor_false() -> None:
    one = judged([moved(10.0, amplitude=0.14), moved(15.0, amplitude=0.15)], [told(10.0)])
    assert one.counts() == Spotting(n_true=1, n_found=0, n_hit=0)


def test_a_movement_that_meets_an_unassessed_span_does_not_count() -> None:
    one = judged([moved(19.8), moved(25.0), moved(31.0)], [told(25.0), told(31.0)], [GAP])
    assert one.counts() == Spotting(n_true=1, n_found=1, n_hit=1)


def test_every_spotter_is_asked_outside_the_unassessed_spans_alone() -> None:
    found = [told(19.8), told(25.0), told(31.0)]
    assert outside([*found, GAP], [GAP]) == [found[2]]


def test_time_that_two_unassessed_spans_share_is_lost_once() -> None:
    # 20-30 and 28-33 are 13 s; 25-26 lies within; 40-41 is one more.
    spans = [GAP, Unassessed(40, 41, "x"), Unassessed(28, 33, "x"), Unassessed(25, 26, "x")]
    assert length_s(spans) == pytest.approx(14.0)
    assert length_s([]) == 0.0
    assert judge(filmed(), [], spans).assessed_s == pytest.approx(60 - 14)


def test_scores_of_several_takes_by_hand() -> None:
    # 3 true, 3 found, 2 hits; 1 false in 60 + 50 assessed of 120 offered seconds.
    takes = [
        judged([moved(10.0), moved(15.0)], [told(10.0), told(50.0)], seed=1),
        judged([moved(10.0)], [told(10.0)], [GAP], seed=2),
    ]
    found = scores(takes)
    assert (found["n_people"], found["n_true"], found["n_found"], found["n_hit"]) == (2, 3, 3, 2)
    assert found["f1"] == pytest.approx(2 * 2 / (3 + 3), abs=5e-4)
    assert found["false_per_minute"] == pytest.approx(60 / 110, abs=5e-4)
    assert found["coverage"] == pytest.approx(110 / 120, abs=5e-4)
    assert found["unassessed_s"] == {"face_lost": 10.0}


def test_scores_where_nothing_is_true_or_found_are_none() -> None:
    found = scores([judged([], [])])
    assert found["precision"] is found["recall"] is found["f1"] is None
    assert found["false_per_minute"] == 0.0


def test_takes_of_one_person_are_drawn_together() -> None:
    def seconds_hit(some: list[object]) -> float:
        return float(len(some))

    # Drawn singly, two of one person and one of another would give 2 to 6 takes of 3.
    one_person = [judged([], [], seed=1), judged([], [], seed=1)]
    assert interval(one_person, seconds_hit) == [None, None]
    two_people = [*one_person, judged([], [], seed=2)]
    assert interval(two_people, seconds_hit) == [2.0, 4.0]


def test_an_interval_over_people_who_are_all_alike_is_the_value() -> None:
    takes = [judged([moved(10.0), moved(15.0)], [told(10.0)], seed=s) for s in range(4)]
    assert scores(takes)["f1_interval"] == [pytest.approx(2 / 3, abs=5e-4)] * 2


def test_an_interval_is_the_same_at_every_run() -> None:
    takes = [judged([moved(10.0)], [told(10.0)] * (s % 2), seed=s) for s in range(6)]
    low, high = scores(takes)["f1_interval"]
    assert 0.0 <= low < 2 * 3 / (6 + 3) < high <= 1.0
    assert scores(takes)["f1_interval"] == [low, high]


def test_classes_are_judged_on_movements_that_were_found() -> None:
    # positive: 2 of 2, given 3, F1 4/5; negative: 0 of 1; the missed surprise is left out.
    true = [moved(10.0), moved(15.0), moved(20.0, name="negative"), moved(25.0, name="surprise")]
    found = classes([judged(true, [told(10.0), told(15.0), told(20.0)])])
    assert found["n"] == 3
    assert found["n_by_class"] == {"positive": 2, "negative": 1, "surprise": 0, "other": 0}
    assert found["class_uf1"] == pytest.approx((4 / 5 + 0) / 2)
    assert found["class_uar"] == pytest.approx((1 + 0) / 2)


def test_a_side_is_right_where_channels_of_that_side_alone_are_named() -> None:
    true = [moved(10.0, side="left"), moved(15.0, side="left"), moved(20.0)]
    found = [told(10.0, channels=("au12.left", "au25")), told(15.0), told(20.0)]
    kinds = classes([judged(true, found)])
    assert (kinds["n_one_sided"], kinds["side_right"]) == (2, 0.5)


def test_times_are_off_by_how_much_too_late_they_are() -> None:
    found = timing([judged([moved(10.0), moved(15.0)], [told(10.05), told(14.97)])])
    assert found["n"] == 2
    assert found["onset_s"]["median"] == pytest.approx(0.01)
    assert found["onset_s"]["median_absolute"] == pytest.approx(0.04)
    assert timing([judged([], [])]) == {"n": 0}


def test_probabilities_are_held_against_what_came_true() -> None:
    # Two of 0.95, one true; two of 0.45, none: (0.45 + 0.45) / 2.
    found = [told(t, probability=p) for t, p in ((10, 0.95), (20, 0.95), (30, 0.45), (40, 0.45))]
    held = calibration([judged([moved(10.0)], found)])
    assert held["calibration_error"] == pytest.approx(0.45, abs=5e-4)
    rows = [(row["from"], row["n"], row["share_true"]) for row in held["bins"]]
    assert rows == [(0.4, 2, 0.0), (0.9, 2, 0.5)]


def test_a_spotter_without_probabilities_has_no_calibration() -> None:
    held = calibration([judged([moved(10.0)], [told(10.0, probability=None)])])
    assert held == {"n": 0, "calibration_error": None, "bins": []}
