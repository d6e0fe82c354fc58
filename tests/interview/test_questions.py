from __future__ import annotations

import numpy as np
import pytest
from session_factory import SCRIPT

from facesign.errors import ScriptError, SessionStateError
from facesign.interview.marks import Mark
from facesign.interview.questions import QuestionLog

MARKS = (Mark("name", 1.0, 2.0, 5.0), Mark("income", 6.0, 7.0, 9.0))


def test_asking_opens_a_question_and_the_next_one_ends_its_answer() -> None:
    log = QuestionLog(SCRIPT)
    log.ask("name", 1.0)
    log.asked(2.0)
    log.ask("income", 6.0)
    log.asked(7.0)
    log.end(9.0)
    assert log.marks == (Mark("name", 1.0, 2.0, 6.0), Mark("income", 6.0, 7.0, 9.0))


def test_a_question_whose_end_was_not_told_says_so() -> None:
    log = QuestionLog(SCRIPT)
    log.ask("name", 1.0)
    log.end(4.0)
    assert log.marks == (Mark("name", 1.0, 1.0, 4.0, end_known=False),)


def test_ending_twice_changes_nothing() -> None:
    log = QuestionLog(SCRIPT, MARKS)
    log.end(100.0)
    assert log.marks == MARKS


def test_an_end_before_the_answer_leaves_an_empty_answer() -> None:
    log = QuestionLog(SCRIPT)
    log.ask("name", 10.0)
    log.asked(12.0)
    log.end(11.0)
    assert log.marks == (Mark("name", 10.0, 12.0, 12.0),)


def test_no_question_ends_before_it_starts() -> None:
    log = QuestionLog(SCRIPT)
    log.ask("name", 10.0)
    with pytest.raises(SessionStateError, match=r"cannot end at 9\.0 s: it started at 10\.0 s"):
        log.asked(9.0)


@pytest.mark.parametrize("time_s", [4.0, -1.0])
def test_no_question_starts_before_the_one_before_it_was_asked(time_s: float) -> None:
    log = QuestionLog(SCRIPT)
    log.ask("name", 5.0)
    with pytest.raises(SessionStateError, match=r"cannot start at .* s: .* s is past"):
        log.ask("income", time_s)
    assert [mark.question_id for mark in log.marks] == ["name"]


def test_the_first_question_does_not_start_before_the_session() -> None:
    with pytest.raises(SessionStateError, match=r"cannot start at -1\.0 s"):
        QuestionLog(SCRIPT).ask("name", -1.0)


def test_a_question_that_is_not_asked_cannot_have_been_asked() -> None:
    with pytest.raises(SessionStateError, match=r"call ask\(\) first"):
        QuestionLog(SCRIPT).asked(1.0)


def test_only_questions_of_the_script_can_be_asked() -> None:
    with pytest.raises(ScriptError, match="has no question 'shoe_size'"):
        QuestionLog(SCRIPT).ask("shoe_size", 1.0)
    with pytest.raises(SessionStateError, match="has no script"):
        QuestionLog(None).ask("name", 1.0)


def test_baseline_time_runs_from_the_question_to_the_end_of_its_answer() -> None:
    times = np.array([0.9, 1.0, 3.0, 5.0, 5.1, 7.0])
    inside = QuestionLog(SCRIPT, MARKS).in_baseline(times)
    np.testing.assert_array_equal(inside, [False, True, True, True, False, False])


def test_an_open_baseline_question_has_no_end_yet() -> None:
    log = QuestionLog(SCRIPT)
    log.ask("name", 1.0)
    np.testing.assert_array_equal(log.in_baseline(np.array([0.5, 1.0, 500.0])), [0, 1, 1])
    log.ask("income", 4.0)
    np.testing.assert_array_equal(log.in_baseline(np.array([0.5, 1.0, 500.0])), [0, 1, 0])


def test_the_baseline_is_over_when_another_kind_of_question_starts() -> None:
    log = QuestionLog(SCRIPT, MARKS)
    assert [log.baseline_is_over(t) for t in (0.0, 5.9, 6.0, 20.0)] == [False, False, True, True]


def test_a_log_is_used_with_a_script_or_with_marks() -> None:
    assert QuestionLog(SCRIPT).is_used
    assert not QuestionLog(None).is_used


def test_a_time_lies_in_the_officers_turn_the_applicants_or_nobodys() -> None:
    log = QuestionLog(SCRIPT, MARKS)
    times = (0.5, 1.0, 2.0, 5.0, 5.5, 6.5, 8.0, 9.5)
    assert [log.turn_at(t) for t in times] == [
        *("session", "officer", "applicant", "applicant"),
        *("session", "officer", "applicant", "session"),
    ]


def test_an_open_answer_is_the_applicants_turn_once_the_question_is_asked() -> None:
    log = QuestionLog(SCRIPT)
    log.ask("name", 1.0)
    assert log.turn_at(1.5) == "session"
    log.asked(2.0)
    assert (log.turn_at(1.5), log.turn_at(30.0)) == ("officer", "applicant")
