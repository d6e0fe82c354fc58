from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from session_factory import SCRIPT, movement, question, seen, speech

from facesign.biometrics.face.movements import Movement
from facesign.biometrics.observation import Observation
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.answers import MEASURES, FaceShown, Measure, answers_from
from facesign.interview.marks import Mark
from facesign.interview.prompts import Prompt, departs, prompts_from
from facesign.interview.script import Question

MARKS = (
    Mark("name", 0.0, 1.0, 5.0),
    Mark("name", 10.0, 11.0, 15.0),
    Mark("income", 20.0, 21.0, 29.0),
    Mark("coached", 30.0, 31.0, 39.0),
)
USUAL = [speech(1.5, 4.0), speech(11.5, 14.0)]
"""Both baseline questions are answered after half a second."""


def prompts(
    utterances: Sequence[Utterance],
    *,
    marks: Sequence[Mark] = MARKS,
    movements: Sequence[Movement] | None = None,
    questions: Sequence[Question] = SCRIPT.questions,
) -> list[Prompt]:
    known = {one.question_id: one for one in questions}
    answers = answers_from(
        marks,
        known.__getitem__,
        utterances,
        present=[seen("face.present", 0.0, 40.0)],
        face=None if movements is None else FaceShown(movements, (), (), signals_from_s=15.0),
    )
    return list(prompts_from(answers, "high"))


def departure(name: str, value: float | None, usual: float | None, mad: float = 0.0) -> Observation:
    return Observation(name, 0.0, 1.0, value, "1", baseline_median=usual, baseline_mad=mad)


def test_a_late_answer_to_a_sensitive_question_gives_one_prompt_with_its_follow_up() -> None:
    (prompt,) = prompts([*USUAL, speech(24.0, 27.0), speech(31.5, 34.0)])
    assert (prompt.prompt_id, prompt.question_id) == ("p1", "income")
    assert (prompt.start_s, prompt.end_s) == (21.0, 29.0)
    assert prompt.follow_up.en == "Which employer?"
    assert prompt.follow_up.zh == "Which employer?（中文）"
    (late,) = prompt.observations
    assert late.name == "voice.response_latency"
    assert (late.value, late.baseline_median) == (pytest.approx(3.0), pytest.approx(0.5))


def test_a_protection_question_prompts_likewise() -> None:
    found = prompts([*USUAL, speech(24.0, 27.0), speech(34.0, 36.0)])
    assert [(p.prompt_id, p.question_id) for p in found] == [("p1", "income"), ("p2", "coached")]


def test_without_a_baseline_there_is_nothing_to_prompt_about() -> None:
    assert prompts([speech(24.0, 27.0), speech(35.0, 37.0)], marks=MARKS[2:]) == []


def test_baseline_answers_that_were_not_heard_are_no_baseline() -> None:
    assert prompts([speech(24.0, 27.0), speech(35.0, 37.0)]) == []


def test_a_late_answer_to_a_baseline_question_prompts_nothing() -> None:
    assert prompts([speech(1.5, 4.0), speech(14.0, 15.0), speech(21.5, 24.0)]) == []


@pytest.mark.parametrize("kind", ["routine", "disclosure", "confirmation", "document", "signature"])
def test_other_kinds_of_question_prompt_nothing(kind: str) -> None:
    questions = [SCRIPT.questions[0], question("income", kind)]  # type: ignore[arg-type]
    assert prompts([*USUAL, speech(24.0, 27.0)], marks=MARKS[:3], questions=questions) == []


def test_a_question_without_a_follow_up_prompts_nothing() -> None:
    questions = [SCRIPT.questions[0], question("income", "sensitive", ())]
    assert prompts([*USUAL, speech(24.0, 27.0)], marks=MARKS[:3], questions=questions) == []


def test_an_answer_a_second_late_alone_is_not_worth_a_prompt() -> None:
    assert prompts([*USUAL, speech(22.6, 27.0)]) == []


def test_a_second_late_and_hesitant_is_worth_one() -> None:
    hesitant = speech(22.6, 27.0, filled_at_s=[23.0, 24.0])
    (prompt,) = prompts([*USUAL, hesitant])
    assert [o.name for o in prompt.observations] == [
        "voice.response_latency",
        "voice.filled_pauses",
    ]


