from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.person import person
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.stage.view import View

VIEW = View(640, 360, eyes_px=63.0, field_deg=53.0, height_deg=-3.0, aside_deg=0.0)
STATES = [
    FaceState(),
    FaceState(weights={"jawOpen": 0.4, "browInnerUp_L": 0.5}, yaw_deg=8, gaze_yaw_deg=-8),
]


@cache
def load(path: Path) -> Rig:
    return Rig.load(path)


@cache
def cast(path: Path) -> Renderer:
    return Renderer(load(path), [Placed(person("daniel"))], view=VIEW)


@pytest.fixture
def rig(data_dir: Path) -> Rig:
    return load(data_dir / "rig" / "ict_facekit_light.npz")


@pytest.fixture
def renderer(data_dir: Path) -> Renderer:
    return cast(data_dir / "rig" / "ict_facekit_light.npz")


@pytest.mark.data
@pytest.mark.slow
def test_the_same_state_gives_the_same_picture(rig: Rig, renderer: Renderer) -> None:
    other = Renderer(rig, [Placed(person("daniel"))], view=VIEW)
    for state in STATES:
        np.testing.assert_array_equal(renderer.draw([state]), other.draw([state]))
    other.close()


@pytest.mark.data
@pytest.mark.slow
def test_a_state_does_not_depend_on_the_one_before(renderer: Renderer) -> None:
    first = renderer.draw(STATES[:1])
    renderer.draw(STATES[1:])
    np.testing.assert_array_equal(renderer.draw(STATES[:1]), first)


@pytest.mark.data
@pytest.mark.slow
def test_the_subjects_left_is_on_the_right_of_the_picture(renderer: Renderer) -> None:
    rest = renderer.draw([FaceState()]).astype(int)
    winked = renderer.draw([FaceState(weights={"eyeBlink_L": 1.0})]).astype(int)
    changed = np.abs(winked - rest).sum(axis=(0, 2))
    assert changed[320:].sum() > 20 * changed[:320].sum()


@pytest.mark.data
@pytest.mark.slow
def test_whoever_is_not_there_is_not_drawn(rig: Rig, renderer: Renderer) -> None:
    people = [Placed(person("daniel")), Placed(person("daniel"), at_cm=(24.0, 2.0, -24.0))]
    two = Renderer(rig, people, view=VIEW)
    rest = FaceState()
    alone, both, other, nobody = (
        two.draw(states).astype(int)
        for states in ([rest, None], [rest, rest], [None, rest], [None, None])
    )
    np.testing.assert_array_equal(alone, renderer.draw([rest]))
    beside = np.abs(both - alone).sum(axis=(0, 2))
    assert beside[330:].sum() > 50 * beside[:250].sum() + 1000
    assert np.abs(other - nobody)[:, :250].sum() == 0
    assert np.abs(alone - nobody)[150:220, 300:340].max(axis=2).mean() > 5
    two.close()


@pytest.mark.data
@pytest.mark.slow
def test_an_upright_picture_is_drawn(rig: Rig) -> None:
    view = View(360, 640, eyes_px=80.0, field_deg=65.0, height_deg=-6.0, aside_deg=4.0)
    renderer = Renderer(rig, [Placed(person("daniel"))], view=view)
    assert renderer.draw([FaceState()]).shape == (640, 360, 3)
    renderer.close()
