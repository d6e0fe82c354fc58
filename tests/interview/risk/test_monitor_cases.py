"""Every monitoring point that is alive: what makes it fire, and what does not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from risk_factory import found, observed, watch

from facesign.interview.risk.monitors import Monitor, monitors
from facesign.interview.risk.watch import RiskWatch

CASES: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("cases.toml").read_text("utf-8")
)
ALIVE = [one for one in monitors() if one.is_alive]


def test_every_point_that_is_alive_has_a_case_that_fires_and_one_that_does_not() -> None:
    assert set(CASES) == {one.monitor_id for one in ALIVE}
    assert all(case["fires"] and case["quiet"] for case in CASES.values())


@pytest.mark.parametrize("monitor_id", CASES)
def test_it_fires_where_it_should(monitor_id: str) -> None:
    lines = CASES[monitor_id]["fires"]
    (fired,) = found(watch(lines), monitor_id)
    told = {observed(line) for line in lines}
    assert set(fired.evidence) <= told
    assert fired.start_s <= fired.end_s


@pytest.mark.parametrize("monitor_id", CASES)
def test_it_keeps_quiet_where_it_should(monitor_id: str) -> None:
    assert found(watch(CASES[monitor_id]["quiet"]), monitor_id) == []


@pytest.mark.parametrize("monitor_id", CASES)
def test_it_does_not_matter_in_which_order_observations_of_one_moment_come(monitor_id: str) -> None:
    lines = CASES[monitor_id]["fires"]
    waits = [line for line in lines if line.startswith("session.ended")]
    backwards = [line for line in reversed(lines) if line not in waits] + waits
    (first,), (second,) = (found(watch(each), monitor_id) for each in (lines, backwards))
    assert (first.value, first.threshold) == (second.value, second.threshold)
    assert set(first.evidence) == set(second.evidence)


@pytest.mark.parametrize("point", ALIVE, ids=lambda one: one.monitor_id)
def test_what_was_not_assessed_never_fires_unless_that_is_what_it_looks_for(point: Monitor) -> None:
    assert point.pattern is not None
    if any(one.status == "not_assessed" for one in point.pattern.of):
        return
    missing = [
        f"{line} not_assessed"
        for line in CASES[point.monitor_id]["fires"]
        if "session." not in line and not line.startswith("question.sensitive")
    ]
    assert found(watch(missing), point.monitor_id) == []


@pytest.mark.parametrize(
    "point", [one for one in ALIVE if one.unless_declared], ids=lambda one: one.monitor_id
)
def test_others_who_were_declared_are_no_finding(point: Monitor) -> None:
    lines = CASES[point.monitor_id]["fires"]
    assert found(watch(lines, others_declared=True), point.monitor_id) == []


def test_pushing_everything_again_changes_nothing() -> None:
    watching = RiskWatch()
    lines = [line for case in CASES.values() for line in case["fires"]]
    for line in lines:
        watching.push(observed(line))
    before = watching.state()
    assert [fired for line in lines for fired in watching.push(observed(line))] == []
    assert watching.state() == before
