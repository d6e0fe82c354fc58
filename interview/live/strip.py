"""The last minute of a session as the strip chart shows it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from facesign.biometrics.face.movements import Movement
from facesign.interview.facts import SessionFacts, turns_in
from facesign.interview.findings import Findings
from facesign.interview.pipeline import Pipeline

__all__ = ["SPAN_S", "LiveSpeech", "strip_of"]

SPAN_S = 60.0
STEP_S = 0.05
LEAST_PAUSE_S = 0.25
_MARKS = 60
"""More questions than are asked in a minute."""
Span = tuple[float, float]
Timed = TypeVar("Timed")


class LiveSpeech:
    """When somebody spoke, known before the utterance that is being spoken has ended."""

    def __init__(self) -> None:
        self._spans: deque[Span] = deque()
        self._until_s = 0.0

    def update(self, pipeline: Pipeline) -> None:
        """Take what became certain since it was last asked."""
        voice = pipeline.listened_to
        if voice is None or not np.isfinite(voice.analysed_until_s):
            return
        until_s = voice.analysed_until_s
        # The detector remembers ten seconds; what was not asked in that time is left out.
        first_s = max(self._until_s, until_s - 9.0)
        steps = np.arange(first_s, until_s, STEP_S)
        for time_s, speaking in zip(steps, voice.speaking_at(steps), strict=True):
            if speaking:
                self._extend(float(time_s), float(time_s) + STEP_S)
        if len(steps):
            self._until_s = float(steps[-1]) + STEP_S
        while self._spans and self._spans[0][1] < until_s - SPAN_S:
            self._spans.popleft()

    def after(self, time_s: float) -> Iterator[Span]:
        """Yield when somebody spoke after a time."""
        for start_s, end_s in self._spans:
            if end_s > time_s:
                yield max(start_s, time_s), end_s

    def _extend(self, start_s: float, end_s: float) -> None:
        if self._spans and start_s - self._spans[-1][1] < STEP_S / 2:
            start_s = self._spans.pop()[0]
        self._spans.append((start_s, end_s))


def strip_of(
    facts: SessionFacts, speech: LiveSpeech, now_s: float, *, under_way: Sequence[Movement] = ()
) -> dict[str, Any]:
    """Return the lanes of the last minute; a lane that is not assessed is None.

    Args:
        facts: What is known.
        speech: When somebody spoke.
        now_s: Session time now.
        under_way: Brief movements that are not settled yet.
    """
    from_s = max(0.0, now_s - SPAN_S)
    found = facts.findings
    heard = facts.has_audio and facts.consent.decision("voice") is not False
    behaviour = facts.behaviour_off is None
    read = behaviour and bool(facts.baselines)
    spoken = list(_speech(facts, speech, from_s)) if heard else []
    return {
        "from_s": round(from_s, 2),
        "to_s": round(now_s, 2),
        "speech": [[_r(s), _r(e), subject] for s, e, subject in spoken] if heard else None,
        "pauses": [[_r(s), _r(e)] for s, e in _pauses(spoken)] if heard and behaviour else None,
        "movements": _movements(found, from_s, under_way) if read else None,
        "blinks": _spans(((b.onset_s, b.offset_s) for b in _late(found.blinks)), from_s)
        if behaviour
        else None,
        "gaze_away": _spans(
            ((o.start_s, o.end_s) for o in _late(found.observations) if o.name == "gaze.away"),
            from_s,
        )
        if read
        else None,
    }


def _speech(
    facts: SessionFacts, live: LiveSpeech, from_s: float
) -> Iterator[tuple[float, float, str]]:
    known_until_s = from_s
    found = facts.findings
    turns = [t for t in _late(found.turns) if t.end_s > from_s and t.basis != "echo"]
    spans = [(turn.start_s, turn.end_s, turn.subject) for turn in turns]
    for utterance in _late(found.utterances):
        heard = any(t.start_s < utterance.end_s and utterance.start_s < t.end_s for t in turns)
        if utterance.end_s > from_s and not heard:
            spans += turns_in(utterance, facts.marks[-_MARKS:])
    for start_s, end_s, subject in sorted(spans):
        if end_s > from_s:
            known_until_s = max(known_until_s, end_s)
            yield max(start_s, from_s), end_s, subject
    for start_s, end_s in live.after(known_until_s + STEP_S):
        yield start_s, end_s, "session"


def _pauses(spoken: Sequence[tuple[float, float, str]]) -> Iterator[Span]:
    for before, after in pairwise(spoken):
        if after[0] - before[1] >= LEAST_PAUSE_S:
            yield before[1], after[0]


def _movements(
    found: Findings, from_s: float, under_way: Sequence[Movement]
) -> list[dict[str, Any]]:
    shown = [(one, True) for one in _late(found.movements)]
    shown += [(one, False) for one in under_way]
    return [
        {
            "onset_s": _r(one.onset_s),
            "apex_s": _r(one.apex_s),
            "offset_s": _r(one.offset_s),
            "channels": list(one.channels),
            "reliability": one.reliability,
            "settled": settled,
        }
        for one, settled in shown
        if one.offset_s > from_s
    ]


def _late(items: Sequence[Timed], most: int = 400) -> Sequence[Timed]:
    """Return the last ones: more than can lie in a minute."""
    return items[-most:]


def _spans(spans: Iterator[Span], from_s: float) -> list[list[float]]:
    return [[_r(max(s, from_s)), _r(e)] for s, e in spans if e > from_s]


def _r(value: float) -> float:
    return round(value, 2)
