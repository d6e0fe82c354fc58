from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.observation import Observation
from facesign.interview.risk.steadiness import GapWatcher, LightWatcher


def light(values: list[tuple[float, float]]) -> list[Observation]:
    watcher = LightWatcher()
    return [one for time_s, value in values for one in watcher.push(time_s, value)]


def steady(start_s: float, end_s: float, brightness: float) -> list[tuple[float, float]]:
    return [(float(t), brightness) for t in np.arange(start_s, end_s, 0.25)]


def test_a_gap_is_told_with_its_ends() -> None:
    watcher = GapWatcher("picture.gap", 0.5)
    assert list(watcher.push(0.0, 0.0)) == []
    assert list(watcher.push(0.49, 0.49)) == []
    (gap,) = watcher.push(1.2, 1.2)
    assert (gap.name, gap.start_s, gap.end_s) == ("picture.gap", 0.49, 1.2)
    assert gap.value == pytest.approx(0.71)


def test_sound_that_goes_on_has_no_gap_and_overlap_is_none() -> None:
    watcher = GapWatcher("sound.gap", 0.2)
    parts = [(0.0, 1.0), (1.0, 2.0), (1.5, 1.8), (2.1, 3.0)]
    assert [gap for start_s, end_s in parts for gap in watcher.push(start_s, end_s)] == []


def test_a_lamp_switched_on_is_one_step_of_light() -> None:
    (step,) = light(steady(0, 10, 80) + steady(10, 20, 128))
    assert step.value == pytest.approx(1.6)
    assert step.start_s == pytest.approx(10.0, abs=1.0)


@pytest.mark.parametrize("after", [90, 103, 80])
def test_light_that_hardly_changes_is_none(after: float) -> None:
    assert light(steady(0, 10, 80) + steady(10, 20, after)) == []


def test_darker_is_a_step_as_well_and_slow_changes_are_none() -> None:
    assert len(light(steady(0, 10, 120) + steady(10, 20, 60))) == 1
    fading = [(float(t), 120 - 2 * float(t)) for t in np.arange(0, 30, 0.25)]
    assert light(fading) == []
