from __future__ import annotations

from collections.abc import Sequence

import pytest
from session_factory import SCRIPT, blink, movement, seen, speech

from facesign.biometrics.face.blinks import Blink
from facesign.biometrics.face.movements import Movement
from facesign.biometrics.observation import Observation
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.answers import MEASURES, Answer, FaceShown, answers_from, measure_answers
from facesign.interview.marks import Mark

NAME = Mark("name", 1.0, 2.0, 6.0)
INCOME = Mark("income", 10.0, 11.0, 21.0)


def answers(
    utterances: Sequence[Utterance] = (),
    *,
    marks: Sequence[Mark] = (NAME, INCOME),
    movements: Sequence[Movement] | None = None,
    blinks: Sequence[Blink] | None = None,
    away: Sequence[Observation] | None = None,
    present: Sequence[Observation] = (seen("face.present", 0.0, 60.0),),
    signals_from_s: float = 0.0,
) -> tuple[Answer, ...]:
    return answers_from(
        marks,
        SCRIPT.question,
        utterances,
        present=present,
        face=FaceShown(movements or (), blinks or (), away or (), signals_from_s)
        if (movements, blinks, away) != (None, None, None)
        else None,
    )


def value(answer: Answer, name: str) -> float | None:
    return next(measure for measure in MEASURES if measure.name == name).of(answer)


def test_an_utterance_belongs_to_the_answer_that_holds_its_middle() -> None:
    early, late = speech(5.0, 6.8), speech(5.4, 6.8)
    name, income = answers([early, late])
    assert name.speech == (early,)
    assert income.speech == ()


def test_what_the_officer_says_is_no_answer() -> None:
    own = speech(12.0, 14.0, "applicant")
    name, income = answers([speech(3.0, 4.0, "officer"), own])
    assert name.speech == ()
    assert income.speech == (own,)


def test_latency_on_a_mixed_track_starts_where_the_marks_end_the_question() -> None:
    assert answers([speech(12.5, 14.0)])[1].latency_s == pytest.approx(1.5)


def test_latency_on_separate_tracks_starts_where_the_officer_stops() -> None:
    talk = [speech(10.1, 11.4, "officer"), speech(13.0, 14.0, "applicant")]
    assert answers(talk)[1].latency_s == pytest.approx(1.6)


def test_latency_counts_from_the_officer_s_last_words_before_the_answer() -> None:
    talk = [
        speech(10.1, 10.9, "officer"),
        speech(11.5, 12.0, "officer"),
        speech(12.4, 15.0, "applicant"),
        speech(16.0, 17.0, "officer"),
    ]
    assert answers(talk)[1].latency_s == pytest.approx(0.4)


def test_separate_tracks_give_latency_where_the_end_of_the_question_was_not_marked() -> None:
    asked = Mark("income", 10.0, 10.0, 21.0, end_known=False)
    talk = [speech(10.1, 11.4, "officer"), speech(13.0, 14.0, "applicant")]
    assert answers(talk, marks=[asked])[0].latency_s == pytest.approx(1.6)


def test_on_a_mixed_track_without_the_end_of_the_question_no_voice_is_the_applicant_s() -> None:
    asked = Mark("income", 10.0, 10.0, 21.0, end_known=False)
    (answer,) = answers([speech(10.1, 11.4), speech(13.0, 14.0)], marks=[asked])
    assert answer.speech == ()
    assert answer.latency_s is None


def test_an_answer_that_starts_just_before_the_question_ends_has_no_latency() -> None:
    assert answers([speech(10.8, 14.0)])[1].latency_s == 0.0


def test_speech_that_runs_on_from_the_question_hides_where_the_answer_began() -> None:
    assert answers([speech(10.5, 14.0)])[1].latency_s is None


def test_silence_has_no_latency() -> None:
    assert answers()[1].latency_s is None


def test_the_longest_pause_lies_between_utterances_of_the_answer() -> None:
    income = answers([speech(11.5, 12.0), speech(12.5, 13.0), speech(15.0, 16.0)])[1]
    assert list(income.pauses()) == [(12.0, 12.5), (13.0, 15.0)]
    assert value(income, "voice.longest_pause") == pytest.approx(2.0)


def test_one_utterance_has_no_pause_and_silence_is_not_measured() -> None:
    assert value(answers([speech(12.0, 14.0)])[1], "voice.longest_pause") == 0.0
    assert value(answers()[1], "voice.longest_pause") is None


def test_utterances_count_by_their_length() -> None:
    income = answers([speech(12.0, 13.0, pitch_hz=100.0), speech(14.0, 17.0, pitch_hz=140.0)])[1]
    assert value(income, "voice.pitch") == pytest.approx((100.0 + 3 * 140.0) / 4)


