"""What happened between a question and the end of its answer, against the person's own usual."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias, TypeVar

import numpy as np

from facesign.biometrics.face.blinks import Blink
from facesign.biometrics.face.movements import Movement
from facesign.biometrics.observation import Observation
from facesign.biometrics.voice.quality import LOW_SNR_DB
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.marks import Mark
from facesign.interview.script import Question

__all__ = ["MEASURES", "Answer", "FaceShown", "Measure", "answers_from", "measure_answers"]

Source: TypeAlias = Literal["voice", "face"]
Timed = TypeVar("Timed", Movement, Blink)
LEAST_SPEECH_S = 0.5
LEAST_SEEN_SHARE = 0.8
"""An answer with the face away for more of it says nothing about what the face did."""
GOOD_SNR_DB = 30.0
OVERLAP_S = 0.3
"""Speech that runs from the question this far into the answer hides where the answer began."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One question's answer and what was measured during it."""

    question: Question
    mark: Mark
    speech: tuple[Utterance, ...]
    """The applicant's utterances, cut to none outside the answer."""
    movements: tuple[Movement, ...] | None
    """None, as the next two, where the face was not assessed."""
    blinks: tuple[Blink, ...] | None
    away: tuple[Observation, ...] | None
    """`gaze.away` intervals."""
    face_seen: bool
    """Whether the face was there for enough of the answer."""
    face_quality: float | None
    """0 to 1, of the pictures behind what the face showed."""
    latency_s: float | None
    """From the end of the question to the first speech."""

    @property
    def start_s(self) -> float:
        """End of the question."""
        return self.mark.asked_end_s

    @property
    def end_s(self) -> float:
        """End of the answer."""
        return self.mark.answer_end_s

    def pauses(self) -> Iterator[tuple[float, float]]:
        """Yield the silences between utterances of the answer."""
        for before, after in pairwise(self.speech):
            if after.start_s > before.end_s:
                yield before.end_s, after.start_s


@dataclass(frozen=True, slots=True, eq=False)
class FaceShown:
    """What the face showed over the session."""

    movements: Sequence[Movement]
    blinks: Sequence[Blink]
    away: Sequence[Observation]
    """`gaze.away` intervals."""
    signals_from_s: float
    """When the baseline was full; before it no movement and no gaze was assessed."""
    quality: float | None = None
    """0 to 1, of the pictures behind it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing measured per answer, and what makes it worth a mention."""

    name: str
    unit: str
    source: Source
    least: float
    """Smallest departure from the own usual that is mentioned, in `unit`."""
    of: Callable[[Answer], float | None] = field(repr=False)
    both_ways: bool = False
    """Whether less than usual counts as well as more."""
    is_relative: bool = False
    """Whether the value is counted against the own baseline already, so that usual is none."""


def _latency(answer: Answer) -> float | None:
    return answer.latency_s


def _longest_pause(answer: Answer) -> float | None:
    if not answer.speech:
        return None
    return max((end - start for start, end in answer.pauses()), default=0.0)


def _weighted(answer: Answer, read: Callable[[Utterance], float | None]) -> float | None:
    """Average a value over utterances, longer ones counting more."""
    known = [(v, u.duration_s) for u in answer.speech if (v := read(u)) is not None]
    total_s = sum(s for _, s in known)
    return sum(v * s for v, s in known) / total_s if total_s >= LEAST_SPEECH_S else None


def _syllable_rate(answer: Answer) -> float | None:
    return _weighted(answer, lambda u: u.syllable_rate_hz)


def _pitch(answer: Answer) -> float | None:
    return _weighted(answer, lambda u: u.pitch_hz)


def _loudness(answer: Answer) -> float | None:
    return _weighted(answer, lambda u: u.loudness_db)


def _filled_pauses(answer: Answer) -> float | None:
    return float(sum(len(u.filled_pauses) for u in answer.speech)) if answer.speech else None


def _movements(answer: Answer) -> float | None:
    return None if answer.movements is None else float(len(answer.movements))


def _away_share(answer: Answer) -> float | None:
    length_s = answer.end_s - answer.start_s
    if answer.away is None or length_s < 1.0:
        return None
    return sum(_overlap_s(part, answer.start_s, answer.end_s) for part in answer.away) / length_s


def _blink_rate(answer: Answer) -> float | None:
    length_s = answer.end_s - answer.start_s
    if answer.blinks is None or length_s < 3.0:
        return None
    return 60.0 * len(answer.blinks) / length_s


# Least departures are own choices on the cautious side; none is a measured operating point.
MEASURES: tuple[Measure, ...] = (
    Measure("voice.response_latency", "s", "voice", 1.0, _latency),
    Measure("voice.longest_pause", "s", "voice", 1.0, _longest_pause),
    Measure("voice.filled_pauses", "count", "voice", 2.0, _filled_pauses),
    Measure("voice.syllable_rate", "Hz", "voice", 1.5, _syllable_rate, both_ways=True),
    Measure("voice.pitch", "Hz", "voice", 30.0, _pitch, both_ways=True),
    Measure("voice.loudness", "dB", "voice", 6.0, _loudness, both_ways=True),
    Measure("face.brief_movements", "count", "face", 2.0, _movements, is_relative=True),
    Measure("gaze.away_share", "1", "face", 0.3, _away_share, is_relative=True),
    Measure("blink.rate", "1/min", "face", 25.0, _blink_rate, both_ways=True),
)