def test_two_departures_of_the_face_and_voice_together_carry_the_capture_s_reliability() -> None:
    slow = speech(22.6, 27.0)
    (prompt,) = prompts([*USUAL, slow], movements=[movement(t) for t in (22.0, 23.0, 24.0)])
    assert [o.name for o in prompt.observations] == [
        "voice.response_latency",
        "face.brief_movements",
    ]
    assert prompt.reliability == "high"


def test_a_prompt_names_what_moved_where_that_departs() -> None:
    slow = speech(22.6, 27.0)
    moved = [
        *(movement(t) for t in (22.0, 23.0)),
        replace(movement(24.0), channels=("au4.right", "au1.left")),
    ]
    assert prompts([*USUAL, slow], movements=moved)[0].channels == ("au1.left", "au4.right")
    assert prompts([*USUAL, speech(24.0, 27.0)], movements=moved[:1])[0].channels == ()


def test_a_prompt_carries_the_usual_of_its_question_where_the_script_gives_one() -> None:
    known = [replace(one, usual_latency_s=1.2) for one in SCRIPT.questions]
    late = [*USUAL, speech(24.0, 27.0)]
    assert [one.question_usual_s for one in prompts(late, questions=known)] == [1.2]
    assert [one.question_usual_s for one in prompts(late)] == [None]


def test_a_prompt_from_the_voice_alone_is_of_medium_reliability() -> None:
    assert prompts([*USUAL, speech(24.0, 27.0)])[0].reliability == "medium"


def test_an_answer_earlier_than_usual_is_no_departure() -> None:
    late = [speech(4.0, 4.9), speech(14.0, 14.9)]
    assert prompts([*late, speech(21.1, 27.0, filled_at_s=[22.0, 23.0])]) == []


@pytest.mark.parametrize(
    "measure", [m for m in MEASURES if not m.is_relative], ids=lambda m: m.name
)
def test_a_departure_counts_from_its_least_on_and_downwards_only_where_both_ways(
    measure: Measure,
) -> None:
    name, least, both_ways = measure.name, measure.least, measure.both_ways
    assert departs(departure(name, 100.0 + 1.01 * least, 100.0))
    assert not departs(departure(name, 100.0 + 0.99 * least, 100.0))
    assert departs(departure(name, 100.0 - 1.01 * least, 100.0)) == both_ways
    assert not departs(departure(name, 100.0 + 1e6, None))
    assert not departs(Observation(name, 0, 1, None, "1", 100.0, 1.0, "not_assessed", "no_sound"))


@pytest.mark.parametrize("measure", [m for m in MEASURES if m.is_relative], ids=lambda m: m.name)
def test_what_is_counted_against_the_baseline_needs_no_usual_beside_it(measure: Measure) -> None:
    assert departs(departure(measure.name, measure.least, None))
    assert not departs(departure(measure.name, 0.99 * measure.least, None))


def test_an_unsteady_baseline_asks_for_three_robust_deviations() -> None:
    limit = 3 * 1.4826 * 0.5
    assert departs(departure("voice.response_latency", 1.0 + limit + 0.01, 1.0, mad=0.5))
    assert not departs(departure("voice.response_latency", 1.0 + limit - 0.01, 1.0, mad=0.5))


def test_less_than_usual_counts_only_for_what_may_go_both_ways() -> None:
    assert {m.name for m in MEASURES if not m.both_ways} == {
        "voice.response_latency",
        "voice.longest_pause",
        "voice.filled_pauses",
        "face.brief_movements",
        "gaze.away_share",
    }


def test_a_prompt_tells_its_values_to_programs() -> None:
    (prompt,) = prompts([*USUAL, speech(24.0, 27.0)])
    row = prompt.to_dict()
    assert row["follow_up"] == {"zh": "Which employer?（中文）", "en": "Which employer?"}
    assert (row["id"], row["question_id"], row["reliability"]) == ("p1", "income", "medium")
    assert [o["name"] for o in row["observations"]] == ["voice.response_latency"]