def test_an_utterance_without_pitch_does_not_count_towards_it() -> None:
    income = answers([speech(12.0, 13.0, pitch_hz=100.0), speech(14.0, 17.0, pitch_hz=None)])[1]
    assert value(income, "voice.pitch") == pytest.approx(100.0)


def test_less_than_half_a_second_of_speech_is_not_measured() -> None:
    income = answers([speech(12.0, 12.4)])[1]
    assert value(income, "voice.syllable_rate") is None
    assert value(income, "voice.loudness") is None


def test_filled_pauses_are_counted_over_the_answer() -> None:
    income = answers([speech(12.0, 14.0, filled_at_s=[12.5, 13.0]), speech(15.0, 16.0)])[1]
    assert value(income, "voice.filled_pauses") == 2.0


def test_movements_and_blinks_count_where_their_apex_is() -> None:
    movements = [movement(t) for t in (10.9, 11.0, 15.0, 21.0, 21.1)]
    blinks = [blink(t) for t in (3.0, 12.0, 13.0, 14.0)]
    income = answers(movements=movements, blinks=blinks)[1]
    assert value(income, "face.brief_movements") == 3.0
    assert value(income, "blink.rate") == pytest.approx(60.0 * 3 / 10.0)


def test_looking_away_is_a_share_of_the_answer() -> None:
    away = [seen("gaze.away", 9.0, 12.0), seen("gaze.away", 20.0, 25.0)]
    assert value(answers(away=away)[1], "gaze.away_share") == pytest.approx(0.2)


def test_a_short_answer_has_no_rates() -> None:
    short = Mark("income", 10.0, 11.0, 11.9)
    (answer,) = answers(marks=[short], blinks=[blink(11.5)], away=[])
    assert value(answer, "blink.rate") is None
    assert value(answer, "gaze.away_share") is None


def test_a_face_that_was_not_assessed_has_no_values() -> None:
    income = answers([speech(12.0, 14.0)])[1]
    for name in ("face.brief_movements", "blink.rate", "gaze.away_share"):
        assert value(income, name) is None


def test_a_measure_stands_beside_the_median_over_other_baseline_answers() -> None:
    marks = [
        Mark("name", 0.0, 1.0, 5.0),
        Mark("name", 10.0, 11.0, 15.0),
        Mark("name", 20.0, 21.0, 25.0),
        Mark("income", 30.0, 31.0, 39.0),
    ]
    talk = [speech(1.4, 4.0), speech(11.6, 14.0), speech(22.0, 24.0), speech(34.0, 36.0)]
    measured = {
        answer.mark.asked_start_s: observations[0]
        for answer, observations in measure_answers(answers(talk, marks=marks))
    }
    late = measured[30.0]
    assert (late.name, late.value) == ("voice.response_latency", pytest.approx(3.0))
    assert late.baseline_median == pytest.approx(0.6)
    assert late.baseline_mad == pytest.approx(0.2)
    assert (late.start_s, late.end_s, late.unit) == (31.0, 39.0, "s")
    first = measured[0.0]
    assert first.baseline_median == pytest.approx((0.6 + 1.0) / 2)


def test_without_baseline_answers_there_is_no_usual() -> None:
    ((_, observations),) = measure_answers(answers([speech(13.0, 15.0)], marks=[INCOME]))
    assert observations[0].value == pytest.approx(2.0)
    assert {o.baseline_median for o in observations} == {None}
    assert {o.baseline_mad for o in observations} == {None}


def test_what_could_not_be_measured_is_not_assessed_with_its_reason() -> None:
    ((_, observations),) = measure_answers(answers(marks=[INCOME]))
    assert {o.status for o in observations} == {"not_assessed"}
    by_name = {o.name: o.reason for o in observations}
    assert by_name["voice.pitch"] == "too_little_speech"
    assert by_name["blink.rate"] == "baseline_short"


@pytest.mark.parametrize(("until_s", "counted"), [(19.0, 2.0), (18.9, None), (11.0, None)])
def test_a_face_that_is_away_for_over_a_fifth_of_the_answer_is_not_measured(
    until_s: float, counted: float | None
) -> None:
    blinks, movements = [blink(12.0), blink(13.0)], [movement(12.5), movement(13.5)]
    present = [seen("face.present", 0.0, until_s)]
    ((_, observations),) = measure_answers(
        answers(marks=[INCOME], movements=movements, blinks=blinks, away=[], present=present)
    )
    by_name = {o.name: o for o in observations}
    assert by_name["face.brief_movements"].value == counted
    for name in ("face.brief_movements", "blink.rate", "gaze.away_share"):
        assert by_name[name].reason == (None if counted else "no_face")


def test_an_answer_marked_after_the_end_of_the_recording_is_not_measured() -> None:
    late = Mark("income", 100.0, 101.0, 111.0)
    ((_, observations),) = measure_answers(answers(marks=[late], movements=[], blinks=[], away=[]))
    assert {o.status for o in observations} == {"not_assessed"}
