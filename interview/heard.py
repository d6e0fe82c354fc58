"""What the voices of a session come to: observations, and what the flags rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from facesign.biometrics.observation import Observation
from facesign.biometrics.speakers.turns import Turn
from facesign.interview.voices import VoiceResult

__all__ = ["compared", "mismatches", "told_apart", "voices_heard"]

SAME_SPAN_S = 10.0
"""Turns of another voice no further apart are told as one."""


def voices_heard(turns: Sequence[Turn]) -> Iterator[Observation]:
    """Yield when another voice spoke, and when the applicant's voice was another.

    Args:
        turns: All turns of the session.
    """
    other = [turn for turn in turns if turn.subject == "other"]
    changed = [turn for turn in turns if turn.subject == "applicant" and not turn.same_voice]
    for span in _spans(other):
        yield _observation("voice.other", span)
    for span in _spans(changed):
        yield _observation("voice.changed", span)


def told_apart(turns: Sequence[Turn], end_s: float, *, by_voice: bool) -> Observation:
    """Return how much of the speech has a known speaker, and whether voices told them apart.

    Args:
        turns: All turns of the session.
        end_s: End of the session.
        by_voice: False where the encoder has no limits: track and questions alone told.
    """
    own = [turn for turn in turns if turn.basis != "echo"]
    all_s = sum(turn.duration_s for turn in own)
    known_s = sum(turn.duration_s for turn in own if turn.subject != "session")
    reason = None if by_voice and all_s else "uncalibrated" if not by_voice else "no_speech"
    return Observation(
        name="voice.speakers",
        start_s=0.0,
        end_s=end_s,
        value=known_s / all_s if all_s else None,
        unit="1",
        status="assessed" if reason is None else "not_assessed",
        reason=reason,
        subject="session",
        analyser="interview.heard",
    )


def compared(results: Iterable[VoiceResult]) -> Iterator[Observation]:
    """Yield each comparison with the customer's voiceprint."""
    for result in results:
        decided = result.decision != "inconclusive"
        yield Observation(
            name="voice.overall_comparison" if result.is_whole else "voice.comparison",
            start_s=result.start_s,
            end_s=result.end_s,
            value=result.llr,
            unit="1",
            status="assessed" if decided else "not_assessed",
            reason=None if decided else next(iter(result.reasons), "evidence_inconclusive"),
            analyser="interview.voices",
        )


def mismatches(results: Sequence[VoiceResult]) -> Iterator[tuple[VoiceResult, ...]]:
    """Yield the comparisons behind each mismatch.

    One short comparison errs too often: two in a row must say `no_match`, or the whole.
    """
    parts = [result for result in results if not result.is_whole]
    whole = [one for one in results if one.is_whole and one.decision == "no_match"]
    if whole:
        yield (*(part for part in parts if part.decision == "no_match"), *whole)
        return
    for decision, run in groupby(parts, key=lambda part: part.decision):
        found = tuple(run)
        if decision == "no_match" and len(found) > 1:
            yield found


def _spans(turns: Iterable[Turn]) -> Iterator[list[Turn]]:
    open_span: list[Turn] = []
    for turn in sorted(turns, key=lambda turn: turn.start_s):
        if open_span and turn.start_s - open_span[-1].end_s > SAME_SPAN_S:
            yield open_span
            open_span = []
        open_span.append(turn)
    if open_span:
        yield open_span


def _observation(name: str, span: Sequence[Turn]) -> Observation:
    return Observation(
        name=name,
        start_s=span[0].start_s,
        end_s=max(turn.end_s for turn in span),
        value=sum(turn.duration_s for turn in span),
        unit="s",
        subject=span[0].subject,
        analyser="interview.heard",
    )
