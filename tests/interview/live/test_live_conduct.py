"""What people do in an interview, without picture or sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from risk_factory import observed
from session_factory import SCRIPT, ScriptedPipeline, movement

from facesign.biometrics.speakers.turns import Basis, Turn
from facesign.errors import ConsentError, FacesignError, SessionStateError, SettingsError
from facesign.interview.consent import PURPOSES
from facesign.interview.home import Home
from facesign.interview.live.conduct import Conduct, Gap
from facesign.interview.live.plan import Role, SessionPlan
from facesign.interview.live.recent import Recent
from facesign.interview.live.view import LiveView
from facesign.interview.risk.watch import RiskWatch
from facesign.interview.voices import HeardSoFar


def new_conduct(folder: Path, *participants: Role) -> Conduct:
    return Conduct(
        session_id="01a22c12-acbc-73b5-a315-fe17bf3ec691",
        created_at=datetime.now(UTC),
        plan=SessionPlan("C-1042", SCRIPT, lang="en", participants=("applicant", *participants)),
        home=Home(folder / "home"),
    )


@pytest.fixture
def conduct(tmp_path: Path) -> Conduct:
    return new_conduct(tmp_path)


def do(conduct: Conduct, name: str, time_s: float = 0.0, **values: Any) -> None:
    conduct.apply(name, values, time_s=time_s)


def agree(conduct: Conduct, **granted: bool) -> None:
    for purpose in PURPOSES:
        words = {"text": "en-2026-11", "lang": "en"}
        do(conduct, "consent", purpose=purpose, granted=granted.get(purpose, True), **words)


def states(conduct: Conduct) -> list[str]:
    return list(conduct.question_states.values())


def shown(conduct: Conduct) -> dict[str, Any]:
    return LiveView(conduct, Recent()).state(time_s=0.0, recording=False, problem=None)


def heard(conduct: Conduct, *turns: Turn) -> None:
    assert conduct.session is not None
    conduct.session._findings.unsettled = HeardSoFar(turns, ())


def test_capture_opens_only_when_every_purpose_was_decided(conduct: Conduct) -> None:
    do(conduct, "consent", purpose="recording", granted=True, text="en-2026-11", lang="en")
    with pytest.raises(ConsentError, match="no consent to face was asked for yet"):
        conduct.open()
    agree(conduct, face=False)
    conduct.open()
    assert conduct.stages.stage == "baseline"


def test_a_refused_recording_opens_nothing(conduct: Conduct) -> None:
    agree(conduct, recording=False)
    with pytest.raises(ConsentError, match="recording was refused"):
        conduct.open()
    assert conduct.session is None


@pytest.mark.parametrize("values", [{"purpose": "genes"}, {"text": ""}])
def test_a_consent_to_nothing_known_is_refused(conduct: Conduct, values: dict[str, Any]) -> None:
    given = {"purpose": "face", "granted": True, "text": "en-2026-11", "lang": "en"}
    with pytest.raises(FacesignError):
        do(conduct, "consent", **{**given, **values})


def test_questions_are_asked_in_order_and_move_the_stage(conduct: Conduct) -> None:
    agree(conduct)
    conduct.open()
    do(conduct, "next", 1.0)
    do(conduct, "asked", 2.0)
    assert (conduct.stages.stage, states(conduct)) == ("baseline", ["current", "open", "open"])
    do(conduct, "next", 5.0)
    assert (conduct.stages.stage, states(conduct)) == ("questions", ["done", "current", "open"])
    do(conduct, "skip", 6.0)
    assert states(conduct) == ["done", "skipped", "current"]
    with pytest.raises(SessionStateError, match="every question"):
        do(conduct, "next", 7.0)


def test_the_view_shows_the_question_that_stands(conduct: Conduct) -> None:
    agree(conduct)
    conduct.open()
    assert shown(conduct)["question"] is None
    do(conduct, "ask", 3.0, question_id="income")
    do(conduct, "asked", 4.5)
    question = shown(conduct)["question"]
    assert (question["id"], question["index"], question["n"]) == ("income", 1, 3)
    assert (question["phase"], question["since_s"]) == ("answering", 3.0)


@pytest.mark.parametrize("name", ["asked", "next", "skip"])
def test_nothing_is_asked_before_the_capture(conduct: Conduct, name: str) -> None:
    with pytest.raises(SessionStateError, match="nothing is captured in the stage created"):
        do(conduct, name)


def test_identity_only_before_the_capture_measures_no_behaviour(conduct: Conduct) -> None:
    do(conduct, "identity_only")
    agree(conduct)
    conduct.open()
    assert conduct.session is not None
    assert conduct.session.so_far().behaviour_off == "behaviour_off"
    assert shown(conduct)["behaviour"] == {"on": False, "reason": "behaviour_off"}


def test_withdrawn_behaviour_is_off_in_the_same_moment(conduct: Conduct) -> None:
    agree(conduct)
    conduct.open()
    assert shown(conduct)["behaviour"] == {"on": True, "reason": None}
    do(conduct, "withdraw", purpose="behaviour")
    assert shown(conduct)["behaviour"] == {"on": False, "reason": "consent_refused"}
    assert shown(conduct)["strip"]["blinks"] is None


def test_withdrawn_recording_ends_the_interview(conduct: Conduct) -> None:
    agree(conduct)
    conduct.open()
    do(conduct, "withdraw", purpose="recording")
    assert conduct.stages.stage == "abandoned"


def test_what_was_never_given_cannot_be_withdrawn(conduct: Conduct) -> None:
    with pytest.raises(ConsentError, match="there is none to withdraw"):
        do(conduct, "withdraw", purpose="voice")


def test_after_a_gap_identity_waits_for_the_voice(conduct: Conduct) -> None:
    agree(conduct, voice=False)
    conduct.open()
    assert shown(conduct)["identity"]["continuity"] == "whole"
    conduct.gap(Gap(5.0, 6.2, 40.0, "connection"))
    # Nobody may listen, so nobody can tell.
    assert shown(conduct)["identity"]["continuity"] == "not_assessed"
    assert shown(conduct)["gaps"][0]["continued"] is None


@pytest.mark.parametrize(("text", "message"), [("  ", "empty"), ("x" * 2001, "2001 characters")])
def test_a_note_has_words_and_an_end(conduct: Conduct, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        do(conduct, "note", text=text, by="ann")


def test_a_note_is_kept_as_it_was_written(conduct: Conduct) -> None:
    do(conduct, "note", 3.25, text="<script>alert(1)</script>", by="ann")
    assert shown(conduct)["notes"] == [
        {"at_s": 3.25, "by": "ann", "text": "<script>alert(1)</script>"}
    ]


def test_an_unknown_command_is_refused(conduct: Conduct) -> None:
    with pytest.raises(SettingsError, match="no command 'dance'"):
        do(conduct, "dance")


def test_a_movement_that_comes_into_view_puts_the_last_state_out_of_date(conduct: Conduct) -> None:
    agree(conduct)
    conduct.open()
    assert conduct.session is not None
    pipeline = ScriptedPipeline([])
    conduct.session._pipeline = pipeline  # type: ignore[assignment]
    view = LiveView(conduct, Recent())
    pipeline.movements_under_way = (movement(2.0),)
    assert view.is_out_of_date
    view.state(time_s=3.0, recording=True, problem=None)
    assert not view.is_out_of_date
    pipeline.movements_under_way = (movement(2.0), movement(2.5))
    assert view.is_out_of_date
    view.state(time_s=3.0, recording=True, problem=None)
    pipeline.movements_under_way = ()
    assert not view.is_out_of_date


def test_withdrawn_consent_takes_at_once_what_rests_on_behaviour(conduct: Conduct) -> None:
    agree(conduct)
    conduct.open()
    view = LiveView(conduct, Recent())
    view.state(time_s=0.0, recording=True, problem=None)
    watch = RiskWatch()
    for line in (
        "question.protection 1 9 8 session",
        "voice.response_latency 2 5 3.5 usual=0.5 mad=0.1",
        "question.sensitive 10 19 9 session",
        "voice.response_latency 12 15 3.5 usual=0.5 mad=0.1",
        "voice.other_share 0 20 0.4",
    ):
        watch.push(replace(observed(line), analyser="interview.risk"))
    watch.finish()
    assert view._found is not None
    view._found = replace(view._found, state=watch.state())
    view._look_at_s = float("inf")

    def ids() -> set[str]:
        state = view.state(time_s=20.0, recording=True, problem=None)
        return {one["id"] for one in state["monitors"]}

    voice = "protection.undeclared_voice"
    assert ids() >= {voice, "protection.late_answer", "behaviour.late_answer"}
    do(conduct, "withdraw", purpose="behaviour")
    assert ids() == {voice}


@pytest.mark.parametrize(
    ("beside", "basis", "net_speech_s", "reason"),
    [
        ((), "own_track", 12.0, None),
        (("interpreter",), "own_track", 0.0, "shared_microphone"),
        (("interpreter",), "lips", 12.0, None),
    ],
)
def test_beside_somebody_declared_the_card_says_why_nothing_is_compared(
    tmp_path: Path,
    beside: tuple[Role, ...],
    basis: Basis,
    net_speech_s: float,
    reason: str | None,
) -> None:
    conduct = new_conduct(tmp_path, *beside)
    agree(conduct)
    conduct.open()
    heard(conduct, Turn(2.0, 14.0, "applicant", "applicant", basis))
    card = shown(conduct)["identity"]
    assert (card["status"], card["reason"]) == ("listening", reason)
    assert card["net_speech_s"] == net_speech_s


def test_after_a_gap_identity_waits_until_the_voice_from_before_goes_on(conduct: Conduct) -> None:
    agree(conduct)
    conduct.open()
    assert conduct.session is not None
    pipeline = ScriptedPipeline([])
    conduct.session._pipeline = pipeline  # type: ignore[assignment]
    conduct.gap(Gap(5.0, 6.2, 40.0, "connection"))
    assert shown(conduct)["identity"]["continuity"] == "waiting"
    pipeline.continued[6.2] = True
    assert shown(conduct)["identity"]["continuity"] == "continued"
    assert shown(conduct)["gaps"][0]["continued"] is True
    conduct.gap(Gap(9.0, 10.2, 3.0, "paused"))
    assert shown(conduct)["identity"]["continuity"] == "waiting"
    pipeline.continued[10.2] = None
    assert shown(conduct)["identity"]["continuity"] == "not_assessed"


def test_while_it_is_paused_no_question_is_asked_and_the_one_that_stands_stays(
    conduct: Conduct,
) -> None:
    agree(conduct)
    conduct.open()
    do(conduct, "next", 1.0)
    do(conduct, "pause", 2.0, by="officer")
    before = states(conduct)
    for name, values in (("next", {}), ("asked", {}), ("skip", {}), ("ask", {"question_id": "x"})):
        with pytest.raises(SessionStateError, match="the officer paused: go on before"):
            do(conduct, name, 3.0, **values)
    assert states(conduct) == before
    do(conduct, "mark", 3.0, label="noise outside")
    do(conduct, "resume", 4.0, by="officer")
    do(conduct, "asked", 5.0)