def answers_from(
    marks: Sequence[Mark],
    question_of: Callable[[str], Question],
    utterances: Sequence[Utterance],
    *,
    present: Sequence[Observation],
    face: FaceShown | None,
) -> tuple[Answer, ...]:
    """Sort what was measured into the answers it belongs to.

    Args:
        marks: Questions in time order.
        question_of: Finds a question by its id.
        utterances: All utterances in time order; on separate tracks the officer's mark the
            end of a question, on a mixed track the marks alone do.
        present: When the face was there at all.
        face: What it showed; None where it was not assessed.

    Returns:
        One answer per mark.
    """
    answers = []
    for mark in marks:
        start_s, end_s = mark.asked_end_s, mark.answer_end_s
        speech = tuple(
            u for u in utterances if _is_answer(u, mark) and _middle_in(u, start_s, end_s)
        )
        seen_s = sum(_overlap_s(part, start_s, end_s) for part in present)
        seen = seen_s > 0 and seen_s >= LEAST_SEEN_SHARE * (end_s - start_s)
        shown = face if seen else None
        read = shown if shown is not None and start_s >= shown.signals_from_s else None
        answers.append(
            Answer(
                question=question_of(mark.question_id),
                mark=mark,
                speech=speech,
                movements=_within(read.movements, start_s, end_s) if read else None,
                blinks=_within(shown.blinks, start_s, end_s) if shown else None,
                away=_touching(read.away, start_s, end_s) if read else None,
                face_seen=seen,
                face_quality=shown.quality if shown else None,
                latency_s=_response_latency(mark, speech, utterances),
            )
        )
    return tuple(answers)


def measure_answers(answers: Sequence[Answer]) -> Iterator[tuple[Answer, list[Observation]]]:
    """Measure every answer and set beside it what is usual for this person.

    Yields:
        Each answer with its observations; baseline_median and baseline_mad come from the
        answers to baseline questions, never from the answer itself.
    """
    for answer in answers:
        others = [
            other for other in answers if other is not answer and other.question.kind == "baseline"
        ]
        yield answer, [_observe(measure, answer, others) for measure in MEASURES]


def _observe(measure: Measure, answer: Answer, usual: Sequence[Answer]) -> Observation:
    value = measure.of(answer)
    known = [v for v in (measure.of(other) for other in usual) if v is not None]
    median = float(np.median(known)) if known else None
    return Observation(
        name=measure.name,
        start_s=answer.start_s,
        end_s=answer.end_s,
        value=value,
        unit=measure.unit,
        baseline_median=median,
        baseline_mad=float(np.median(np.abs(np.array(known) - median))) if known else None,
        status="assessed" if value is not None else "not_assessed",
        reason=None if value is not None else _why_not(measure, answer),
        quality=_quality(measure, answer) if value is not None else None,
        analyser="interview.answers",
    )


def _quality(measure: Measure, answer: Answer) -> float | None:
    """Grade the pictures, or the speech by its distance from the noise around it."""
    if measure.source == "face":
        return answer.face_quality
    ratios = [u.quality.snr_db for u in answer.speech if u.quality.snr_db is not None]
    if not ratios:
        return None
    good = (float(np.median(ratios)) - LOW_SNR_DB) / (GOOD_SNR_DB - LOW_SNR_DB)
    return float(np.clip(good, 0.0, 1.0))


def _why_not(measure: Measure, answer: Answer) -> str:
    if measure.source == "voice":
        return "too_little_speech"
    if not answer.face_seen:
        return "no_face"
    read = {
        "face.brief_movements": answer.movements,
        "gaze.away_share": answer.away,
        "blink.rate": answer.blinks,
    }
    return "baseline_short" if read[measure.name] is None else "too_short"


def _is_answer(utterance: Utterance, mark: Mark) -> bool:
    """Tell whether an utterance can be the applicant's: on a mixed track the marks say so."""
    return utterance.track == "applicant" or (utterance.track == "mixed" and mark.end_known)


def _response_latency(
    mark: Mark, speech: tuple[Utterance, ...], utterances: Sequence[Utterance]
) -> float | None:
    if not speech:
        return None
    officer = [
        u.end_s
        for u in utterances
        if u.track == "officer" and mark.asked_start_s < u.end_s <= speech[0].start_s
    ]
    if not officer and not mark.end_known:
        return None
    asked_end_s = max(officer, default=mark.asked_end_s)
    latency_s = speech[0].start_s - asked_end_s
    return None if latency_s < -OVERLAP_S else max(latency_s, 0.0)


def _within(items: Sequence[Timed], start_s: float, end_s: float) -> tuple[Timed, ...]:
    return tuple(item for item in items if start_s <= item.apex_s <= end_s)


def _touching(
    parts: Sequence[Observation], start_s: float, end_s: float
) -> tuple[Observation, ...]:
    return tuple(part for part in parts if part.start_s < end_s and part.end_s > start_s)


def _middle_in(utterance: Utterance, start_s: float, end_s: float) -> bool:
    return start_s <= (utterance.start_s + utterance.end_s) / 2 <= end_s


def _overlap_s(part: Observation, start_s: float, end_s: float) -> float:
    return max(0.0, min(part.end_s, end_s) - max(part.start_s, start_s))
