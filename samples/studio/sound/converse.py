"""From what was planned to what is said: words chosen, spoken and laid on one clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from facesign.errors import SettingsError
from facesign.interview.script import Script, load_script
from facesign.samples.studio.settings import draw
from facesign.samples.studio.sound.answering import Answer, Cue, answer_cues, planned_answer
from facesign.samples.studio.sound.cast import Cast, Part, translated
from facesign.samples.studio.sound.dialogue import Asked, Dialogue, Said, Stutter
from facesign.samples.studio.sound.plan import ChildSettings, DialogueSettings, QuestionSettings
from facesign.samples.studio.sound.recording import phrases_of
from facesign.samples.studio.sound.stutter import stuttered
from facesign.samples.studio.sound.voices import Language, Speech, say
from facesign.samples.studio.sound.wording import day_and_name, personas, phrases

__all__ = ["converse", "language_of"]

_RECORDED_PAUSE_S = 1.0
"""Longer pauses of a recording are cut to this inside an answer."""


def language_of(settings: DialogueSettings) -> Language:
    """Return what the officer speaks, and with it the language to draw the cast for."""
    if settings.language != "script":
        return settings.language
    return "zh" if Path(settings.script).stem.endswith("-zh") else "en"


def converse(settings: DialogueSettings, cast: Cast, rng: np.random.Generator) -> Dialogue:
    """Hold an interview.

    Args:
        settings: What is asked and how it is answered.
        cast: The voices, drawn for `language_of(settings)`.
        rng: Draws words, pauses and breaks; each question has its own share.

    Raises:
        MissingLibraryError: espeak-ng is not installed.
        ScriptError: There is no such script, or it has no such question.
        SettingsError: A voice, persona or answer that is needed is not there.
        MediaError: A recording cannot be read.
    """
    language = language_of(settings)
    script = load_script(settings.script)
    asked = _questions(settings, script)
    persona = settings.persona or personas()[int(rng.integers(len(personas())))]
    facts = day_and_name(cast.applicant.kind, rng)
    takes = {
        part.role: _Takes(part.recording)
        for part in (cast.officer, cast.applicant, cast.impostor, cast.other)
        if part.recording
    }
    voice_role: str = settings.speaks
    cues: list[Cue] = []
    for number, question in enumerate(asked):
        share = np.random.default_rng(rng.integers(2**63))
        if question.id == settings.replaced_from:
            voice_role = "impostor"
        part = cast.impostor if voice_role == "impostor" else cast.applicant
        answer = planned_answer(settings, question, script, language, persona, facts, share)
        pause_s = draw(share, settings.gap_s if number else settings.lead_in_s)
        cues += _question_cues(settings, question, answer, cast, language, pause_s, share)
        cues += answer_cues(settings, question, answer, part, cast, share)
    cues = [cue for given in cues for cue in _recorded(given, settings, takes, rng)]
    said = _laid(cues, settings, np.random.default_rng(rng.integers(2**63)))
    duration_s = said[-1].end_s + draw(rng, settings.tail_s)
    if settings.child:
        said += _interruptions(settings.child, cast.child, language, duration_s, rng)
        said.sort(key=lambda line: line.start_s)
    heard = {line.voice for line in said}
    return Dialogue(
        script=script.script_id,
        language=language,
        persona=persona,
        said=tuple(said),
        questions=tuple(_asked(question.id, said) for question in asked),
        duration_s=duration_s,
        voices={role: getattr(cast, role).voice for role in sorted(heard)},
    )


def _questions(settings: DialogueSettings, script: Script) -> tuple[QuestionSettings, ...]:
    """Return what is asked, once each id is known to the script.

    Raises:
        ScriptError: The script has no such question.
        SettingsError: Nothing is asked, or one question twice.
    """
    if settings.questions == "all":
        return tuple(QuestionSettings(id=q.question_id) for q in script.questions)
    ids = [script.question(question.id).question_id for question in settings.questions]
    if not ids or len(set(ids)) < len(ids):
        raise SettingsError(f"questions must be named once each, at least one; got {ids}")
    for name in (
        settings.replaced_from,
        *(settings.prompter.questions if settings.prompter else ()),
        *(settings.read_out.questions if settings.read_out else ()),
    ):
        if name and name not in ids:
            raise SettingsError(f"question {name!r} is not asked; asked are {', '.join(ids)}")
    return settings.questions


def _question_cues(
    settings: DialogueSettings,
    question: QuestionSettings,
    answer: Answer,
    cast: Cast,
    language: Language,
    pause_s: float,
    rng: np.random.Generator,
) -> Iterator[Cue]:
    """Ask in the officer's language, and again in the applicant's if that is another."""
    words = question.ask or getattr(answer.question, language)
    officer = translated(cast.officer.voice, language)
    yield Cue("officer", "officer", question.id, words, officer, pause_s, at_s=question.at_s)
    if settings.interpreter and answer.language != language:
        voice = translated(cast.interpreter.voice, answer.language)
        later_s = draw(rng, settings.interpreter.latency_s)
        words = getattr(answer.question, answer.language)
        yield Cue("interpreter", "interpreter", question.id, words, voice, later_s)


@dataclass(eq=False)
class _Takes:
    """A speaker's recording, given out phrase by phrase, from the start again at its end."""

    path: Path
    _next: int = 0

    def __post_init__(self) -> None:
        self._phrases = phrases_of(self.path)

    def take(self, least_s: float) -> Iterator[tuple[float, Speech]]:
        """Yield phrases, each after its pause, until there is enough of them."""
        got_s, end_s = 0.0, None
        while got_s < least_s:
            start_s, speech = self._phrases[self._next % len(self._phrases)]
            pause_s = 0.0 if end_s is None else min(max(start_s - end_s, 0.1), _RECORDED_PAUSE_S)
            yield pause_s, speech
            got_s, end_s = got_s + speech.duration_s, start_s + speech.duration_s
            self._next += 1


