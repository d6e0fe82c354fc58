from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facesign.biometrics.face.faces import FaceBox
from facesign.biometrics.face.presence import PresenceWatcher
from facesign.biometrics.face.track import LOST, Face
from facesign.biometrics.observation import Observation
from facesign.interview.answers import MEASURES
from facesign.interview.capture import capture_quality
from facesign.interview.checks import voice_observations
from facesign.interview.findings import Findings

ROOT = Path(__file__).parents[2]
NOT_ON_THE_PAGE_OF_A_REPORT = {"signals"}


@dataclass(frozen=True)
class Row:
    unit: str
    meaning: str
    analysers: frozenset[str]


def documented() -> dict[str, Row]:
    rows = {}
    for line in (ROOT / "docs" / "observations.md").read_text("utf-8").splitlines():
        if line.startswith("| `"):
            name, unit, meaning, analysers = (cell.strip() for cell in line.strip("|").split("|"))
            assert name not in rows, name
            known = frozenset(one.strip(" `") for one in analysers.split(","))
            rows[name.strip("`")] = Row(unit, meaning, known)
    return rows


def emitted() -> Iterator[Observation]:
    """Observations of the analysers that need no recording."""
    findings = Findings()
    yield from capture_quality(findings)
    findings.signals.close()
    yield from voice_observations(None, 1.0)
    watcher, here = PresenceWatcher(), FaceBox(0.0, 0.0, 100.0)
    boxes = [here, FaceBox(300.0, 0.0, 100.0), FaceBox(300.0, 0.0, 300.0), None, None, here, here]
    for second, box in enumerate(boxes):
        jumped = second in (1, 2)
        yield from watcher.push(Face(second, LOST, box, jumped, (here,), None))
    yield from watcher.finish()


def test_the_page_lists_the_names_that_a_report_may_hold() -> None:
    schema = json.loads((ROOT / "interview" / "report.schema.json").read_text("utf-8"))
    known = set(schema["$defs"]["observation_name"]["anyOf"][0]["enum"])
    fixed = {name for name in documented() if name == name.lower()}
    assert fixed - NOT_ON_THE_PAGE_OF_A_REPORT == known - NOT_ON_THE_PAGE_OF_A_REPORT


def test_units_and_analysers_are_those_of_the_code() -> None:
    rows = documented()
    for observation in emitted():
        row = rows[observation.name]
        assert row.unit == observation.unit, observation.name
        assert observation.analyser in row.analysers, observation.name


def test_what_is_measured_per_answer_has_its_unit_on_the_page() -> None:
    rows = documented()
    for measure in MEASURES:
        assert rows[measure.name].unit == measure.unit, measure.name
        assert "interview.answers" in rows[measure.name].analysers, measure.name


def test_every_name_and_analyser_on_the_page_stands_in_the_code() -> None:
    code = "".join(
        path.read_text("utf-8")
        for folder in ("biometrics", "interview")
        for path in (ROOT / folder).rglob("*.py")
    )
    for name, row in documented().items():
        assert f'"{re.split("[A-Z]", name)[0]}' in code, name
        for analyser in row.analysers - {"face.blinks", "face.movements"}:
            assert f'"{analyser}"' in code, analyser


def test_every_row_says_what_it_means() -> None:
    for name, row in documented().items():
        assert row.meaning.endswith("."), name
