from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.person import person
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.stage.renderer import Renderer

STATES = [
    FaceState(),
    FaceState(weights={"jawOpen": 0.4, "browInnerUp_L": 0.5}, yaw_deg=8, gaze_yaw_deg=-8),
]


@cache
def load(path: Path) -> Rig:
    return Rig.load(path)


@cache
def cast(path: Path) -> Renderer:
    return Renderer(load(path), person("daniel"), width=640, height=360)


@pytest.fixture
def rig(data_dir: Path) -> Rig:
    return load(data_dir / "rig" / "ict_facekit_light.npz")


@pytest.fixture
def renderer(data_dir: Path) -> Renderer:
    return cast(data_dir / "rig" / "ict_facekit_light.npz")


@pytest.mark.data
@pytest.mark.slow
def test_the_same_state_gives_the_same_picture(rig: Rig, renderer: Renderer) -> None:
    other = Renderer(rig, person("daniel"), width=640, height=360)
    for state in STATES:
        np.testing.assert_array_equal(renderer.draw(state), other.draw(state))
    other.close()


@pytest.mark.data
@pytest.mark.slow
def test_a_state_does_not_depend_on_the_one_before(renderer: Renderer) -> None:
    first = renderer.draw(STATES[0])
    renderer.draw(STATES[1])
    np.testing.assert_array_equal(renderer.draw(STATES[0]), first)


@pytest.mark.data
@pytest.mark.slow
def test_the_subjects_left_is_on_the_right_of_the_picture(renderer: Renderer) -> None:
    rest = renderer.draw(FaceState()).astype(int)
    winked = renderer.draw(FaceState(weights={"eyeBlink_L": 1.0})).astype(int)
    changed = np.abs(winked - rest).sum(axis=(0, 2))
    assert changed[320:].sum() > 20 * changed[:320].sum()


@pytest.mark.data
@pytest.mark.slow
def test_every_picture_carries_the_mark(renderer: Renderer) -> None:
    corner = renderer.draw(FaceState())[-25:, -80:]
    assert corner.max() > 200
    assert corner.min() < 160