def _recorded(
    cue: Cue, settings: DialogueSettings, takes: Mapping[str, _Takes], rng: np.random.Generator
) -> Iterator[Cue]:
    """Put a recording in the place of words, where there is one."""
    if cue.recording:
        start_s: float | None = None
        for at_s, speech in phrases_of(cue.recording):
            pause_s = cue.pause_s if start_s is None else at_s - start_s
            yield replace(cue, pause_s=pause_s, speech=speech, at_s=None)
            start_s = at_s + speech.duration_s
    elif cue.voice_role in takes:
        # One take stands for the whole answer: the other lines have no words of their own.
        if cue.first:
            for pause_s, speech in takes[cue.voice_role].take(
                draw(rng, settings.recorded_answer_s)
            ):
                yield replace(cue, text="", pause_s=pause_s or cue.pause_s, speech=speech)
    else:
        yield cue


def _laid(cues: Sequence[Cue], settings: DialogueSettings, rng: np.random.Generator) -> list[Said]:
    """Say the cues in one process and put each after the one before."""
    spoken = iter(say([(_unfinished(cue), cue.voice) for cue in cues if cue.speech is None]))
    said: list[Said] = []
    clock_s = 0.0
    for cue in cues:
        speech = cue.speech or next(spoken)
        stutters: tuple[Stutter, ...] = ()
        if cue.speaker == "applicant" and not cue.filled_pause:
            speech, stutters = stuttered(speech, settings.stutter, rng)
        start_s = max(clock_s + cue.pause_s, cue.at_s or 0.0)
        said.append(
            Said(
                cue.speaker,
                cue.question_id,
                cue.text,
                start_s,
                speech,
                cue.filled_pause,
                cue.restart,
                stutters,
                cue.voice_role,
                cue.level_db,
                cue.read_out,
            )
        )
        clock_s = said[-1].end_s
    return said


def _unfinished(cue: Cue) -> str:
    """Let the voice stay up where a sentence goes on after a break."""
    if cue.filled_pause or cue.text[-1:] in ".!?,。！？，":
        return cue.text
    return cue.text + ("，" if cue.voice.language == "zh" else ",")


def _interruptions(
    settings: ChildSettings,
    child: Part,
    language: Language,
    duration_s: float,
    rng: np.random.Generator,
) -> list[Said]:
    """Let a child talk at any time, across whoever speaks."""
    n_lines = max(1, round(settings.per_minute * duration_s / 60))
    choices = phrases("child", language)
    texts = [choices[int(n)] for n in rng.integers(len(choices), size=n_lines)]
    spoken = say([(text, child.voice) for text in texts])
    slot_s = duration_s / n_lines
    said = []
    for number, (text, speech) in enumerate(zip(texts, spoken, strict=True)):
        room_s = max(slot_s - speech.duration_s - 0.1, 0.0)
        start_s = min(number * slot_s + rng.uniform(0, room_s), duration_s - speech.duration_s)
        level_db = draw(rng, settings.level_db)
        said.append(
            Said("child", "", text, max(start_s, 0.0), speech, voice="child", level_db=level_db)
        )
    return said


def _asked(question_id: str, said: Sequence[Said]) -> Asked:
    lines = [line for line in said if line.question_id == question_id]
    answer = [line for line in lines if line.speaker == "applicant"]
    before = [
        line
        for line in lines
        if line.speaker in ("officer", "interpreter") and line.start_s < answer[0].start_s
    ]
    return Asked(
        question_id, before[0].start_s, before[-1].end_s, answer[0].start_s, answer[-1].end_s
    )
