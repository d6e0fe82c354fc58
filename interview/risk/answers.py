"""What follows from one answer: who spoke in it, when it began, and what the script says of it.

Everything here is made of turns, utterances and marks that were measured before; nothing is
measured anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from facesign.biometrics.observation import Observation
from facesign.biometrics.speakers.turns import Turn
from facesign.interview.answers import Answer

__all__ = ["answer_behaviour", "answer_facts"]

EARLY_LEAST_S = 0.4
"""Speech that starts less before the end of a question is how turns are taken."""
BEFORE_ANSWER_S = 4.0
"""Another voice so long before the answer can have prompted it."""
SILENCE_LEAST_S = 1.5
ANALYSER = "interview.risk"


def answer_facts(answers: Sequence[Answer], turns: Sequence[Turn]) -> Iterator[Observation]:
    """Yield each question as an interval, and who spoke in its answer.

    Args:
        answers: All answers so far.
        turns: All turns so far; without them nothing is said of who spoke.
    """
    for answer in answers:
        mark = answer.mark
        yield _observe(
            f"question.{answer.question.kind}",
            mark.asked_start_s,
            mark.answer_end_s,
            mark.answer_end_s - mark.asked_start_s,
            "session",
        )
        if not turns or not mark.end_known or answer.end_s <= answer.start_s:
            continue
        own = _within(turns, "applicant", answer.start_s, answer.end_s)
        other = _within(turns, "other", answer.start_s, answer.end_s)
        own_s, other_s = _length(own), _length(other)
        yield _answer("answer.applicant_speech", answer, own_s)
        if other_s > 0:
            yield _answer("answer.other_speech", answer, other_s)
        if other_s > 0 and own_s == 0:
            yield _answer("answer.by_other", answer, other_s)
        first_s = min((start_s for start_s, _ in own), default=answer.end_s)
        from_s = max(mark.asked_start_s, first_s - BEFORE_ANSWER_S)
        before = _within(turns, "other", from_s, first_s)
        if before and own:
            yield _observe(
                "voice.other_before_answer", before[0][0], first_s, _length(before), "other"
            )


def answer_behaviour(
    answers: Sequence[Answer], turned: Sequence[Observation], turns: Sequence[Turn]
) -> Iterator[Observation]:
    """Yield what only behaviour is made of, beside the usual of the baseline answers.

    Args:
        answers: All answers so far.
        turned: `head.turned` intervals.
        turns: All turns so far.
    """
    for answer in answers:
        usual = [a for a in answers if a is not answer and a.question.kind == "baseline"]
        if answer.speech:
            yield _beside(answer, usual, "answer.speech", _speech_s, "s")
            yield _beside(answer, usual, "answer.speech_share", _speech_share, "1")
            yield _beside(answer, usual, "answer.pitch_range", _pitch_range, "st")
        for start_s, end_s in answer.pauses():
            if end_s - start_s >= SILENCE_LEAST_S:
                yield _observe("voice.silence", start_s, end_s, end_s - start_s)
        expected_s = answer.question.usual_latency_s
        if answer.latency_s is not None and expected_s is not None:
            yield _answer("voice.latency_over_question", answer, answer.latency_s - expected_s)
        if answer.latency_s is not None and answer.speech:
            first_s = answer.speech[0].start_s
            away = [o for o in turned if o.start_s < first_s and o.end_s > answer.start_s]
            if away:
                start_s = max(away[0].start_s, answer.start_s)
                yield _observe("head.turned_before_answer", start_s, first_s, first_s - start_s)
        early_s = _early_s(answer, turns)
        if early_s >= EARLY_LEAST_S:
            yield _observe(
                "answer.early", answer.mark.asked_end_s - early_s, answer.mark.asked_end_s, early_s
            )


def _speech_s(answer: Answer) -> float | None:
    return sum(u.duration_s for u in answer.speech) if answer.speech else None


def _speech_share(answer: Answer) -> float | None:
    """Return the share of the answer, from its first word to its last, that is speech."""
    if not answer.speech:
        return None
    length_s = answer.speech[-1].end_s - answer.speech[0].start_s
    return sum(u.duration_s for u in answer.speech) / length_s if length_s > 0 else None


def _pitch_range(answer: Answer) -> float | None:
    known = [(u.pitch_range_st, u.duration_s) for u in answer.speech if u.pitch_range_st]
    total_s = sum(s for _, s in known)
    return sum(st * s for st, s in known) / total_s if total_s > 0 else None


def _early_s(answer: Answer, turns: Sequence[Turn]) -> float:
    """Return how long before the end of the question the answer began and went on."""
    mark = answer.mark
    if not mark.end_known:
        return 0.0
    over = [
        turn
        for turn in turns
        if turn.subject == "applicant"
        and mark.asked_start_s < turn.start_s < mark.asked_end_s < turn.end_s
    ]
    return mark.asked_end_s - over[0].start_s if over else 0.0


def _within(
    turns: Sequence[Turn], subject: str, start_s: float, end_s: float
) -> list[tuple[float, float]]:
    parts = [
        (max(turn.start_s, start_s), min(turn.end_s, end_s))
        for turn in turns
        if turn.subject == subject and turn.start_s < end_s and turn.end_s > start_s
    ]
    return sorted(parts)


def _length(parts: Sequence[tuple[float, float]]) -> float:
    return sum(end_s - start_s for start_s, end_s in parts)


def _beside(
    answer: Answer,
    usual: Sequence[Answer],
    name: str,
    measure: Callable[[Answer], float | None],
    unit: str,
) -> Observation:
    value = measure(answer)
    own = [v for v in map(measure, usual) if v is not None]
    median = float(np.median(own)) if own else None
    return Observation(
        name=name,
        start_s=answer.start_s,
        end_s=answer.end_s,
        value=value,
        unit=unit,
        baseline_median=median,
        baseline_mad=float(np.median(np.abs(np.array(own) - median))) if own else None,
        status="assessed" if value is not None else "not_assessed",
        reason=None if value is not None else "too_little_speech",
        analyser=ANALYSER,
    )


def _answer(name: str, answer: Answer, value: float) -> Observation:
    return _observe(name, answer.start_s, answer.end_s, value)


def _observe(
    name: str, start_s: float, end_s: float, value: float, subject: str = "applicant"
) -> Observation:
    return Observation(
        name=name,
        start_s=start_s,
        end_s=max(start_s, end_s),
        value=value,
        unit="s",
        subject=subject,  # type: ignore[arg-type]
        analyser=ANALYSER,
    )
