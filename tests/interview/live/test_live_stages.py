from __future__ import annotations

import pytest

from facesign.errors import SessionStateError
from facesign.interview.live.stages import ENDED, STAGES, Stage, Stages

USUAL: tuple[Stage, ...] = ("consent", "baseline", "questions", "review", "closed")


def at(stage: Stage) -> Stages:
    stages = Stages()
    for step in USUAL:
        if stages.stage == stage:
            return stages
        stages.move(step if stage not in ENDED or stage == "closed" else stage)
    return stages


def test_a_session_goes_from_created_to_closed() -> None:
    stages = Stages()
    for step in USUAL:
        stages.move(step)
    assert stages.has_ended


@pytest.mark.parametrize("ended", ENDED)
def test_nothing_follows_an_end(ended: Stage) -> None:
    stages = at(ended)
    for stage in STAGES:
        if stage != ended:
            with pytest.raises(SessionStateError, match=f"{stage} cannot follow {ended}"):
                stages.move(stage)


def test_questions_do_not_start_before_consent() -> None:
    with pytest.raises(SessionStateError, match="questions cannot follow created"):
        Stages().move("questions")


def test_a_review_cannot_be_abandoned() -> None:
    with pytest.raises(SessionStateError, match="abandoned cannot follow review"):
        at("review").move("abandoned")


@pytest.mark.parametrize("stage", ["created", "consent", "review", "closed"])
def test_nothing_is_captured_outside_the_interview(stage: Stage) -> None:
    stages = at(stage)
    assert not stages.captures
    with pytest.raises(SessionStateError, match="no pause"):
        stages.pause("applicant")


def test_a_pause_stops_the_capture_and_resume_starts_it_again() -> None:
    stages = at("questions")
    stages.pause("officer")
    assert (stages.captures, stages.paused_by) == (False, "officer")
    stages.resume("officer")
    assert stages.captures


def test_the_officer_cannot_end_the_applicants_pause() -> None:
    stages = at("baseline")
    stages.pause("applicant")
    stages.pause("officer")
    with pytest.raises(SessionStateError, match="only the applicant"):
        stages.resume("officer")
    stages.resume("applicant")
    assert stages.captures


def test_resume_without_pause_is_refused() -> None:
    with pytest.raises(SessionStateError, match="not paused"):
        at("questions").resume("officer")


def test_the_end_of_the_interview_ends_a_pause() -> None:
    stages = at("questions")
    stages.pause("officer")
    stages.move("review")
    assert stages.paused_by is None
