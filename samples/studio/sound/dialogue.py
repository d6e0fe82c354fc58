"""What is said in an interview, and when: turns laid out on one clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from facesign.samples.studio.sound.voices import (
    Language,
    Phone,
    Speech,
    Voice,
    Word,
)

__all__ = [
    "Asked",
    "Dialogue",
    "Said",
    "Speaker",
    "Stutter",
    "StutterKind",
]

Speaker: TypeAlias = Literal["officer", "applicant", "other", "interpreter", "child"]
StutterKind: TypeAlias = Literal["repetition", "prolongation", "block"]


@dataclass(frozen=True, slots=True)
class Stutter:
    """One stuttered onset."""

    kind: StutterKind
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A line in its place."""

    speaker: Speaker
    question_id: str
    """The question that it belongs to; empty for a child who interrupts."""
    text: str
    """Empty where a recording's words are not known."""
    start_s: float
    speech: Speech
    filled_pause: bool = False
    restart: bool = False
    """Broken off, and begun again in the next line."""
    stutters: tuple[Stutter, ...] = ()
    """On the clock of the speech; see `stuttered`."""
    voice: str = ""
    """Whose voice it is, as a key of the cast: the impostor's may answer as applicant."""
    level_db: float = 0.0
    """How loud, relative to the speaker's normal speech."""
    read_out: bool = False
    """Read from a page beside the camera."""

    @property
    def end_s(self) -> float:
        """Where the last sample ends."""
        return self.start_s + self.speech.duration_s

    @property
    def stutter(self) -> bool:
        """Whether any onset in it is stuttered."""
        return bool(self.stutters)

    def phones(self) -> list[Phone]:
        """Return the phones on the interview's clock."""
        at = self.start_s
        return [Phone(p.symbol, p.start_s + at, p.end_s + at) for p in self.speech.phones]

    def words(self) -> list[Word]:
        """Return the words on the interview's clock."""
        at = self.start_s
        return [Word(w.text, w.start_s + at, w.end_s + at) for w in self.speech.words]

    def stuttered(self) -> list[Stutter]:
        """Return the stuttered onsets on the interview's clock."""
        at = self.start_s
        return [Stutter(s.kind, s.start_s + at, s.end_s + at) for s in self.stutters]


@dataclass(frozen=True, slots=True)
class Asked:
    """When a question was asked and answered."""

    question_id: str
    asked_start_s: float
    asked_end_s: float
    answer_start_s: float
    """First sound of the applicant, be it a filled pause."""
    answer_end_s: float

    @property
    def latency_s(self) -> float:
        """From the end of the question, interpreted or not, to the answer's first sound."""
        return self.answer_start_s - self.asked_end_s


@dataclass(frozen=True, slots=True, eq=False)
class Dialogue:
    """Everything that is said in an interview, on one clock."""

    script: str
    language: Language
    """What the officer speaks."""
    persona: str
    """Whose answers the applicant gives."""
    said: tuple[Said, ...]
    """In order of their starts; a child may talk across others."""
    questions: tuple[Asked, ...]
    duration_s: float
    voices: Mapping[str, Voice]
    """Every voice that is heard, by its key in the cast."""

    def of(self, speaker: Speaker) -> list[Said]:
        """Return the lines of one speaker."""
        return [line for line in self.said if line.speaker == speaker]
