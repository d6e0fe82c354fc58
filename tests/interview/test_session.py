from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from session_factory import (
    GOOD_VOICE,
    ScriptedPipeline,
    baseline,
    blink,
    calm_face,
    face,
    frame,
    movement,
    scripted_session,
    seen,
    some_signals,
    sound,
    speech,
)

from facesign.biometrics.voice.quality import VoiceQuality
from facesign.errors import (
    ConsentError,
    SessionStateError,
)
from facesign.interview.consent import PURPOSES
from facesign.interview.flags import Flag
from facesign.interview.home import CHECKS, Settings
from facesign.interview.marks import Mark
from facesign.interview.pipeline import Event, FaceReading
from facesign.interview.report import Report
from facesign.interview.session import Session

CALM = calm_face(30.0)
"""A face that stands well for half a minute."""
FLAGGED: dict[str, Event] = {
    "undeclared_person": seen("face.other", 3.0, 9.0),
    "face_absent": seen("face.absent", 3.0, 9.0),
    "face_elsewhere": seen("face.place_jump", 3.0, 3.0, 1.5),
    "face_size_changed": seen("face.size_jump", 3.0, 3.0, 2.5),
}
MARKS = (
    Mark("name", 0.0, 1.0, 8.0),
    Mark("income", 10.0, 11.0, 25.0),
)
BEHAVIOUR: list[Event] = [
    seen("face.present", 0.0, 30.0),
    speech(1.5, 4.0),
    speech(16.0, 20.0, filled_at_s=[17.0, 18.0]),
    *[movement(t) for t in (12.0, 13.0, 14.0)],
    *[blink(t) for t in (2.0, 12.0, 15.0)],
    seen("gaze.away", 11.0, 20.0),
    seen("head.turned", 11.0, 12.0),
]


def live(**options: Any) -> Session:
    return Session(settings=Settings(), **options)


def agree(session: Session, *purposes: str) -> Session:
    for purpose in purposes:
        session.consent(purpose=purpose, text="en-1", given_by="C-1")
    return session


def states(report: Report) -> dict[str, tuple[bool | None, str | None]]:
    return {check.check: (check.finding, check.reason) for check in report.checks}


def codes(report: Report) -> list[str]:
    return [reason.code for reason in report.reasons]


@pytest.mark.parametrize("item", [frame(), sound()], ids=["frame", "sound"])
def test_nothing_is_taken_before_consent(item: Any) -> None:
    with pytest.raises(ConsentError, match=r"no consent to recording: call session\.consent\("):
        live().push(item)


@pytest.mark.parametrize(("item", "purpose"), [(frame(), "face"), (sound(), "voice")])
def test_consent_to_the_recording_is_no_consent_to_measuring(item: Any, purpose: str) -> None:
    session = agree(live(), "recording")
    with pytest.raises(ConsentError, match=f"no consent to {purpose}"):
        session.push(item)


def test_a_refused_recording_is_not_taken_even_from_a_file() -> None:
    session = live(recorded=True)
    session.consent(purpose="recording", text="en-1", given_by="C-1", granted=False)
    with pytest.raises(ConsentError, match="recording was refused"):
        session.push(frame())


def test_a_refused_voice_is_not_analysed_and_the_face_is() -> None:
    pipeline = ScriptedPipeline(CALM, voice=None)
    session = scripted_session(pipeline, agreed=("recording", "face"), refused=("voice",))
    session.push(sound(5.0))
    report = session.close()
    assert [type(item).__name__ for item in pipeline.pushed] == ["Frame", "Frame"]
    assert states(report)["voice_behaviour"] == (None, "consent_refused")
    assert states(report)["consent"] == (None, "consent_refused")
    voice = [o for o in report.quality if o.name.startswith("voice.")]
    assert {o.reason for o in voice} == {"consent_refused"}
    assert "speech" not in {lane["name"] for lane in report.to_dict()["timeline"]["lanes"]}


def test_a_refused_face_is_neither_analysed_nor_kept_as_a_picture() -> None:
    pipeline = ScriptedPipeline([speech(1.0, 2.0)])
    session = scripted_session(pipeline, agreed=("recording", "voice"), refused=("face",))
    report = session.close()
    assert [type(item).__name__ for item in pipeline.pushed] == ["Sound"]
    assert report.images == ()
    assert states(report)["face"] == (None, "consent_refused")
    assert states(report)["behaviour"] == (None, "consent_refused")
    assert "no_face" not in codes(report)


def test_a_file_is_analysed_without_consent_and_the_report_says_so() -> None:
    report = scripted_session(ScriptedPipeline(CALM), agreed=()).close()
    assert states(report)["consent"] == (None, "no_consent_recorded")
    assert "not_checked:consent" in codes(report)


def behaving(**options: Any) -> Report:
    pipeline = ScriptedPipeline([*CALM, *BEHAVIOUR], baselines=[baseline(0.0, 8.0)])
    return scripted_session(pipeline, marks=MARKS, **options).close()


