"""How one question is answered: the words, the breaks in them, who prompts and translates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from facesign.errors import SettingsError
from facesign.interview.script import Script, Words
from facesign.samples.studio.settings import draw
from facesign.samples.studio.sound.cast import Cast, Part, translated
from facesign.samples.studio.sound.dialogue import Speaker
from facesign.samples.studio.sound.plan import (
    DialogueSettings,
    HesitationSettings,
    LineSettings,
    QuestionSettings,
)
from facesign.samples.studio.sound.voices import Language, Speech, Voice
from facesign.samples.studio.sound.wording import (
    FILLERS,
    bank_answer,
    restarted,
    sentences,
    split_at_breaks,
)

__all__ = ["Answer", "Cue", "answer_cues", "planned_answer"]

_FILLER_RATE: Mapping[Language, int] = {"en": 95, "zh": 80}
_CALM = ("baseline",)


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """A line before it has a time."""

    speaker: Speaker
    voice_role: str
    question_id: str
    text: str
    voice: Voice
    pause_s: float
    """Silence since the line before."""
    filled_pause: bool = False
    restart: bool = False
    level_db: float = 0.0
    at_s: float | None = None
    """Earliest start."""
    first: bool = True
    """First line of its speaker's turn."""
    recording: Path | None = None
    """File to play instead."""
    speech: Speech | None = None
    """Sound that is there already."""
    read_out: bool = False
    """Read from a page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be answered, before it is broken into lines."""

    question: Words
    kind: str
    language: Language
    """What the applicant speaks."""
    text: str
    translation: str
    """For the interpreter; empty without one."""


def planned_answer(
    settings: DialogueSettings,
    question: QuestionSettings,
    script: Script,
    language: Language,
    persona: str,
    facts: Mapping[str, Words],
    rng: np.random.Generator,
) -> Answer:
    """Choose the words of one answer.

    Raises:
        ScriptError: The script has no such question.
        SettingsError: Nothing is known to answer, or to translate.
    """
    asked = script.question(question.id)
    other: Language = "en" if language == "zh" else "zh"
    spoken: Language = other if settings.interpreter else language
    drawn = bank_answer(question.id, persona, rng)
    given = question.answer or " ".join(line.text for line in question.lines)
    if given or question.recording:
        text, translation = given, question.translation
        if settings.interpreter and not translation:
            raise SettingsError(f"question {question.id} needs a translation for the interpreter")
    elif drawn is None:
        raise SettingsError(f"no answer to {question.id!r} is in the bank; give one as answer")
    else:
        by_language = {
            code: _shortened(drawn, code, settings, facts) for code in (spoken, language)
        }
        text = by_language[spoken]
        translation = by_language[language] if settings.interpreter else ""
    return Answer(asked.text, asked.kind, spoken, text, translation)


def answer_cues(
    settings: DialogueSettings,
    question: QuestionSettings,
    answer: Answer,
    part: Part,
    cast: Cast,
    rng: np.random.Generator,
) -> Iterator[Cue]:
    """Yield the lines of one answer, with what is whispered before and translated after."""
    voice = translated(part.voice, answer.language)
    voice = replace(voice, words_per_minute=round(voice.words_per_minute * settings.rate))
    reading = settings.read_out
    reads = reading is not None and _is_among(reading.questions, question.id, answer.kind)
    if reading is not None and reads:
        voice = replace(voice, pitch_range=round(draw(rng, reading.pitch_range)))
    hesitation = question.hesitate or _by_chance(settings, answer.kind, rng)
    latency_s = draw(
        rng,
        question.hesitate.latency_s
        if question.hesitate
        else question.latency_s or settings.latency_s,
    )
    blank = Cue("applicant", part.role, question.id, "", voice, latency_s, read_out=reads)
    if question.recording:
        yield replace(blank, text=answer.text, recording=question.recording)
    elif question.lines:
        yield from _given_lines(question.lines, blank)
    else:
        for number, sentence in enumerate(sentences(answer.text)):
            pause_s = draw(rng, settings.pause_s) if number else latency_s
            prompter = settings.prompter
            if prompter and _is_among(prompter.questions, question.id, answer.kind):
                yield from _prompts(settings, sentence, blank, cast, answer.language, rng)
            breaks = hesitation if number == 0 else HesitationSettings(filled_pauses=0)
            starting = replace(blank, pause_s=pause_s, first=number == 0)
            yield from _broken(sentence, breaks, starting, answer.language, rng)
    if settings.interpreter:
        interpreter = translated(cast.interpreter.voice, _other(answer.language))
        later_s = draw(rng, settings.interpreter.latency_s)
        yield Cue(
            "interpreter", "interpreter", question.id, answer.translation, interpreter, later_s
        )


