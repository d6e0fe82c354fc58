"""The operating points that ship: what they may claim, and where their numbers come from."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from facesign.biometrics.voiceprint.operating import NOT_VALIDATED
from facesign.models.registry import card

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results" / "voiceprint.json"
SHIPPED = json.loads(
    (files("facesign.biometrics.voiceprint") / "ecapa-embedded.json").read_text("utf-8")
)


def test_no_shipped_point_claims_less_than_three_in_267_pairs() -> None:
    for point in SHIPPED["points"]:
        assert point["n_impostor_pairs"] == 267
        assert point["fmr"] >= 3 / 267
        assert point["fmr_interval"][1] >= 3 / 267


def test_every_shipped_point_says_what_it_is_not_validated_for() -> None:
    assert NOT_VALIDATED == "not validated for Mandarin, dialects, telephone or people over 60"
    assert {point["validated_for"] for point in SHIPPED["points"]} == {NOT_VALIDATED}


def test_shipped_points_are_the_measured_ones_of_the_shipped_model() -> None:
    measured = json.loads(RESULTS.read_text("utf-8"))
    model = f"ecapa-embedded@{card('ecapa-embedded').sha256[:12]}"
    assert SHIPPED["points"] == measured["points"]
    assert [point["name"] for point in SHIPPED["points"]] == ["cautious", "strict", "even"]
    assert SHIPPED["calibration"]["model"] == measured["model"] == model
