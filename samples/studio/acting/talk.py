"""An interview as one of its speakers lives it: when they talk, listen and think."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.acting.steps import Steps
from facesign.samples.studio.sound.dialogue import Said
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["Interval", "Talk", "gaps", "merged"]

Interval: TypeAlias = tuple[float, float]
"""Start and end in seconds."""

_PASSAGE_S = 0.35
_BREATH_S = 0.3
_TURN_S = 1.5
"""Whoever reads stays on the page in pauses up to this."""
_ACCENT_SPACING_S = 0.9
_VOWELS = "aeiouyæɐɑɒɔəɚɛɜɪʊʌɨɯøœɤ"
_WINDOW_S = 0.05


@dataclass(frozen=True, slots=True)
class Talk:
    """When somebody talks, listens and thinks."""

    own: tuple[Interval, ...]
    """Own speech; breaths shorter than 0.3 s belong to it."""
    heard: tuple[Interval, ...]
    """Speech of all others."""
    thinking: tuple[Interval, ...]
    """From the end of what another said to the own first word."""
    filled_pauses: tuple[Interval, ...]
    accents_s: tuple[float, ...]
    """Stressed words of the own speech."""
    read_out: tuple[Interval, ...] = ()
    """Own speech that is read from a page."""

    @classmethod
    def of(cls, said: Sequence[Said], speaker: str) -> Talk:
        """Take the view of one speaker."""
        lines = sorted(said, key=lambda line: line.start_s)
        mine = [line for line in lines if line.speaker == speaker]
        own = merged([(line.start_s, line.end_s) for line in mine], within_s=_BREATH_S)
        heard = merged([(x.start_s, x.end_s) for x in lines if x.speaker != speaker])
        return cls(
            own=own,
            heard=heard,
            thinking=tuple(
                (before.end_s, after.start_s)
                for before, after in pairwise(lines)
                if before.speaker != speaker == after.speaker and before.end_s < after.start_s
            ),
            filled_pauses=tuple((x.start_s, x.end_s) for x in mine if x.filled_pause),
            accents_s=tuple(_spaced(at for x in mine if not x.filled_pause for at in _accents(x))),
            read_out=merged([(x.start_s, x.end_s) for x in mine if x.read_out], within_s=_TURN_S),
        )

    def speaking(self) -> Steps:
        """Return how much of the bearing is that of a speaker, 0 to 1, one part."""
        edges = [(-1.0, 0.0)]
        for start, end in self.own:
            edges += [(start - _PASSAGE_S / 2, 1.0), (end - _PASSAGE_S / 2, 0.0)]
        start_s, value = np.array(edges).T
        return Steps(start_s, np.full_like(start_s, _PASSAGE_S), value[:, None])


def merged(spans: Iterable[Interval], *, within_s: float = 0.0) -> tuple[Interval, ...]:
    """Join intervals that touch or lie closer together than some time."""
    joined: list[Interval] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + within_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def gaps(busy: Iterable[Interval], within: Interval) -> list[Interval]:
    """Return what a span has left between intervals."""
    free: list[Interval] = []
    at = within[0]
    for start, end in merged(busy):
        if min(start, within[1]) > at:
            free.append((at, min(start, within[1])))
        at = max(at, end)
    if at < within[1]:
        free.append((at, within[1]))
    return free


def _accents(line: Said) -> list[float]:
    """Find stressed words: the longest vowels, or the loudest moments of a recording."""
    vowels = [p for p in line.phones() if any(c in _VOWELS for c in p.symbol)]
    if vowels:
        lengths = [p.end_s - p.start_s for p in vowels]
        least = np.quantile(lengths, 0.75)
        return [p.start_s for p, s in zip(vowels, lengths, strict=True) if s >= least]
    level = _levels(line.speech.samples)
    inner = level[1:-1]
    peaks = np.flatnonzero((inner > level[:-2]) & (inner >= level[2:])) + 1
    loud = peaks[level[peaks] >= np.quantile(level, 0.8)] if len(peaks) else peaks
    return [line.start_s + float(i) * _WINDOW_S for i in loud]


def _levels(samples: FloatArray) -> FloatArray:
    step = round(_WINDOW_S * RATE_HZ)
    whole = samples[: len(samples) // step * step].reshape(-1, step)
    return np.asarray(np.sqrt((whole**2).mean(axis=1)))


def _spaced(times_s: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for at in sorted(times_s):
        if not kept or at - kept[-1] >= _ACCENT_SPACING_S:
            kept.append(at)
    return kept