def _shortened(
    drawn: Words, language: Language, settings: DialogueSettings, facts: Mapping[str, Words]
) -> str:
    words = str(getattr(drawn, language)).format(
        **{name: getattr(fact, language) for name, fact in facts.items()}
    )
    joint = " " if language == "en" else ""
    return joint.join(sentences(words)[: settings.sentences])


def _other(language: Language) -> Language:
    return "en" if language == "zh" else "zh"


def _by_chance(
    settings: DialogueSettings, kind: str, rng: np.random.Generator
) -> HesitationSettings:
    """Draw the everyday breaks of an answer; the first questions come calm."""
    filled, broken = rng.random(2)
    calm = kind in _CALM
    return HesitationSettings(
        filled_pauses=int(not calm and filled < settings.filled_pause_share),
        restarts=int(not calm and broken < settings.restart_share),
    )


def _given_lines(lines: tuple[LineSettings, ...], blank: Cue) -> Iterator[Cue]:
    for number, line in enumerate(lines):
        yield replace(
            blank,
            text=line.text,
            voice=_filler_voice(blank.voice) if line.filled_pause else blank.voice,
            pause_s=line.pause_s,
            filled_pause=line.filled_pause,
            restart=line.restart,
            first=number == 0,
        )


def _is_among(named: Sequence[str], question_id: str, kind: str) -> bool:
    """Tell whether a question is one of those named; none named means every sensitive one."""
    return question_id in named if named else kind == "sensitive"


def _prompts(
    settings: DialogueSettings,
    sentence: str,
    blank: Cue,
    cast: Cast,
    language: Language,
    rng: np.random.Generator,
) -> Iterator[Cue]:
    prompter = settings.prompter
    if prompter is None:
        return
    voice = translated(cast.other.voice, language)
    yield replace(
        blank,
        speaker="other",
        voice_role="other",
        read_out=False,
        text=sentence,
        voice=voice.whispered() if prompter.whisper else voice,
        pause_s=draw(rng, prompter.wait_s),
        level_db=draw(rng, prompter.level_db),
    )


def _broken(
    sentence: str,
    hesitation: HesitationSettings,
    blank: Cue,
    language: Language,
    rng: np.random.Generator,
) -> Iterator[Cue]:
    """Yield a sentence with filled pauses between its parts and restarts before them."""
    parts = split_at_breaks(sentence, hesitation.filled_pauses, language, rng)
    fillers = [
        replace(
            blank,
            text=str(rng.choice(FILLERS[language])),
            voice=_filler_voice(blank.voice),
            filled_pause=True,
            level_db=-3.0,
        )
        for _ in range(hesitation.filled_pauses)
    ]
    surplus = max(0, len(fillers) - len(parts) + 1)
    lines = fillers[:surplus]
    for _ in range(hesitation.restarts):
        lines.append(replace(blank, text=restarted(parts[0], language, rng), restart=True))
    for number, part in enumerate(parts):
        if number and surplus + number - 1 < len(fillers):
            lines.append(fillers[surplus + number - 1])
        lines.append(replace(blank, text=part))
    for number, line in enumerate(lines):
        pause_s = draw(rng, hesitation.pause_s) if number else blank.pause_s
        yield replace(line, pause_s=pause_s, first=blank.first and number == 0)


def _filler_voice(voice: Voice) -> Voice:
    return replace(
        voice,
        words_per_minute=_FILLER_RATE[voice.language],
        pitch=max(voice.pitch - 8, 0),
        pitch_range=5,
    )
