"""The bundled interview against its truth: what one run of the demo finds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from facesign import samples
from facesign.interview.analysis import analyze
from facesign.interview.home import Settings
from facesign.interview.report import Report, report_schema
from facesign.samples.truth import Movement

pytestmark = pytest.mark.slow

APEX_S = 0.034
"""A movement is found where its apex is told within this of the truth: one frame."""
EDGE_S = 0.05
BLINK_S = 0.05
LATENCY_S = 0.2
SAMPLE = samples.load("genuine")


def analyzed(**options: Any) -> Report:
    return analyze(
        SAMPLE.media, script=SAMPLE.script, marks=SAMPLE.marks, settings=Settings(), **options
    )


@pytest.fixture(scope="module")
def report() -> Report:
    return analyzed()


@pytest.fixture(scope="module")
def values(report: Report) -> dict[str, Any]:
    return report.to_dict()


def found(told_s: Sequence[float], true_s: Sequence[float], within_s: float) -> int:
    """Count the true times that have a told one nearby, each told one used once."""
    left = list(told_s)
    for time_s in true_s:
        near = [t for t in left if abs(t - time_s) <= within_s]
        if near:
            left.remove(min(near, key=lambda t: abs(t - time_s)))
    return len(told_s) - len(left)


def test_the_face_is_found_in_nearly_every_frame(report: Report) -> None:
    share = next(o for o in report.quality if o.name == "quality.face_seen_share")
    assert share.value is not None
    assert share.value >= 0.99


def test_the_picture_is_as_good_as_the_sample_promises(report: Report) -> None:
    quality = {o.name: o for o in report.quality}
    assert (quality["quality.size"].value or 0) >= 120.0
    assert quality["quality.rate"].value == pytest.approx(30.0, abs=0.01)
    assert {o.status for o in report.quality} == {"assessed"}


@pytest.mark.parametrize(
    "truth", SAMPLE.truth.brief_movements, ids=lambda m: next(iter(m.channels))
)
def test_both_brief_movements_are_found_on_their_channels(
    values: dict[str, Any], truth: Movement
) -> None:
    (near,) = [m for m in values["movements"] if abs(m["apex_s"] - truth.apex_s) <= APEX_S]
    assert set(truth.channels) <= set(near["channels"])
    assert near["channels"][0] in truth.channels
    assert near["onset_s"] == pytest.approx(truth.onset_s, abs=EDGE_S)
    assert near["offset_s"] == pytest.approx(truth.offset_s, abs=EDGE_S)
    assert near["question_id"] == "income_source"


def test_no_movement_is_told_that_is_not_there(values: dict[str, Any]) -> None:
    assert len(values["movements"]) == len(SAMPLE.truth.brief_movements)


def test_every_blink_is_found_and_none_that_is_not_there(report: Report) -> None:
    told = [(o.start_s + o.end_s) / 2 for o in report.observations if o.name == "blink"]
    true = [(b.onset_s + b.offset_s) / 2 for b in SAMPLE.truth.blinks]
    hits = found(told, true, BLINK_S)
    recall, precision = hits / len(true), hits / len(told)
    assert (recall, precision) == (1.0, 1.0)


def test_there_is_one_prompt_and_it_is_on_the_income_question(report: Report) -> None:
    (prompt,) = report.prompts
    assert prompt.question_id == "income_source"
    assert "voice.response_latency" in [o.name for o in prompt.observations]
    assert prompt.follow_up.en == (
        "Which employer paid the salary in March, and into which account?"
    )


def test_every_answer_starts_when_it_does(values: dict[str, Any]) -> None:
    first_word_s = {
        line.question_id: line.start_s
        for line in reversed(SAMPLE.truth.speech)
        if line.speaker == "applicant"
    }
    for asked in values["script"]["questions"]:
        latency_s = first_word_s[asked["id"]] - asked["asked_end_s"]
        assert asked["response_latency_s"] == pytest.approx(latency_s, abs=LATENCY_S)


def test_no_filled_pause_is_told_where_there_is_none(values: dict[str, Any]) -> None:
    lanes = {lane["name"]: lane["spans"] for lane in values["timeline"]["lanes"]}
    (true,) = [line for line in SAMPLE.truth.speech if line.filled_pause]
    for told in lanes["filled_pause"]:
        assert true.start_s - 0.1 <= told["start_s"] < told["end_s"] <= true.end_s + 0.1


def test_what_needs_a_customer_consent_or_an_analyser_was_left_unchecked(report: Report) -> None:
    left = {check.check for check in report.not_checked}
    assert left == {"consent", "identity", "genuineness", "voice", "search"}


def test_the_outcome_is_inconclusive_without_any_flag(
    report: Report, values: dict[str, Any]
) -> None:
    assert report.outcome == "inconclusive"
    assert report.flags == ()
    assert [reason.code for reason in report.reasons] == [
        "not_checked:consent",
        "not_checked:identity",
        "not_checked:genuineness",
    ]
    jsonschema.Draft202012Validator(report_schema()).validate(values)


def test_a_second_run_gives_the_same_report(report: Report, tmp_path: Path) -> None:
    again = analyzed(out=tmp_path)
    assert again.observations == report.observations
    assert {k: v for k, v in again.to_dict().items() if k not in ("session_id", "created_at")} == {
        k: v for k, v in report.to_dict().items() if k not in ("session_id", "created_at")
    }


def test_behaviour_off_changes_no_outcome_and_no_flag(report: Report) -> None:
    without = analyzed(behaviour=False)
    assert (without.outcome, without.reasons) == (report.outcome, report.reasons)
    assert [f.to_dict() for f in without.flags] == [f.to_dict() for f in report.flags]
    assert without.prompts == ()
    assert without.signals.n_frames == 0


@pytest.mark.data
@pytest.mark.parametrize("clip", ["mead_W036_level_3_happy_007.mp4", "fr_hamilton.mp4"])
def test_behaviour_off_changes_no_outcome_of_a_real_clip(data_dir: Path, clip: str) -> None:
    path = data_dir / "face" / "video" / clip
    report = analyze(path, settings=Settings())
    without = analyze(path, settings=Settings(profile="eu"))
    assert (without.outcome, without.reasons) == (report.outcome, report.reasons)
    assert [f.to_dict() for f in without.flags] == [f.to_dict() for f in report.flags]
