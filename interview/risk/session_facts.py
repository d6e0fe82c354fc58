"""The course of a session as observations: consent, questions, evidence, who was heard and seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from facesign.biometrics.observation import Observation, Subject
from facesign.interview.consent import Purpose
from facesign.interview.facts import SessionFacts
from facesign.interview.script import QuestionKind, Script
from facesign.interview.voices import VoiceResult

__all__ = ["session_facts"]

ANALYSER = "interview.risk"
REQUIRED: tuple[Purpose, ...] = ("recording", "face", "voice")
SKIPPABLE: tuple[QuestionKind, ...] = (
    "baseline",
    "sensitive",
    "disclosure",
    "protection",
    "confirmation",
    "document",
)
LEAST_ANSWERS = 3
"""Fewer questions say nothing about the pace of an interview."""


def session_facts(facts: SessionFacts) -> Iterator[Observation]:
    """Yield everything that the session as such says; nothing of it is behaviour."""
    end_s = facts.findings.end_s
    yield _session("session.started", 0.0, 0.0, 0.0, "s")
    yield _session("session.ended", end_s, end_s, end_s, "s")
    yield from _consent(facts)
    yield from _questions(facts)
    yield from _evidence(facts)
    yield from _voices(facts)
    yield from _faces(facts)
    yield from _recording(facts)


def _consent(facts: SessionFacts) -> Iterator[Observation]:
    entries, end_s = facts.consent.entries, facts.findings.end_s
    used = [p for p in REQUIRED if p != "face" or facts.has_video]
    missing = sum(facts.consent.decision(purpose) is None for purpose in used)
    yield _session("consent.missing", 0.0, end_s, missing, "count")
    if not entries:
        return
    yield _session("consent.texts", 0.0, end_s, len({e.text for e in entries}), "count")
    if facts.customer is not None:
        others = sum(entry.given_by != facts.customer for entry in entries)
        yield _session("consent.given_by_other", 0.0, end_s, others, "count")
    withdrawn = sum(
        any(before.granted and not after.granted for before, after in pairwise(of_one))
        for purpose in dict.fromkeys(entry.purpose for entry in entries)
        if (of_one := [entry for entry in entries if entry.purpose == purpose])
    )
    yield _session("consent.withdrawn", 0.0, end_s, withdrawn, "count")


def _questions(facts: SessionFacts) -> Iterator[Observation]:
    if facts.script is None or not facts.marks:
        return
    end_s = facts.findings.end_s
    asked = [mark.question_id for mark in facts.marks]
    for kind in SKIPPABLE:
        of_kind = [q.question_id for q in facts.script.questions if q.kind == kind]
        if of_kind:
            skipped = len(set(of_kind) - set(asked))
            yield _session(f"question.skipped_{kind}", 0.0, end_s, skipped, "count")
    yield _session("question.repeated", 0.0, end_s, _most_repeated(asked), "count")
    yield _session("question.out_of_order", 0.0, end_s, _inversions(facts.script, asked), "count")
    if len(facts.marks) >= LEAST_ANSWERS:
        spent_s = facts.marks[-1].answer_end_s - facts.marks[0].asked_start_s
        yield _session("question.pace", 0.0, end_s, spent_s / len(facts.marks), "s")
    for before, after in pairwise(facts.marks):
        gap_s = after.asked_start_s - before.answer_end_s
        if gap_s > 0:
            yield _session("question.break", before.answer_end_s, after.asked_start_s, gap_s, "s")


def _most_repeated(asked: Sequence[str]) -> int:
    """Return how often a question came again, at most over all questions."""
    return max(Counter(asked).values()) - 1


def _inversions(script: Script, asked: Sequence[str]) -> int:
    """Return how often a question was asked before one that stands earlier in the script."""
    place = {q.question_id: n for n, q in enumerate(script.questions)}
    order = [place[one] for one in dict.fromkeys(asked) if one in place]
    return sum(after < before for before, after in pairwise(order))


def _evidence(facts: SessionFacts) -> Iterator[Observation]:
    for item in facts.evidence:
        name = f"evidence.{item.kind}_{item.result}"
        yield _session(name, item.time_s, item.time_s, 1.0, "count")


def _voices(facts: SessionFacts) -> Iterator[Observation]:
    yield from _margins([one for one in facts.findings.compared if not one.is_whole])
    for whole in (one for one in facts.findings.compared if one.is_whole):
        if (margin := _margin(whole)) is not None:
            yield _voice("voice.overall_margin", whole, margin)
            if whole.decision == "inconclusive":
                yield _voice("voice.undecided", whole, whole.llr)
    turns = facts.findings.turns
    own_s = sum(t.duration_s for t in turns if t.subject == "applicant" and t.basis != "echo")
    other_s = sum(t.duration_s for t in turns if t.subject == "other")
    end_s = facts.findings.end_s
    if own_s > 0 and facts.voices_known:
        yield _session("voice.other_share", 0.0, end_s, other_s / (own_s + other_s), "1")
    echo = [turn for turn in turns if turn.basis == "echo"]
    if echo:
        length_s = sum(turn.duration_s for turn in echo)
        yield _session("voice.echo", echo[0].start_s, echo[-1].end_s, length_s, "s")
    yield from _unseen_speech(facts)


def _margins(parts: Sequence[VoiceResult]) -> Iterator[Observation]:
    """Yield each comparison as its distance from the operating point, beside those before."""
    known: list[float] = []
    for part in parts:
        margin = _margin(part)
        yield _voice("voice.comparison_margin", part, margin, known)
        if margin is not None:
            known.append(margin)


def _margin(result: VoiceResult) -> float | None:
    """Return how far the ratio lies above where no match is said; None where nothing may be."""
    if result.llr is None or result.threshold is None:
        return None
    margin = result.llr + abs(result.threshold)
    return None if result.decision == "inconclusive" and margin < 0 else margin


def _voice(
    name: str, result: VoiceResult, margin: float | None, before: Sequence[float] = ()
) -> Observation:
    median = float(np.median(before)) if before else None
    return Observation(
        name=name,
        start_s=result.start_s,
        end_s=result.end_s,
        value=margin,
        unit="1",
        baseline_median=median,
        baseline_mad=float(np.median(np.abs(np.array(before) - median))) if before else None,
        status="assessed" if margin is not None else "not_assessed",
        reason=None if margin is not None else next(iter(result.reasons), "evidence_inconclusive"),
        analyser=ANALYSER,
    )


def _unseen_speech(facts: SessionFacts) -> Iterator[Observation]:
    """Yield the applicant's speech while the face, seen before, is not in the picture."""
    for away in _left(facts):
        heard = [
            (max(turn.start_s, away.start_s), min(turn.end_s, away.end_s))
            for turn in facts.findings.turns
            if turn.subject == "applicant"
            and turn.start_s < away.end_s
            and turn.end_s > away.start_s
        ]
        if heard:
            length_s = sum(end_s - start_s for start_s, end_s in heard)
            yield _of("speech.unseen", heard[0][0], heard[-1][1], length_s, "s")