def test_behaviour_gives_a_prompt() -> None:
    report = behaving()
    assert [(p.question_id, p.follow_up.en) for p in report.prompts] == [
        ("income", "Which employer?")
    ]
    assert states(report)["behaviour"] == (False, None)


def counted(flag: Flag) -> tuple[dict[str, Any], list[tuple[str, float | None]]]:
    """Return a flag, and what the families other than behaviour count for it."""
    assert flag.fusion is not None
    points = [(one.family, one.points) for one in flag.fusion.families]
    return {**flag.to_dict(), "rank": None}, [one for one in points if one[0] != "behaviour"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"behaviour": False}, "behaviour_off"),
        ({"settings": Settings(profile="eu")}, "behaviour_off"),
        ({"refused": ("behaviour",)}, "consent_refused"),
    ],
    ids=["option", "profile eu", "refused"],
)
@pytest.mark.parametrize("flag", [None, *FLAGGED])
def test_behaviour_switched_off_changes_no_outcome_and_leaves_nothing_of_it(
    options: dict[str, Any], reason: str, flag: str | None
) -> None:
    events = [*CALM, *BEHAVIOUR, *([FLAGGED[flag]] if flag else [])]

    def closed(**options: Any) -> Report:
        pipeline = ScriptedPipeline(events, baselines=[baseline(0.0, 8.0)])
        return scripted_session(pipeline, marks=MARKS, **options).close()

    assessed, without = closed(), closed(**options)
    assert assessed.prompts
    assert without.outcome == assessed.outcome
    assert without.reasons == assessed.reasons
    assert list(map(counted, without.flags)) == list(map(counted, assessed.flags))
    assert without.prompts == ()
    for check in ("behaviour", "voice_behaviour", "movements"):
        assert states(without)[check] == (None, reason)
    values = without.to_dict()
    assert values["movements"] == values["summary"] == []
    assert not [one for one in values["monitors"] if one["family"] == "behaviour"]
    lanes = {lane["name"] for lane in values["timeline"]["lanes"]}
    assert not lanes & {"pause", "filled_pause", "blink", "gaze_away", "movement", "prompt"}


def test_behaviour_withdrawn_at_the_end_leaves_nothing_of_it_in_the_report() -> None:
    pipeline = ScriptedPipeline(
        [*CALM, *BEHAVIOUR, FaceReading(*_block(), some_signals([1.0, 1.1]))],
        baselines=[baseline(0.0, 8.0)],
    )
    session = scripted_session(pipeline, marks=MARKS)
    session.consent(purpose="behaviour", text="en-1", given_by="C-1", granted=False)
    report = session.close()
    assert report.signals.n_frames == 0
    names = {o.name for o in report.observations}
    assert not names & {"blink", "face.movement", "gaze.away", "head.turned"}
    series = report.to_dict()["timeline"]["series"]
    measured = {s["name"] for s in series if any(v is not None for v in s["values"])}
    assert not measured & {"gaze.horizontal", "gaze.vertical", "movement"}


def test_a_picture_is_not_graded_as_a_whole_after_consent_to_the_face_was_withdrawn() -> None:
    pipeline = ScriptedPipeline([*CALM, FaceReading(*_block(), some_signals([1.0, 1.1]))])
    session = scripted_session(pipeline)
    session.consent(purpose="face", text="en-1", given_by="C-1", granted=False)
    report = session.close()
    quality = {o.name: o for o in report.observations if o.name.startswith("quality.")}
    # How evenly frames came is told of the frames that were looked at.
    spread = quality.pop("quality.rate_spread")
    assert spread.end_s < report.to_dict()["timeline"]["duration_s"]
    assert {(o.status, o.reason) for o in quality.values()} == {("not_assessed", "consent_refused")}
    assert states(report)["quality"] == (None, "consent_refused")


def _block() -> tuple[Any, Any]:
    from session_factory import reading

    part = reading([1.0, 1.1])
    return part.block, part.gaze


EVIDENCE = st.sampled_from(
    list(itertools.product(("identity", "genuineness"), ("match", "no_match", "inconclusive")))
)
REQUIRED = st.lists(st.sampled_from(CHECKS), min_size=1, max_size=4, unique=True).map(tuple)


