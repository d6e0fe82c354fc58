"""Watch a stream of observations with every monitoring point at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeAlias

from facesign.biometrics.observation import Observation
from facesign.errors import MonitorError
from facesign.interview.risk.monitors import Family, Monitor, monitors
from facesign.interview.risk.patterns import Evidence, PatternState, open_pattern

__all__ = ["Fired", "GrowingWatch", "RiskState", "RiskWatch", "watched"]

Reading: TypeAlias = tuple[float | None, float | None, str]
"""Value, threshold, unit."""
MOST_TOLD = 12
"""Observations listed as evidence of one finding; all that fit count."""
MOST_KEPT = 64
"""Observations behind one finding; a count says so many and means at least so many."""
SETTLED_S = 180.0
"""Who spoke is settled after a minute of speech, which takes some three minutes to hear."""
MOST_FIRED = 20
"""Findings of one point in one session; more say nothing new."""


@dataclass(frozen=True, slots=True)
class Fired:
    """One monitoring point that found what it looks for, and what that rests on."""

    monitor: Monitor
    start_s: float
    end_s: float
    value: float | None
    """What was measured: of the first condition, or how many a count found."""
    threshold: float | None
    unit: str
    evidence: Evidence

    @property
    def family(self) -> Family:
        """The family of its point."""
        return self.monitor.family

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        point = self.monitor
        return {
            "id": point.monitor_id,
            "family": point.family,
            "role": point.role,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "value": self.value,
            "threshold": self.threshold,
            "unit": self.unit,
            "weight": point.weight,
            "explain": {"zh": point.explain.zh, "en": point.explain.en},
            "ask": {"zh": point.ask.zh, "en": point.ask.en},
            "observations": [one.to_dict() for one in self.evidence[:MOST_TOLD]],
        }


@dataclass(frozen=True, slots=True)
class RiskState:
    """What a watch knows so far."""

    fired: tuple[Fired, ...]
    """In order of time."""
    assessed: frozenset[str]
    """Ids of the points whose observations came, so that silence means something."""
    n_observations: int

    @property
    def protect(self) -> tuple[Fired, ...]:
        """What suggests that the applicant may need protection."""
        return tuple(one for one in self.fired if one.monitor.role == "protect")


class RiskWatch:
    """Push observations as they become known; get what fires, and the state at any time.

    An observation that was pushed before is ignored, so a caller may push all it knows again.

    Args:
        others_declared: Whether an interpreter or a companion was declared.
        points: The monitoring points; those that ship by default.
    """

    def __init__(
        self, *, others_declared: bool = False, points: Sequence[Monitor] | None = None
    ) -> None:
        self._points = [
            one
            for one in (monitors() if points is None else points)
            if one.is_alive and not (others_declared and one.unless_declared)
        ]
        self._use(
            {
                one.monitor_id: open_pattern(one.pattern)
                for one in self._points
                if one.pattern is not None
            }
        )
        self._fired: dict[str, list[Fired]] = {}
        self._owner: dict[str, dict[Observation, int]] = {}
        """Which finding of a point an observation belongs to."""
        self._names: set[str] = set()
        self._seen: set[Observation] = set()
        self._now_s = 0.0

    def fork(self) -> RiskWatch:
        """Return a watch that knows the same and goes its own way."""
        other = copy(self)
        other._use({name: state.fork() for name, state in self._states.items()})
        other._fired = {name: fired.copy() for name, fired in self._fired.items()}
        other._owner = {name: owner.copy() for name, owner in self._owner.items()}
        other._names, other._seen = self._names.copy(), self._seen.copy()
        return other

    def push(self, observation: Observation) -> list[Fired]:
        """Take one observation; return what it makes fire, or changes in what fired before."""
        if observation in self._seen:
            return []
        self._seen.add(observation)
        if observation.status == "assessed":
            self._names.add(observation.name)
        told = []
        for point, state in self._by_name.get(observation.name, ()):
            evidence = state.push(observation)
            if evidence is not None and (fired := self._tell(point, evidence)) is not None:
                told.append(fired)
        if observation.end_s > self._now_s:
            self._now_s = observation.end_s
            for point, state in self._waiting:
                told += self._all(point, state.pass_time(self._now_s))
        return told

    def finish(self, end_s: float | None = None) -> list[Fired]:
        """Return what fires because the session has ended."""
        now_s = self._now_s if end_s is None else max(self._now_s, end_s)
        return [
            fired
            for point, state in self._waiting
            for fired in self._all(point, state.finish(now_s))
        ]

    def state(self) -> RiskState:
        """Return what is known so far."""
        fired = [one for found in self._fired.values() for one in found]
        fired.sort(key=lambda one: (one.start_s, one.end_s, one.monitor.monitor_id))
        return RiskState(
            fired=tuple(fired),
            assessed=frozenset(
                one.monitor_id for one in self._points if self._names.issuperset(one.reads)
            ),
            n_observations=len(self._seen),
        )

    def _use(self, states: dict[str, PatternState]) -> None:
        self._states = states
        self._by_name: dict[str, list[tuple[Monitor, PatternState]]] = {}
        for one in self._points:
            for name in one.reads:
                self._by_name.setdefault(name, []).append((one, states[one.monitor_id]))
        self._waiting = [
            (one, states[one.monitor_id])
            for one in self._points
            if one.pattern is not None and one.pattern.kind == "absence"
        ]

    def _all(self, point: Monitor, found: Iterable[Evidence]) -> Iterator[Fired]:
        for evidence in found:
            fired = self._tell(point, evidence)
            if fired is not None:
                yield fired

    def _tell(self, point: Monitor, evidence: Evidence) -> Fired | None:
        """File a finding; one that shares evidence with the last grows it instead."""
        before = self._fired.setdefault(point.monitor_id, [])
        owner = self._owner.setdefault(point.monitor_id, {})
        if point.whole_session:
            before[:] = [_fired(point, evidence)]
            return before[0]
        at = next((owner[part] for part in evidence if part in owner), None)
        if at is None and len(before) >= MOST_FIRED:
            return None
        if at is None:
            at = len(before)
            before.append(_fired(point, evidence))
        elif new := [part for part in evidence if part not in owner]:
            before[at] = _fired(point, (*before[at].evidence, *new)[:MOST_KEPT])
        else:
            return None
        owner.update(dict.fromkeys(evidence, at))
        return before[at]


def watched(
    observations: Iterable[Observation], *, others_declared: bool, end_s: float
) -> RiskState:
    """Watch a session that has ended: its observations in the order in which they ended."""
    return GrowingWatch(others_declared=others_declared).state(observations, end_s=end_s)


class GrowingWatch:
    """Watch a session that still runs, as it would be watched if it ended now.

    What ended some time ago hardly changes any more: its watch is kept, and goes on from there.
    Where something of it did change, all is watched anew, so that the state never depends on
    how often it was asked for.

    Args:
        others_declared: Whether an interpreter or a companion was declared.
    """

    def __init__(self, *, others_declared: bool) -> None:
        self._others_declared = others_declared
        self._kept = RiskWatch(others_declared=others_declared)
        self._pushed: list[Observation] = []

    def state(self, observations: Iterable[Observation], *, end_s: float) -> RiskState:
        """Return what all monitoring points find in what is known now.

        Args:
            observations: All of the session.
            end_s: Time up to which it is known.
        """
        rows = sorted(observations, key=lambda one: (one.end_s, one.start_s, one.name))
        if rows[: len(self._pushed)] != self._pushed:
            self._kept = RiskWatch(others_declared=self._others_declared)
            self._pushed = []
        n_old = bisect_left(rows, end_s - SETTLED_S, key=lambda one: one.end_s)
        for one in rows[len(self._pushed) : n_old]:
            self._kept.push(one)
            self._pushed.append(one)
        watch = self._kept.fork()
        for one in rows[len(self._pushed) :]:
            watch.push(one)
        watch.finish(end_s)
        return watch.state()


def _fired(point: Monitor, evidence: Evidence) -> Fired:
    pattern = point.pattern
    if pattern is None:
        raise MonitorError(f"{point.monitor_id} waits for {point.waits_for}: it cannot fire")
    first = pattern.of[0]
    told = [one for one in evidence if one.name == first.name] or list(evidence)
    if pattern.kind == "count":
        reading: Reading = (float(len(told)), float(pattern.least), "count")
    else:
        reading = _furthest(first.reading(one) for one in told)
    value, threshold, unit = reading
    inner = [one for one in evidence if one.name != pattern.within] or list(evidence)
    return Fired(
        monitor=point,
        start_s=min(one.start_s for one in inner),
        end_s=max(one.end_s for one in inner),
        value=value,
        threshold=threshold,
        unit=unit,
        evidence=evidence,
    )


def _furthest(readings: Iterable[Reading]) -> Reading:
    """Return the reading that lies furthest beyond its threshold."""
    rows = list(readings)
    return max(rows, key=lambda row: abs((row[0] or 0.0) - (row[1] or 0.0)))
