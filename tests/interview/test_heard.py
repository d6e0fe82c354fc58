from __future__ import annotations

import pytest
from voice_factory import compared_at, turn

from facesign.interview.heard import compared, mismatches, voices_heard


def test_another_voice_is_told_from_when_to_when_and_for_how_long() -> None:
    turns = [turn(0.0, 5.0), turn(6.0, 8.0, "other"), turn(10.0, 11.5, "other")]
    (other,) = voices_heard(turns)
    assert (other.name, other.subject) == ("voice.other", "other")
    assert (other.start_s, other.end_s, other.value) == (6.0, 11.5, 3.5)


def test_turns_more_than_ten_seconds_apart_are_told_one_by_one() -> None:
    turns = [turn(0.0, 2.0, "other"), turn(12.1, 14.0, "other")]
    assert [(one.start_s, one.end_s) for one in voices_heard(turns)] == [(0.0, 2.0), (12.1, 14.0)]


def test_a_change_of_the_applicants_voice_is_told_apart_from_another_voice() -> None:
    (changed,) = voices_heard([turn(0.0, 5.0), turn(6.0, 10.0, same_voice=False)])
    assert (changed.name, changed.subject, changed.value) == ("voice.changed", "applicant", 4.0)


def test_officer_and_unknown_voices_are_no_news() -> None:
    assert list(voices_heard([turn(0, 4, "officer"), turn(5, 9, "session"), turn(9, 12)])) == []


def test_a_comparison_without_a_decision_is_not_assessed_with_its_reason() -> None:
    open_ended = compared_at(0.0, "inconclusive", 1.0, reasons=("provisional",))
    (one,) = compared([open_ended])
    assert (one.status, one.reason, one.value) == ("not_assessed", "provisional", 1.0)
    (whole,) = compared([compared_at(0.0, is_whole=True)])
    assert (whole.name, whole.status) == ("voice.overall_comparison", "assessed")


def test_one_short_mismatch_is_not_enough_two_in_a_row_are() -> None:
    a, b, c = (compared_at(t, "no_match", -3.0) for t in (0.0, 12.0, 40.0))
    match = compared_at(24.0)
    assert list(mismatches([a, match, c])) == []
    assert list(mismatches([a, b, match, c])) == [(a, b)]


def test_a_mismatch_of_the_whole_is_enough() -> None:
    part, whole = compared_at(0.0, "no_match", -1.0), compared_at(0.0, "no_match", -2.0)
    whole = compared_at(0.0, "no_match", -2.0, is_whole=True)
    assert list(mismatches([part, compared_at(12.0), whole])) == [(part, whole)]


@pytest.mark.parametrize("decision", ["match", "inconclusive"])
def test_no_mismatch_without_a_decision_against(decision: str) -> None:
    parts = [compared_at(t, decision) for t in (0.0, 12.0)]  # type: ignore[arg-type]
    assert list(mismatches(parts)) == []
