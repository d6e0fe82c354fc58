"""Patterns in time over a stream of observations, evaluated as they come.

A pattern has slots, each with a condition. An observation that fills a slot is kept for the
length of the window; with each one the pattern looks for evidence that contains it, so that
nothing depends on the order in which observations of one moment become known.
"""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias

from facesign.biometrics.observation import Observation
from facesign.interview.risk.conditions import Condition

__all__ = ["Evidence", "Kind", "Pattern", "PatternState", "open_pattern"]

Kind: TypeAlias = Literal["threshold", "count", "sequence", "absence", "combination"]
Evidence: TypeAlias = tuple[Observation, ...]
MOST_KEPT = 256
"""Observations a slot remembers, whatever the window; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How conditions on several observations make one finding."""

    kind: Kind
    of: tuple[Condition, ...]
    """`threshold` and `count` have one condition; `sequence` has them in order; `absence` has
    what opens the wait and what was to come."""
    window_s: float = 0.0
    """Span of a count; longest gap of sequence and combination; the wait of an absence."""
    least: int = 1
    """Observations that a count needs."""
    within: str | None = None
    """Name of an observation, such as `question.sensitive`, inside which all must lie."""

    def shape(self) -> tuple[object, ...]:
        """Return the pattern without its numbers."""
        return (self.kind, tuple(one.shape() for one in self.of), self.within)


class PatternState(ABC):
    """What one pattern remembers. Subclasses say what makes evidence."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self._slots = [_Slot(one) for one in pattern.of]
        if pattern.within is not None:
            self._slots.append(_Slot(Condition(pattern.within)))

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the observations that can matter."""
        return tuple(dict.fromkeys(slot.condition.name for slot in self._slots))

    def fork(self) -> Self:
        """Return a state that remembers the same and goes its own way."""
        other = copy(self)
        other._slots = [slot.fork() for slot in self._slots]
        return other

    def push(self, observation: Observation) -> Evidence | None:
        """Take an observation of a name that matters; return evidence that contains it."""
        found = None
        for number, slot in enumerate(self._slots):
            if slot.condition.name == observation.name and slot.condition.holds(observation):
                slot.add(observation)
                found = self._evidence(number, observation) or found
        return found

    def pass_time(self, now_s: float) -> Iterator[Evidence]:
        """Yield what is evidence because something did not come by now."""
        return iter(())

    def finish(self, end_s: float) -> Iterator[Evidence]:
        """Yield what is evidence because the stream has ended."""
        return iter(())

    @abstractmethod
    def _evidence(self, number: int, new: Observation) -> Evidence | None:
        """Return the evidence that a new observation of one condition completes."""

    def _frames(self, number: int, new: Observation) -> list[Observation] | None:
        """Return the intervals that all evidence must lie inside; None where any place will do."""
        if self._pattern.within is None:
            return None
        if number == len(self._pattern.of):
            return [new]
        near = self._slots[-1].touching(new.start_s, new.end_s)
        return [frame for frame in near if _inside(new, frame)]


class _Slot:
    """Observations that fulfil one condition, the latest ones, sorted by their start."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.kept: list[Observation] = []
        self._starts: list[float] = []
        self._longest_s = 0.0

    def fork(self) -> _Slot:
        other = copy(self)
        other.kept, other._starts = self.kept.copy(), self._starts.copy()
        return other

    def add(self, observation: Observation) -> None:
        at = bisect_left(self._starts, observation.start_s)
        self._starts.insert(at, observation.start_s)
        self.kept.insert(at, observation)
        self._longest_s = max(self._longest_s, observation.duration_s)
        if len(self.kept) > MOST_KEPT:
            del self.kept[0], self._starts[0]

    def starting(self, from_s: float, until_s: float) -> Sequence[Observation]:
        """Return those that start within an interval."""
        return self.kept[bisect_left(self._starts, from_s) : bisect_right(self._starts, until_s)]

    def touching(self, from_s: float, until_s: float) -> Sequence[Observation]:
        """Return those that may reach into an interval."""
        return self.starting(from_s - self._longest_s, until_s)

    def inside(self, frame: Observation) -> list[Observation]:
        """Return those whose middle is inside another observation."""
        near = self.touching(frame.start_s, frame.end_s)
        return [one for one in near if _inside(one, frame)]


class _Threshold(PatternState):
    """One observation is enough."""

    def _evidence(self, number: int, new: Observation) -> Evidence | None:
        frames = self._frames(number, new)
        if frames is None:
            return (new,)
        if number == len(self._pattern.of):
            inside = self._slots[0].inside(new)
            return (inside[0], new) if inside else None
        return (new, frames[0]) if frames else None


class _Count(PatternState):
    """Enough of them start within one window."""

    def _evidence(self, number: int, new: Observation) -> Evidence | None:
        frames = self._frames(number, new)
        if frames is None:
            window_s = self._pattern.window_s
            near = self._slots[0].starting(new.start_s - window_s, new.start_s + window_s)
            return self._enough(near, new, window_s)
        for frame in frames:
            inside = self._slots[0].inside(frame)
            if len(inside) >= self._pattern.least:
                return (*inside, frame)
        return None

    def _enough(
        self, near: Sequence[Observation], new: Observation, window_s: float
    ) -> Evidence | None:
        least = self._pattern.least
        for first in range(len(near) - least + 1):
            run = [one for one in near[first:] if one.start_s - near[first].start_s <= window_s]
            if len(run) >= least and any(one is new for one in run):
                return tuple(run)
        return None


class _Sequence(PatternState):
    """Each follows the one before: it starts later, and not long after that one's end."""

    def _evidence(self, number: int, new: Observation) -> Evidence | None:
        return next(self._chains(0, number, new, None), None)

    def _chains(
        self, at: int, number: int, new: Observation, before: Observation | None
    ) -> Iterator[Evidence]:
        if at == len(self._pattern.of):
            yield ()
            return
        slot, window_s = self._slots[at], self._pattern.window_s
        if at == number:
            candidates: Sequence[Observation] = [new]
        elif before is not None:
            candidates = slot.starting(before.start_s, before.end_s + window_s)
        else:
            candidates = slot.kept
        if before is not None:
            candidates = [one for one in candidates if self._follows(before, one)]
        for one in reversed(candidates):
            for rest in self._chains(at + 1, number, new, one):
                yield (one, *rest)

    def _follows(self, before: Observation, after: Observation) -> bool:
        return before.start_s < after.start_s <= before.end_s + self._pattern.window_s