@settings(max_examples=150, deadline=None)
@given(
    required=REQUIRED,
    evidence=st.lists(EVIDENCE, max_size=4),
    flags=st.sets(st.sampled_from(sorted(FLAGGED))),
    agreed=st.sets(st.sampled_from(PURPOSES)),
    refused=st.sets(st.sampled_from([p for p in PURPOSES if p != "recording"])),
    calm=st.booleans(),
    voice=st.sampled_from([None, GOOD_VOICE, VoiceQuality(None, 0, 0, None, ("silent_track",))]),
    marked=st.booleans(),
    behaviour=st.booleans(),
    companions=st.booleans(),
)
def test_no_session_is_ever_clear(
    required: tuple[str, ...],
    evidence: list[tuple[Any, Any]],
    flags: set[str],
    agreed: set[str],
    refused: set[str],
    calm: bool,
    voice: VoiceQuality | None,
    marked: bool,
    behaviour: bool,
    companions: bool,
) -> None:
    events = [*(CALM[:200] if calm else [face(0.0, found=False)]), *(FLAGGED[f] for f in flags)]
    session = scripted_session(
        ScriptedPipeline(events, voice=voice, baselines=[baseline()] if calm else []),
        agreed=sorted(agreed),
        refused=sorted(refused),
        marks=MARKS if marked else (),
        behaviour=behaviour,
        participants=("companion",) if companions else (),
        settings=Settings(required_checks=required),
    )
    for kind, result in evidence:
        session.add_evidence(source="bank", kind=kind, result=result, time_s=1.0)
    report = session.close()
    assert report.outcome != "clear"
    assert "not_checked:genuineness" in codes(report)


def test_the_best_session_there_is_lacks_genuineness_alone() -> None:
    session = scripted_session(ScriptedPipeline(CALM))
    session.add_evidence(source="national-id", kind="identity", result="match", time_s=1.0)
    report = session.close()
    assert report.outcome == "inconclusive"
    assert codes(report) == ["not_checked:genuineness"]


def test_evidence_of_genuineness_from_elsewhere_is_no_check_of_ours() -> None:
    session = scripted_session(ScriptedPipeline(CALM))
    session.add_evidence(source="vendor", kind="genuineness", result="match")
    assert states(session.close())["genuineness"] == (None, "no_analyser")


def test_evidence_comes_at_the_time_of_the_stream_by_default() -> None:
    session = scripted_session(ScriptedPipeline(CALM), end_s=12.5)
    session.add_evidence(source="national-id", kind="identity", result="no_match", reference="R")
    report = session.close()
    assert report.outcome == "review"
    assert report.identity["evidence"] == [
        {
            "source": "national-id",
            "kind": "identity",
            "result": "no_match",
            "reference": "R",
            "time_s": 12.5,
        }
    ]


def test_a_declared_companion_is_no_flag() -> None:
    events = [*CALM, FLAGGED["undeclared_person"]]
    assert scripted_session(ScriptedPipeline(events)).close().flags
    alone = scripted_session(ScriptedPipeline(events), participants=("applicant",)).close()
    assert alone.flags
    together = scripted_session(ScriptedPipeline(events), participants=("interpreter",)).close()
    assert together.flags == ()


def test_questions_are_asked_at_the_time_of_the_stream() -> None:
    session = scripted_session(ScriptedPipeline(CALM), end_s=3.0)
    session.ask("name")
    session.push(frame(5.0))
    session.asked()
    session.push(frame(9.0))
    (question,) = session.close().to_dict()["script"]["questions"]
    times = (question["asked_start_s"], question["asked_end_s"], question["answer_end_s"])
    assert times == (3.0, 5.0, 9.0)


def test_a_question_asked_beyond_the_end_does_not_lose_the_report() -> None:
    session = scripted_session(ScriptedPipeline(CALM), end_s=3.0)
    session.ask("name", time_s=100.0)
    assert session.close().outcome == "inconclusive"


def test_a_mixed_track_without_the_end_of_a_question_does_not_tell_speakers_apart() -> None:
    session = scripted_session(ScriptedPipeline([*CALM, *BEHAVIOUR], baselines=[baseline()]))
    session.ask("name", time_s=30.0)
    report = session.close()
    assert states(report)["voice_behaviour"] == (None, "speakers_not_separated")


def test_an_officer_s_track_alone_is_no_voice_of_the_applicant() -> None:
    pipeline = ScriptedPipeline(CALM, voice=None)
    report = scripted_session(pipeline, marks=MARKS, tracks=("officer",)).close()
    assert states(report)["voice_behaviour"] == (None, "no_sound")


def test_a_closed_session_takes_nothing_more() -> None:
    session = scripted_session(ScriptedPipeline(CALM))
    session.close()
    for call in (
        session.close,
        lambda: session.push(frame()),
        lambda: session.ask("name"),
        lambda: session.asked(),
        lambda: session.consent(purpose="face", text="en-1", given_by="C-1"),
        lambda: session.take_consents(()),
        lambda: session.add_evidence(source="a", kind="identity", result="match"),
    ):
        with pytest.raises(SessionStateError, match="this session is closed"):
            call()


def test_an_empty_session_is_inconclusive_for_want_of_everything() -> None:
    report = live().close()
    assert report.outcome == "inconclusive"
    assert codes(report) == [
        "no_video",
        "no_sound",
        "not_checked:consent",
        "not_checked:quality",
        "not_checked:identity",
        "not_checked:genuineness",
    ]


def test_a_session_shows_its_id_alone() -> None:
    session = live(customer="C-1042")
    assert repr(session) == f"Session({session.session_id})"
