"""Prompts: a question worth asking, from behaviour on a question that matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from facesign.biometrics.face.quality import Reliability
from facesign.biometrics.observation import Observation
from facesign.interview.answers import MEASURES, Answer, measure_answers
from facesign.interview.script import Words

__all__ = ["Prompt", "departs", "prompts_from"]

ASKED_KINDS = ("sensitive", "protection")
STRONG_LATENCY_S = 2.0
LEAST_POINTS = 2
SPREADS = 3.0
FACE_MEASURES = frozenset(measure.name for measure in MEASURES if measure.source == "face")
MOVEMENTS = "face.brief_movements"
_MEASURE = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question worth asking, and what was seen that makes it worth asking."""

    prompt_id: str
    question_id: str
    start_s: float
    end_s: float
    follow_up: Words
    reliability: Reliability
    observations: tuple[Observation, ...]
    """Only those that depart from the person's own usual."""
    question_usual_s: float | None = None
    """How long people usually take before answering this question, where the script says so."""
    channels: tuple[str, ...] = ()
    """Channels of the face that moved briefly within the answer, where that departs."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {
            "id": self.prompt_id,
            "question_id": self.question_id,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "follow_up": {"zh": self.follow_up.zh, "en": self.follow_up.en},
            "reliability": self.reliability,
            "observations": [observation.to_dict() for observation in self.observations],
            "question_usual_s": self.question_usual_s,
            "channels": list(self.channels),
        }


def departs(observation: Observation) -> bool:
    """Tell whether an answer's measure lies outside this person's own usual.

    It must depart from the median over baseline questions by the measure's least departure
    and by three robust deviations; without a baseline nothing departs. What is counted
    against the baseline already, such as brief movements, must reach the least alone.
    """
    measure = _MEASURE[observation.name]
    if observation.value is None:
        return False
    if measure.is_relative:
        return observation.value >= measure.least
    if observation.baseline_median is None:
        return False
    departure = observation.value - observation.baseline_median
    limit = max(measure.least, SPREADS * 1.4826 * (observation.baseline_mad or 0.0))
    return (abs(departure) if measure.both_ways else departure) >= limit


def prompts_from(answers: Sequence[Answer], reliability: Reliability) -> Iterator[Prompt]:
    """Yield at most one prompt per sensitive question.

    Args:
        answers: All answers of the session.
        reliability: What face measurements of this capture are worth.
    """
    count = 0
    for answer, observations in measure_answers(answers):
        if answer.question.kind not in ASKED_KINDS or not answer.question.follow_ups:
            continue
        notable = [observation for observation in observations if departs(observation)]
        if sum(map(_points, notable)) < LEAST_POINTS:
            continue
        count += 1
        faces = any(observation.name in FACE_MEASURES for observation in notable)
        yield Prompt(
            prompt_id=f"p{count}",
            question_id=answer.question.question_id,
            start_s=answer.start_s,
            end_s=answer.end_s,
            follow_up=answer.question.follow_ups[0],
            reliability=reliability if faces else "medium",
            observations=tuple(notable),
            question_usual_s=answer.question.usual_latency_s,
            channels=_moved(answer) if MOVEMENTS in {one.name for one in notable} else (),
        )


def _moved(answer: Answer) -> tuple[str, ...]:
    """Return the channels that moved within an answer, in the order in which they did."""
    moved = (channel for one in answer.movements or () for channel in one.channels)
    return tuple(dict.fromkeys(moved))


def _points(observation: Observation) -> int:
    """One for each measure that departs, two for a very late answer."""
    late = observation.name == "voice.response_latency"
    departure = (observation.value or 0.0) - (observation.baseline_median or 0.0)
    return 2 if late and departure >= STRONG_LATENCY_S else 1
