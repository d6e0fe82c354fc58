"""What is said in an interview, and when: turns laid out on one clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.acting.motion import Glance, Pulse
from facesign.samples.studio.sound.voices import RATE_HZ, Phone, Speech, Voice, speak

__all__ = ["GENUINE", "Interview", "Line", "Said", "Turn", "mix", "recite"]

Speaker = Literal["officer", "applicant"]

_ROOM_DB = -66.0
_GAIN = {"officer": 0.42, "applicant": 0.62}


@dataclass(frozen=True, slots=True)
class Line:
    """Words without a break, after a pause."""

    text: str
    pause_s: float
    """Silence since the line before, or since the turn's start."""
    filled_pause: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of the script and its answer."""

    question_id: str
    asked_start_s: float
    question: str
    answer: tuple[Line, ...]
    """The first line's pause is the response latency."""


@dataclass(frozen=True, slots=True)
class Interview:
    """Everything that makes an interview but the person."""

    name: str
    script: str
    duration_s: float
    turns: tuple[Turn, ...]
    officer: Voice
    applicant: Voice
    brief_movements: tuple[Pulse, ...]
    slow_movements: tuple[Pulse, ...]
    """Conversational expressions of over half a second."""
    glances: tuple[Glance, ...]
    blinks_per_minute: float = 17.0


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A line in its place."""

    speaker: Speaker
    question_id: str
    text: str
    start_s: float
    speech: Speech
    filled_pause: bool = False

    @property
    def end_s(self) -> float:
        """Where the last sample ends."""
        return self.start_s + self.speech.duration_s

    def phones(self) -> list[Phone]:
        """Return the phones on the interview's clock."""
        at = self.start_s
        return [Phone(p.symbol, p.start_s + at, p.end_s + at) for p in self.speech.phones]


def recite(interview: Interview) -> list[Said]:
    """Say every line and put it in its place, in order."""
    um = Voice(interview.applicant.name, 95, interview.applicant.pitch - 8, 5)
    said: list[Said] = []
    for turn in interview.turns:
        asked = speak(turn.question, interview.officer)
        said.append(Said("officer", turn.question_id, turn.question, turn.asked_start_s, asked))
        for line in turn.answer:
            speech = speak(line.text, um if line.filled_pause else interview.applicant)
            at = said[-1].end_s + line.pause_s
            said.append(
                Said("applicant", turn.question_id, line.text, at, speech, line.filled_pause)
            )
    return said


def mix(said: Sequence[Said], duration_s: float, rng: np.random.Generator) -> FloatArray:
    """Mix both voices and a quiet room into one track at 48 kHz, shape (n_samples,)."""
    track = rng.standard_normal(round(duration_s * RATE_HZ)).astype(np.float32)
    track = np.convolve(track, np.full(12, 1 / 12, dtype=np.float32), mode="same")
    track *= 10 ** (_ROOM_DB / 20) / track.std()
    for line in said:
        start = round(line.start_s * RATE_HZ)
        track[start : start + len(line.speech.samples)] += _GAIN[line.speaker] * line.speech.samples
    return np.clip(track, -1, 1)


_BOTH_BROWS_UP = ("browInnerUp_L", "browInnerUp_R", "browOuterUp_L", "browOuterUp_R")

GENUINE = Interview(
    name="genuine",
    script="car-loan-en",
    duration_s=29.5,
    officer=Voice("en-gb+f2", 172, pitch=52, pitch_range=60),
    applicant=Voice("en-us+m3", 158, pitch=42, pitch_range=60),
    turns=(
        Turn(
            "name_and_day",
            0.3,
            "Your name please, and what day is it?",
            (Line("My name is Daniel Reed, and it is Tuesday, the third.", 0.5),),
        ),
        Turn(
            "journey",
            6.6,
            "How did you get here today?",
            (Line("I took the bus from the station. It was about twenty minutes.", 0.5),),
        ),
        Turn(
            "income_source",
            13.0,
            "Where does your monthly income come from?",
            (
                Line("It comes from", 3.2),
                Line("um", 0.14, filled_pause=True),
                Line("from my work at a delivery company. They pay me every month.", 0.16),
            ),
        ),
        Turn(
            "told_what_to_say",
            23.9,
            "Is anyone telling you what to say?",
            (Line("No, nobody is. These are my own words.", 0.45),),
        ),
    ),
    brief_movements=(
        Pulse(
            16.40,
            16.52,
            16.70,
            0.6,
            _BOTH_BROWS_UP,
            ("au1.left", "au1.right", "au2.left", "au2.right"),
        ),
        Pulse(17.32, 17.45, 17.62, 0.5, ("mouthSmile_L",), ("au12.left",)),
    ),
    slow_movements=(
        Pulse(0.9, 1.7, 2.6, 0.10, ("mouthSmile_L", "mouthSmile_R"), ("au12.left", "au12.right")),
    ),
    glances=(
        Glance(0.0, 0.0, -1.5),
        Glance(2.9, 3.5, -3.0),
        Glance(3.7, 0.2, -1.2),
        Glance(5.2, -0.9, -2.0),
        Glance(7.1, 0.4, -1.5),
        Glance(8.7, -7.5, 1.5),
        Glance(9.6, -0.4, -1.0),
        Glance(11.3, 1.1, -2.2),
        Glance(13.4, 0.1, -1.3),
        Glance(15.35, 9.0, -6.0),
        Glance(16.15, 7.2, -4.2),
        Glance(17.05, 0.8, -1.4),
        Glance(19.0, -5.0, -3.5),
        Glance(19.9, 0.2, -1.5),
        Glance(21.8, 1.4, -0.8),
        Glance(24.1, -0.2, -1.6),
        Glance(27.2, 0.9, -2.1),
    ),
)
"""An honest borrower: one pause to think before the question on income."""
