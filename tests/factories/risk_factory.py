"""Observations written in one line, for tests of monitoring points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

from facesign.biometrics.observation import Observation, Subject
from facesign.interview.risk.conditions import Condition
from facesign.interview.risk.monitors import Monitor, monitor
from facesign.interview.risk.patterns import Kind, Pattern
from facesign.interview.risk.watch import Fired, RiskState, RiskWatch
from facesign.interview.script import Words


def observed(line: str) -> Observation:
    """Read `name start_s end_s value [usual=M] [mad=D] [subject] [not_assessed]`."""
    name, start_s, end_s, value, *rest = line.split()
    one = Observation(name, float(start_s), float(end_s), float(value), "1", analyser="test")
    for word in rest:
        key, _, number = word.partition("=")
        if key == "usual":
            one = replace(one, baseline_median=float(number))
        elif key == "mad":
            one = replace(one, baseline_mad=float(number))
        elif key == "not_assessed":
            one = replace(one, value=None, status="not_assessed", reason="noisy")
        else:
            assert word in get_args(Subject), word
            one = replace(one, subject=word)  # type: ignore[arg-type]
    return one


def watch(
    lines: Iterable[str], *, others_declared: bool = False, points: list[Monitor] | None = None
) -> RiskState:
    """Push observations in the order given and return what the points found."""
    watching = RiskWatch(others_declared=others_declared, points=points)
    for line in lines:
        watching.push(observed(line))
    watching.finish()
    return watching.state()


def found(state: RiskState, monitor_id: str) -> list[Fired]:
    """Return what one point found."""
    return [one for one in state.fired if one.monitor.monitor_id == monitor_id]


def point(
    kind: Kind,
    *of: Condition,
    window_s: float = 0.0,
    least: int = 1,
    within: str | None = None,
) -> Monitor:
    """Make a monitoring point of one pattern."""
    words = Words(zh="看", en="look")
    return replace(
        monitor("identity.other_face_returns"),
        monitor_id="identity.test",
        pattern=Pattern(kind, of, window_s, least, within),
        explain=words,
        ask=words,
        unless_declared=False,
    )
