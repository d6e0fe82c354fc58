"""The tables of a scenario that say how the conversation goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from facesign.samples.studio.settings import Section
from facesign.samples.studio.sound.ranges import Decibels, Seconds

__all__ = [
    "ChildSettings",
    "DialogueSettings",
    "HesitationSettings",
    "InterpreterSettings",
    "LineSettings",
    "PrompterSettings",
    "QuestionSettings",
    "StutterSettings",
]

Share = Annotated[float, Field(ge=0, le=1)]
Pause = Annotated[float, Field(ge=0, le=60)]
QuestionId = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class HesitationSettings(Section):
    """How the applicant hesitates over one question."""

    latency_s: Seconds = (2.2, 4.0)
    """Silence between the question and the first sound."""
    filled_pauses: Annotated[int, Field(ge=0, le=6)] = 1
    """How many times `um` or its like breaks the answer."""
    restarts: Annotated[int, Field(ge=0, le=3)] = 0
    """How many times the answer is broken off and begun again."""
    pause_s: Seconds = (0.15, 0.5)
    """Silence at each break."""


class LineSettings(Section):
    """Words without a break, given as they are to be said."""

    text: Annotated[str, Field(min_length=1)]
    """What is said."""
    pause_s: Pause = 0.2
    """Silence before it; before the first line, the response latency."""
    filled_pause: bool = False
    """Whether it is an `um` or its like."""
    restart: bool = False
    """Whether it is broken off and begun again in the next line."""


class QuestionSettings(Section):
    """One question, and what is special about it."""

    id: QuestionId
    """Its id in the script."""
    ask: str = ""
    """Other words for the question than the script's."""
    at_s: Annotated[float, Field(ge=0)] | None = None
    """Earliest time at which it is asked."""
    answer: str = ""
    """The answer, instead of one from the bank."""
    translation: str = ""
    """What the interpreter makes of a given answer."""
    lines: tuple[LineSettings, ...] = ()
    """The answer with every pause, instead of one that is drawn."""
    recording: Path | None = None
    """A file that holds this answer; its pauses stay as they are."""
    latency_s: Seconds | None = None
    """Silence before the answer, instead of the dialogue's."""
    hesitate: HesitationSettings | None = None
    """Hesitation over this question."""


class StutterSettings(Section):
    """How the applicant stutters."""

    share: Share = 0.0
    """Share of the words whose onset is stuttered."""
    repetition: Share = 0.6
    """Weight of repeated onsets."""
    prolongation: Share = 0.2
    """Weight of drawn-out onsets, where the sound can be held."""
    block: Share = 0.2
    """Weight of silent blocks."""
    repeats: tuple[
        Annotated[int, Field(ge=1, le=8)],
        Annotated[int, Field(ge=1, le=8)],
    ] = (1, 3)
    """Fewest and most repeats of one onset."""
    hold_s: Seconds = (0.25, 0.8)
    """How long a block or a drawn-out onset lasts."""


class PrompterSettings(Section):
    """A second person who says the answers before the applicant does."""

    questions: tuple[QuestionId, ...] = ()
    """Which questions are prompted; none named means every sensitive one."""
    whisper: bool = True
    """Whether it is a whisper."""
    level_db: Decibels = (-14, -8)
    """How loud, relative to the applicant."""
    wait_s: Seconds = (0.4, 1.0)
    """Silence between the question and the prompt."""


class ReadOutSettings(Section):
    """Answers that are read from a page beside the camera."""

    questions: tuple[QuestionId, ...] = ()
    """Which answers are read out; none named means every sensitive one."""
    pitch_range: tuple[
        Annotated[int, Field(ge=0, le=99)],
        Annotated[int, Field(ge=0, le=99)],
    ] = (4, 14)
    """Melody of somebody who reads, from 0, monotone, to 99, lively."""


class InterpreterSettings(Section):
    """A declared interpreter: the applicant speaks the other language."""

    latency_s: Seconds = (0.4, 0.9)
    """Silence before each translation."""


class ChildSettings(Section):
    """A child nearby who talks across the interview."""

    per_minute: Annotated[float, Field(ge=0.5, le=20)] = 6.0
    """How often it says something."""
    level_db: Decibels = (-14, -8)
    """How loud, relative to the applicant."""


_USUAL = ("name_and_day", "journey", "income_source", "told_what_to_say")


class DialogueSettings(Section):
    """What is asked and answered, and how fluently."""

    script: Annotated[str, Field(min_length=1)] = "car-loan-en"
    """Question script: the id of one that ships, or a YAML file."""
    language: Literal["script", "en", "zh"] = "script"
    """What the officer speaks; `script` is the ending of the script's id, else English."""
    persona: str = ""
    """Whose answers are given, such as `teacher`; drawn when empty."""
    questions: tuple[QuestionSettings, ...] | Literal["all"] = tuple(
        QuestionSettings(id=question_id) for question_id in _USUAL
    )
    """The questions in order, or `all` of the script."""
    speaks: Literal["applicant", "impostor"] = "applicant"
    """Whose voice answers."""
    replaced_from: str = ""
    """Question from which the impostor answers instead."""
    sentences: Annotated[int, Field(ge=1, le=9)] = 1
    """Most sentences of an answer that are said."""
    rate: Annotated[float, Field(ge=0.6, le=1.6)] = 1.0
    """Factor on the applicant's speech rate."""
    lead_in_s: Seconds = (0.25, 0.5)
    """Before the first question."""
    latency_s: Seconds = (0.35, 0.9)
    """Between a question and its answer."""
    pause_s: Seconds = (0.25, 0.55)
    """Between two sentences of an answer."""
    gap_s: Seconds = (0.5, 0.9)
    """Between an answer and the next question."""
    tail_s: Seconds = (0.5, 0.9)
    """After the last answer."""
    filled_pause_share: Share = 0.2
    """Share of answers with one filled pause; none to baseline questions."""
    restart_share: Share = 0.05
    """Share of answers with one restart; none to baseline questions."""
    recorded_answer_s: Seconds = (2.5, 5.0)
    """How much of a speaker's recording makes one answer."""
    stutter: StutterSettings = StutterSettings()
    """How the applicant stutters."""
    prompter: PrompterSettings | None = None
    """A second voice that prompts."""
    read_out: ReadOutSettings | None = None
    """Answers that are read out."""
    interpreter: InterpreterSettings | None = None
    """A declared interpreter."""
    child: ChildSettings | None = None
    """A child's voice nearby."""
