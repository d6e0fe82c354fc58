from __future__ import annotations

import pytest
from judged_takes import judged, moved, told
from movement_groups import left_out_of, tables
from movement_picture import picture
from movement_scores import Judged

from facesign.biometrics.face.movements import Unassessed
from facesign.samples.truth import PoseEvent


def pose(start_s: float, yaw_deg: float, pitch_deg: float = 0.0) -> PoseEvent:
    return PoseEvent("pose", start_s, start_s + 0.1, yaw_deg, pitch_deg, 0.0)


def groups(table: str, *takes: Judged) -> dict[str, tuple[int, int]]:
    rows = tables(takes, {"near": takes})[table]["groups"]
    return {name: (row["n_true"], row["n_hit"]) for name, row in rows.items()}


def test_a_bin_of_amplitudes_ends_before_the_next_begins() -> None:
    true = [moved(10.0 + 2 * i, amplitude=a) for i, a in enumerate((0.15, 0.2, 0.34, 0.35, 0.7))]
    assert groups("amplitude", judged(true, [told(10.0)])) == {
        "0.15-0.2": (1, 1),
        "0.2-0.35": (2, 0),
        "0.35-0.5": (1, 0),
        "0.5-0.7": (1, 0),
    }


def test_movements_are_grouped_by_how_long_they_last() -> None:
    lengths = (0.05, 0.15, 0.3, 0.4)
    true = [moved(10.0 + 2 * i, length_s=length) for i, length in enumerate(lengths)]
    assert groups("duration_ms", judged(true, [told(14.0)])) == {
        "40-100": (1, 0),
        "100-200": (1, 0),
        "200-350": (1, 1),
        "350-500": (1, 0),
    }


def test_the_share_of_false_events_goes_by_the_size_of_a_group() -> None:
    # 4 true, 2 hits, 2 false. Sines: 1 true, 1 hit, 0.5 false: 2 / (1 + 1.5).
    true = [moved(10.0)] + [moved(t, profile="double") for t in (12.0, 14.0, 16.0)]
    one = judged(true, [told(t) for t in (10.0, 12.0, 40.0, 50.0)])
    rows = tables([one], {"near": [one]})["profile"]
    assert rows["groups"]["sine"]["f1"] == pytest.approx(0.8)
    # Doubles: 3 true, 1 hit, 1.5 false: 2 / (3 + 2.5).
    assert rows["groups"]["double"]["f1"] == pytest.approx(0.364)
    assert rows["worst"] == "double"


def test_the_interval_of_a_group_draws_false_events_with_their_people() -> None:
    # One of the two has a hit and a false event, the other only a hit.
    clean = judged([moved(10.0)], [told(10.0)], seed=1)
    false = judged([moved(10.0)], [told(10.0), told(40.0)], seed=2)
    row = tables([clean, false], {"near": [clean, false]})["class"]["groups"]["positive"]
    assert row["f1"] == pytest.approx(4 / (2 + 3))
    assert row["f1_interval"] == [pytest.approx(2 / 3, abs=5e-4), 1.0]


def test_the_distance_of_the_worst_group_from_everybody_is_told() -> None:
    light = judged([moved(10.0)], [told(10.0)], seed=1)
    dark = judged([moved(10.0)], [told(30.0)], seed=2, person={"tone": 9})
    table = tables([light, dark], {"near": [light, dark]})["tone"]
    assert set(table["groups"]) == {"1-3", "7-10"}
    # Both together: 2 true, 2 found, 1 hit.
    assert (table["worst"], table["worst_below_all"]) == ("7-10", 0.5)


@pytest.mark.parametrize(
    ("age_years", "group"), [(39.9, "20-39"), (40.0, "40-59"), (60.0, "60-75")]
)
def test_people_are_grouped_by_age(age_years: float, group: str) -> None:
    one = judged([moved(10.0)], [], person={"age_years": age_years})
    assert list(groups("age", one)) == [group]


def test_a_head_is_turned_from_the_camera_where_that_stands_aside_or_high() -> None:
    # Straight at a camera 10 degrees aside is 10 degrees off; then 10 aside is straight at it.
    one = judged(
        [moved(10.0), moved(20.0), moved(30.0)],
        [told(20.0)],
        poses=[pose(0.0, 0.0), pose(19.0, 10.0), pose(29.0, 10.0, 20.0)],
        aside_deg=10.0,
    )
    assert groups("pose_deg", one) == {"0-8": (1, 1), "8-15": (1, 0), "15-": (1, 0)}
    high = judged([moved(10.0)], [], poses=[pose(0.0, 0.0, -9.0)], height_deg=-9.0)
    assert groups("pose_deg", high) == {"0-8": (1, 0)}


def test_a_left_out_family_is_scored_on_its_own_takes_alone() -> None:
    phones = [judged([moved(10.0)], [told(10.0)], seed=s) for s in (1, 2)]
    webcam = judged([moved(10.0)], [], seed=3, camera="webcam")
    without = [{"classifier": judged([moved(10.0)], [], seed=s)} for s in (1, 2, 3)]
    found = left_out_of([*phones, webcam], without, "camera=phone")
    assert (found["full"]["n_true"], found["full"]["f1"]) == (2, 1.0)
    assert (found["without"]["n_true"], found["without"]["f1"]) == (2, 0.0)


def test_a_left_out_course_is_scored_on_its_own_movements_alone() -> None:
    true = [moved(10.0), moved(20.0, profile="double")]
    full, without = judged(true, [told(10.0), told(20.0)]), judged(true, [told(10.0)])
    found = left_out_of([full], [{"classifier": without}], "pulse=double")
    assert (found["full"]["n_true"], found["full"]["n_hit"]) == (1, 1)
    assert (found["without"]["n_true"], found["without"]["n_hit"]) == (1, 0)


def test_the_picture_shows_every_movement_and_says_that_people_are_rendered() -> None:
    one = judged(
        [moved(10.0), moved(20.0)], [told(10.0), told(50.0)], [Unassessed(0.0, 8.0, "face_lost")]
    )
    drawn = picture([one])
    assert "Rendered people" in drawn
    assert "2 that count, 2 found, 1 of them rightly" in drawn
    hit, false = drawn.count('fill="#2e8b57"'), drawn.count('fill="#c2573a"')
    assert (hit, false, drawn.count('fill="#2f6f9f"')) == (1, 1, 2)


def test_the_picture_shows_two_interviews_at_most() -> None:
    takes = [judged([moved(10.0)], [], seed=s) for s in (1, 2, 3)]
    drawn = picture(takes)
    assert "Seed 1" in drawn
    assert "Seed 2" in drawn
    assert "Seed 3" not in drawn
