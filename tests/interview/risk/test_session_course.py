"""What a session says of its own course, and what follows from it for the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from session_factory import (
    ScriptedPipeline,
    baseline,
    calm_face,
    movement,
    scripted_session,
    seen,
    sound,
    speech,
)
from tone_voices import LOW_HZ, TONES, ToneEncoder, tone
from voice_factory import ToneVerifier, compared_at, turn

from facesign.biometrics.observation import Observation
from facesign.interview.marks import Mark
from facesign.interview.pipeline import Event
from facesign.interview.report import Report
from facesign.interview.risk.history import VoiceElsewhere, past_observations
from facesign.interview.session import Session
from facesign.interview.voices import Voices

MARKS = (
    Mark("name", 0.0, 2.0, 8.0),
    Mark("income", 10.0, 12.0, 25.0),
    Mark("coached", 26.0, 27.0, 29.0),
)


def session(
    *events: Event, marks: Sequence[Mark] = MARKS, face: bool = True, **options: Any
) -> Session:
    pipeline = ScriptedPipeline(
        [*(calm_face(30.0) if face else ()), *events], baselines=[baseline(0.0, 8.0)]
    )
    verifying = Voices(ToneEncoder(), ToneVerifier(tone(LOW_HZ, 4.0)), separation=TONES)
    return scripted_session(pipeline, marks=marks, voices=verifying, **options)


def told(report: Report, name: str) -> list[Observation]:
    return [one for one in report.observations if one.name == name]


def value(report: Report, name: str) -> float | None:
    (one,) = told(report, name)
    return one.value


def test_consents_are_counted_by_what_is_missing_and_who_gave_them() -> None:
    report = session(customer="C-1").close()
    assert value(report, "consent.missing") == 0.0
    assert value(report, "consent.given_by_other") == 0.0
    assert value(report, "consent.texts") == 1.0
    other = session(customer="C-2", agreed=("recording", "face")).close()
    assert value(other, "consent.missing") == 1.0
    assert value(other, "consent.given_by_other") == 2.0


def test_a_consent_that_was_taken_back_is_withdrawn_and_weighs_nothing() -> None:
    live = session()
    live.consent(purpose="voice", text="en-2", given_by="C-1", granted=False)
    report = live.close()
    assert value(report, "consent.withdrawn") == 1.0
    assert value(report, "consent.texts") == 2.0
    (fired,) = (m for m in report.monitors if m.monitor.monitor_id == "protocol.consent_withdrawn")
    assert fired.monitor.weight == 0.0


def test_questions_that_were_left_out_are_counted_by_kind() -> None:
    report = session(marks=MARKS[:1]).close()
    assert value(report, "question.skipped_sensitive") == 1.0
    assert value(report, "question.skipped_baseline") == 0.0
    assert told(report, "question.pace") == []
    whole = session().close()
    assert value(whole, "question.skipped_protection") == 0.0
    assert value(whole, "question.pace") == pytest.approx(29.0 / 3)
    assert [one.value for one in told(whole, "question.break")] == [2.0, 1.0]


def test_order_and_repetition_are_told() -> None:
    marks = (
        Mark("coached", 0.0, 1.0, 3.0),
        Mark("income", 4.0, 5.0, 8.0),
        Mark("name", 9.0, 10.0, 12.0),
        Mark("income", 13.0, 14.0, 16.0),
    )
    report = session(marks=marks).close()
    assert value(report, "question.out_of_order") == 2.0
    assert value(report, "question.repeated") == 1.0


def test_evidence_of_other_systems_stands_where_it_came() -> None:
    live = session()
    live.add_evidence(source="national-id", kind="identity", result="no_match", time_s=5.0)
    report = live.close()
    (one,) = told(report, "evidence.identity_no_match")
    assert (one.start_s, one.subject) == (5.0, "session")
    (flag,) = report.flags
    assert flag.fusion is not None
    assert [c.monitor_id for c in flag.fusion.contributions] == ["identity.evidence_no_match"]
    assert flag.fusion.points == 8.0


def test_comparisons_are_told_from_where_no_match_begins_beside_those_before() -> None:
    report = session(compared_at(0.0, "match", 5.0), compared_at(12.0, "no_match", -3.0)).close()
    first, second = told(report, "voice.comparison_margin")
    assert (first.value, first.baseline_median) == (5.0, None)
    assert (second.value, second.baseline_median) == (-3.0, 5.0)


def test_a_comparison_that_may_not_decide_is_not_assessed() -> None:
    report = session(compared_at(0.0, "inconclusive", -3.0, reasons=("noisy",))).close()
    (one,) = told(report, "voice.comparison_margin")
    assert (one.status, one.reason, one.value) == ("not_assessed", "noisy", None)


def test_speech_while_the_face_is_away_is_told() -> None:
    report = session(turn(12.0, 18.0), seen("face.absent", 14.0, 20.0)).close()
    (one,) = told(report, "speech.unseen")
    assert (one.start_s, one.end_s, one.value) == (14.0, 18.0, 4.0)
    assert value(report, "face.left") == 6.0


def test_a_face_that_never_was_there_has_not_left() -> None:
    report = session(seen("face.absent", 0.0, 30.0), face=False).close()
    assert told(report, "face.left") == []


def test_sound_that_is_missing_for_a_while_is_a_gap() -> None:
    live = session()
    live.push(sound(0.1))
    live.push(sound(6.0))
    (gap,) = told(live.close(), "sound.gap")
    assert (gap.start_s, gap.end_s) == (pytest.approx(0.2), 6.0)


def test_a_voice_that_answers_first_opens_the_protective_path_and_no_mark() -> None:
    events = [
        speech(2.5, 7.0),
        turn(2.5, 7.0),
        turn(12.2, 14.0, "other"),
        turn(15.0, 20.0),
        speech(15.0, 20.0),
    ]
    report = session(*events).close()
    (one,) = told(report, "voice.other_before_answer")
    assert (one.value, one.subject) == (pytest.approx(1.8), "other")
    protect = [m.monitor.monitor_id for m in report.monitors if m.monitor.role == "protect"]
    assert "protection.prompted" in protect
    assert report.flags == ()
    assert "保护申请人" in report.to_html(lang="zh")
    assert "Ask alone" in report.to_html(lang="en")
    alone = session(*events[:2], marks=MARKS[:2]).close()
    assert "Ask alone" not in alone.to_html(lang="en")


def test_an_answer_by_another_voice_alone_is_told() -> None:
    report = session(turn(13.0, 18.0, "other"), turn(3.0, 5.0)).close()
    (one,) = told(report, "answer.by_other")
    assert (one.start_s, one.value) == (12.0, 5.0)
    assert [o.value for o in told(report, "answer.applicant_speech")] == [2.0, 0.0, 0.0]


def test_without_turns_nothing_is_said_of_who_answered() -> None:
    report = session(speech(3.0, 5.0)).close()
    assert told(report, "answer.applicant_speech") == []


def test_an_answer_is_set_beside_the_baseline_answers() -> None:
    report = session(speech(3.0, 7.0), speech(13.0, 14.0), speech(17.0, 18.0)).close()
    short = next(o for o in told(report, "answer.speech") if o.start_s == 12.0)
    assert (short.value, short.baseline_median) == (2.0, 4.0)
    (silence,) = told(report, "voice.silence")
    assert (silence.start_s, silence.end_s) == (14.0, 17.0)
    share = next(o for o in told(report, "answer.speech_share") if o.start_s == 12.0)
    assert share.value == pytest.approx(0.4)


def test_what_behaviour_is_made_of_is_gone_with_behaviour() -> None:
    events = [speech(3.0, 7.0), speech(13.0, 14.0), speech(17.0, 18.0), movement(15.0)]
    off = session(*events, behaviour=False).close()
    gone = ("answer.speech", "answer.speech_share", "voice.silence", "answer.pitch_range")
    assert [o.name for o in off.observations if o.name in gone] == []
    assert [m for m in off.monitors if m.family == "behaviour"] == []


def test_history_passed_in_is_observed_and_raises_its_flag() -> None:
    live_id = "this"
    past = past_observations(
        [],
        customer="C-1",
        external_ref=None,
        session_id=live_id,
        now=session().created_at,
        voice=VoiceElsewhere(2),
    )
    report = session(past=tuple(past)).close()
    assert [flag.code for flag in report.flags] == ["voice_under_other_customer"]
    (flag,) = report.flags
    assert (flag.family, flag.value, flag.threshold, report.outcome) == (
        "identity",
        2.0,
        1.0,
        "review",
    )
    check = {one.check: one.finding for one in report.checks}
    assert check["face"] is False