def _left(facts: SessionFacts) -> list[Observation]:
    first_s = facts.findings.first_found_s
    absent = facts.findings.named("face.absent")
    return [] if first_s is None else [one for one in absent if one.start_s > first_s]


def _faces(facts: SessionFacts) -> Iterator[Observation]:
    found = facts.findings
    for away in _left(facts):
        yield _of("face.left", away.start_s, away.end_s, away.duration_s, "s")
    seen_s = sum(one.duration_s for one in found.named("face.present"))
    if seen_s > 0:
        other_s = sum(one.duration_s for one in found.named("face.other"))
        share = min(1.0, other_s / seen_s)
        yield _session("face.other_share", 0.0, found.last_frame_s or 0.0, share, "1")
    if facts.behaviour_off is None:
        for renewed in facts.rebased:
            yield _session("baseline.renewed", renewed.time_s, renewed.time_s, 1.0, "count")


def _recording(facts: SessionFacts) -> Iterator[Observation]:
    steps = facts.findings.steps_s.kept
    end_s = facts.findings.end_s
    if len(steps) >= 30:
        late, usual = np.percentile(steps, [95, 50])
        seen_s = facts.findings.last_frame_s or end_s
        yield _session("quality.rate_spread", 0.0, seen_s, float(late / usual), "1")
    for problem in facts.recording.problems if facts.recording else ():
        yield _session(f"media.{problem.code}", 0.0, end_s, 1.0, "count")


def _session(name: str, start_s: float, end_s: float, value: float, unit: str) -> Observation:
    return _of(name, start_s, end_s, float(value), unit, "session")


def _of(
    name: str,
    start_s: float,
    end_s: float,
    value: float,
    unit: str,
    subject: Subject = "applicant",
) -> Observation:
    return Observation(
        name, start_s, max(start_s, end_s), value, unit, subject=subject, analyser=ANALYSER
    )