class _Combination(PatternState):
    """One of each, close together or inside one interval."""

    def _evidence(self, number: int, new: Observation) -> Evidence | None:
        frames = self._frames(number, new)
        if frames is None:
            return self._all_near(number, new)
        for frame in frames:
            parts = [
                next(iter(slot.inside(frame)), None)
                for slot in self._slots[: len(self._pattern.of)]
            ]
            if all(part is not None for part in parts):
                return (*(part for part in parts if part is not None), frame)
        return None

    def _all_near(self, number: int, new: Observation) -> Evidence | None:
        parts: list[Observation] = []
        window_s = self._pattern.window_s
        for at, slot in enumerate(self._slots):
            around = slot.touching(new.start_s - window_s, new.end_s + window_s)
            near = [new] if at == number else [one for one in around if self._near(one, new)]
            if not near:
                return None
            parts.append(near[-1])
        return tuple(parts)

    def _near(self, one: Observation, other: Observation) -> bool:
        gap_s = max(one.start_s, other.start_s) - min(one.end_s, other.end_s)
        return gap_s <= self._pattern.window_s


@dataclass(order=True)
class _Wait:
    until_s: float
    opener: Observation = field(compare=False)


class _Absence(PatternState):
    """What was to come after something has not come within the window."""

    def __init__(self, pattern: Pattern) -> None:
        super().__init__(pattern)
        self._waits: list[_Wait] = []
        self._came_s: list[float] = []

    def fork(self) -> Self:
        other = super().fork()
        other._waits, other._came_s = self._waits.copy(), self._came_s.copy()
        return other

    def _evidence(self, number: int, new: Observation) -> Evidence | None:
        if number == 0:
            heapq.heappush(self._waits, _Wait(new.end_s + self._pattern.window_s, new))
        else:
            insort(self._came_s, new.end_s)
            del self._came_s[:-MOST_KEPT]
        return None

    def pass_time(self, now_s: float) -> Iterator[Evidence]:
        while self._waits and self._waits[0].until_s < now_s:
            wait = heapq.heappop(self._waits)
            if not self._came(wait):
                yield (wait.opener,)

    def finish(self, end_s: float) -> Iterator[Evidence]:
        """Yield what never came; a wait that the end cut short is none."""
        yield from self.pass_time(end_s)

    def _came(self, wait: _Wait) -> bool:
        at = bisect_left(self._came_s, wait.opener.start_s)
        return at < len(self._came_s) and self._came_s[at] <= wait.until_s


def _inside(observation: Observation, frame: Observation) -> bool:
    middle_s = (observation.start_s + observation.end_s) / 2
    return frame.start_s <= middle_s <= frame.end_s


_STATES: dict[Kind, type[PatternState]] = {
    "threshold": _Threshold,
    "count": _Count,
    "sequence": _Sequence,
    "absence": _Absence,
    "combination": _Combination,
}


def open_pattern(pattern: Pattern) -> PatternState:
    """Return the state that evaluates a pattern, empty."""
    return _STATES[pattern.kind](pattern)
