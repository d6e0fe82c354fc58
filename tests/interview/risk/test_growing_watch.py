"""A session that is looked at again and again shows what one look at its end shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from facesign.biometrics.observation import Observation
from facesign.interview.risk.monitors import monitors
from facesign.interview.risk.watch import SETTLED_S, GrowingWatch, RiskState, RiskWatch

LENGTH_S = 600.0


def interview(seed: int, per_minute: int = 120) -> list[Observation]:
    """Observations of every name that a monitoring point reads, on both sides of its limits."""
    rng = np.random.default_rng(seed)
    names = sorted({name for one in monitors() for name in one.reads})
    starts_s = np.sort(rng.uniform(0, LENGTH_S, round(per_minute * LENGTH_S / 60)))
    return [
        Observation(
            name=str(rng.choice(names)),
            start_s=float(start_s),
            end_s=float(start_s + rng.exponential(3.0)),
            value=float(rng.normal(1.0, 4.0)),
            unit="1",
            baseline_median=0.5,
            baseline_mad=0.2,
        )
        for start_s in starts_s
    ]


def anew(observations: Sequence[Observation], end_s: float) -> RiskState:
    watch = RiskWatch()
    for one in sorted(observations, key=lambda one: (one.end_s, one.start_s, one.name)):
        watch.push(one)
    watch.finish(end_s)
    return watch.state()


def whole(end_s: float) -> Observation:
    """What is said of the whole so far, and so is another observation at each look."""
    return Observation("voice.speakers", 0.0, end_s, end_s / LENGTH_S, "1")


@pytest.mark.parametrize("seed", range(3))
def test_every_look_shows_what_a_watch_from_the_start_shows(seed: int) -> None:
    everything = interview(seed)
    # A fifth becomes known only later, as who spoke does.
    late_s = np.random.default_rng(seed).choice([0.0, 0.0, 0.0, 0.0, 90.0], len(everything))
    watch = GrowingWatch(others_declared=False)
    fired = 0
    for end_s in np.arange(20.0, LENGTH_S + 20.0, 40.0):
        known = [
            one
            for one, wait_s in zip(everything, late_s, strict=True)
            if one.end_s + wait_s <= end_s
        ]
        known.append(whole(float(end_s)))
        state = watch.state(known, end_s=float(end_s))
        assert state == anew(known, float(end_s))
        fired = len(state.fired)
    assert fired > 20


def test_what_changes_long_after_is_watched_anew() -> None:
    everything = interview(0)
    watch = GrowingWatch(others_declared=False)
    watch.state(everything, end_s=LENGTH_S)
    changed = [one for one in everything if one.end_s > 60.0]
    assert watch.state(changed, end_s=LENGTH_S) == anew(changed, LENGTH_S)


def test_a_look_pushes_what_is_old_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = interview(0)
    watch = GrowingWatch(others_declared=False)
    watch.state(everything, end_s=LENGTH_S)
    pushed: list[Observation] = []
    push = RiskWatch.push

    def counted(self: RiskWatch, observation: Observation) -> object:
        pushed.append(observation)
        return push(self, observation)

    monkeypatch.setattr(RiskWatch, "push", counted)
    watch.state(everything, end_s=LENGTH_S)
    assert min(one.end_s for one in pushed) >= LENGTH_S - SETTLED_S
    assert len(pushed) < len(everything) / 2
