from __future__ import annotations

import json
from typing import Any

import pytest
from judged_takes import judged, moved, told
from movement_card import CARD, card
from movement_groups import tables
from movement_scores import Judged, by_reliability, calibration, classes, scores, timing
from movements import _range, main_set, operating_curve
from provenance import RESULTS

NEAR = [
    judged([moved(10.0), moved(15.0, amplitude=0.2)], [told(10.0), told(40.0, probability=0.5)]),
    judged([moved(10.0)], [told(10.0)], seed=2, person={"tone": 9}),
]


def result(near: list[Judged]) -> dict[str, Any]:
    return {
        **main_set(near, near),
        "seeds": [1, 2],
        "spotters": {name: {"near": scores(near)} for name in ("classifier", "rule", "burst")},
        "burst_threshold": 4.5,
        "classes": classes(near),
        "timing": timing(near),
        "calibration": calibration(near),
        "least_probability": 0.5,
        "reliability": by_reliability(near),
        "tables": tables(near, {"near": near}),
        "unseen_generator": [],
    }


def test_the_five_scores_at_the_top_by_hand() -> None:
    # 3 true, 3 found, 2 hits; the strong ones: 2 true, 2 hits, and every false one: 4 / (2 + 3).
    found = main_set(NEAR, NEAR)
    assert found["spotting_f1"] == pytest.approx(4 / 6, abs=5e-4)
    assert found["spotting_f1_amplitude_0.35"] == pytest.approx(4 / 5, abs=5e-4)
    assert (found["class_uf1"], found["class_uar"]) == (1.0, 1.0)
    assert (found["false_per_minute"], found["coverage"]) == (0.5, 1.0)


def test_a_higher_least_probability_leaves_the_less_certain_out() -> None:
    rows = {row["least_probability"]: row for row in operating_curve(NEAR)}
    assert (rows[0.5]["n_found"], rows[0.6]["n_found"], rows[0.9]["n_found"]) == (3, 2, 2)
    assert (rows[0.6]["precision"], rows[0.6]["n_hit"]) == (1.0, 2)


def test_what_is_told_is_counted_by_its_reliability() -> None:
    table = by_reliability(NEAR)
    # Three told with high reliability, two of them true.
    assert table["high"] == {"n_found": 3, "n_hit": 2, "precision": 0.667}
    assert table["low"] == {"n_found": 0, "n_hit": 0, "precision": None}


def test_seeds_are_a_span_or_a_single_one() -> None:
    assert _range("1-30") == (1, 30)
    assert _range("7") == (7, 7)


def test_every_heading_and_table_of_the_card_says_whose_faces_they_are() -> None:
    text = card(result(NEAR))
    for heading in (line for line in text.splitlines() if line.startswith("## ")):
        assert "rendered people" in heading or "Real people" in heading, heading


def test_the_card_names_the_worst_group_and_how_far_it_is_below() -> None:
    text = card(result(NEAR))
    # Tone 1-3: 2 true, 2 found, 1 hit, F1 0.5; all: 0.667.
    assert "| 1-3 (worst) | 1 | 2 | 1 | 0.5 |" in text
    assert "0.167 F1 below all" in text


def test_the_card_shows_real_talk_and_unseen_generators_where_they_were_measured() -> None:
    talk = {
        "assessed_s": 250.0,
        "offered_s": 300.0,
        "coverage": 0.833,
        "events_per_minute": 1.2,
        "false_per_minute": 0.96,
        "events_per_minute_without_gates": 3.0,
        "clips": [
            {
                "clip": "a.mp4",
                "assessed_s": 250.0,
                "n_events": 5,
                "n_unmarked": 4,
                "marked": True,
                "n_events_without_gates": 15,
            }
        ],
    }
    unseen = {"left_out": "camera=phone", "full": scores(NEAR), "without": None}
    plain = card(result(NEAR))
    text = card({**result(NEAR), "real_talk": talk, "unseen_generator": [unseen]})
    assert "| a.mp4 | 250.0 | 5 | 4 | 15 |" in text
    assert "| camera=phone | 3 |  | 0.667 |" in text
    assert "Real people who talk" not in plain
    assert "not taught (rendered people)" not in plain


def test_the_card_in_the_repository_is_written_from_the_results() -> None:
    found = json.loads((RESULTS / "movements.json").read_text("utf-8"))
    assert CARD.read_text("utf-8") == card(found), "run: python benchmarks/movement_card.py"
