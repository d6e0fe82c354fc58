"""The JSON Schema of report.json: what it admits and what it refuses."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMA = json.loads(
    (files("facesign.interview") / "report.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLES = ("report_example.json", "report_example_no_face.json")


def example(name: str = EXAMPLES[0]) -> dict[str, Any]:
    path = Path(__file__).with_name(name)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def cleared() -> dict[str, Any]:
    report = example()
    report |= {"outcome": "clear", "reasons": [], "flags": []}
    for check in report["checks"]:
        check.update(status="assessed", finding=False, reason=None)
    return report


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_valid(name: str) -> None:
    VALIDATOR.validate(example(name))


def test_a_code_not_yet_known_is_valid_where_codes_may_grow() -> None:
    report = example("report_example_no_face.json")
    report["quality"][0]["reason"] = "solar_eclipse"
    VALIDATOR.validate(report)


def test_clear_with_every_check_made_is_valid() -> None:
    VALIDATOR.validate(cleared())


@pytest.mark.parametrize(
    "change",
    [
        {"status": "not_assessed", "finding": None, "reason": "no_evidence"},
        {"finding": True},
    ],
)
def test_clear_is_refused_while_a_required_check_is_open(change: dict[str, Any]) -> None:
    report = cleared()
    next(check for check in report["checks"] if check["required"]).update(change)
    assert not VALIDATOR.is_valid(report)


def test_clear_is_refused_while_a_flag_stands() -> None:
    assert not VALIDATOR.is_valid(cleared() | {"flags": example()["flags"]})


@pytest.mark.parametrize(("status", "reason"), [("assessed", "no_face"), ("not_assessed", None)])
def test_a_reason_goes_with_not_assessed_and_only_with_it(status: str, reason: str | None) -> None:
    report = example()
    report["quality"][0].update(status=status, reason=reason)
    assert not VALIDATOR.is_valid(report)


def test_an_unknown_key_is_refused() -> None:
    assert not VALIDATOR.is_valid(example() | {"score": 0.7})
