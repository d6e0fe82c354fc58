from __future__ import annotations

from session_factory import speech

from facesign.interview.facts import turns_in
from facesign.interview.marks import Mark

MARKS = (Mark("first", 1.0, 3.0, 8.0), Mark("second", 8.2, 10.0, 14.0))


def test_speech_without_a_pause_is_cut_where_the_turn_ends() -> None:
    heard = speech(5.0, 9.9)
    assert list(turns_in(heard, MARKS)) == [(5.0, 8.0, "applicant"), (8.2, 9.9, "officer")]


def test_a_short_rest_beyond_the_border_belongs_to_who_spoke() -> None:
    assert list(turns_in(speech(1.1, 3.2), MARKS)) == [(1.1, 3.0, "officer")]


def test_speech_within_a_turn_is_whole() -> None:
    assert list(turns_in(speech(3.5, 7.0), MARKS)) == [(3.5, 7.0, "applicant")]


def test_a_word_shorter_than_any_turn_is_kept() -> None:
    assert list(turns_in(speech(2.9, 3.1), MARKS)) == [(2.9, 3.1, "applicant")]


def test_a_track_of_its_own_is_never_cut() -> None:
    heard = speech(5.0, 9.9, track="applicant")
    assert list(turns_in(heard, MARKS)) == [(5.0, 9.9, "applicant")]
