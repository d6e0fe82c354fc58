from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from facesign.samples.studio.rig import Rig
from facesign.samples.studio.sculpt import SCULPTED, sculpt

load = cache(Rig.load)


@pytest.fixture
def rig(data_dir: Path) -> Rig:
    return load(data_dir / "rig" / "ict_facekit_light.npz")


def posed(rig: Rig, name: str) -> np.ndarray:
    eyes = rig.eye_centres(np.zeros(1, dtype=np.float32))
    return rig.pose(rig.neutral, eyes, {name: 1.0})


def nearest(rig: Rig, place_cm: tuple[float, float, float]) -> int:
    return int(np.argmin(np.linalg.norm(rig.neutral - place_cm, axis=1)))


@pytest.mark.data
@pytest.mark.parametrize("name", SCULPTED)
def test_a_sculpted_shape_is_one_of_the_rigs(rig: Rig, name: str) -> None:
    moved_cm = np.linalg.norm(posed(rig, name) - rig.neutral, axis=1)
    assert 0.12 < moved_cm.max() < 0.6


@pytest.mark.data
@pytest.mark.parametrize("name", SCULPTED)
def test_teeth_stay_where_they_are(rig: Rig, name: str) -> None:
    teeth = np.unique(rig.parts["M_Teeth"])
    np.testing.assert_array_equal(posed(rig, name)[teeth], rig.neutral[teeth])


@pytest.mark.data
def test_tightened_lips_are_narrower_and_lower_in_height(rig: Rig) -> None:
    after = posed(rig, "lipTighten")
    top, bottom = nearest(rig, (0, -2.55, 11.86)), nearest(rig, (0, -4.38, 11.55))
    left, right = nearest(rig, (2.4, -3.5, 10.4)), nearest(rig, (-2.4, -3.5, 10.4))
    height = (after[top, 1] - after[bottom, 1]) / (rig.neutral[top, 1] - rig.neutral[bottom, 1])
    width = (after[left, 0] - after[right, 0]) / (rig.neutral[left, 0] - rig.neutral[right, 0])
    assert 0.6 < height < 0.8
    assert 0.88 < width < 0.98


@pytest.mark.data
@pytest.mark.parametrize(("name", "side"), [("nostrilDilate_L", 1), ("nostrilDilate_R", -1)])
def test_a_nostril_flares_outwards_on_its_own_side(rig: Rig, name: str, side: int) -> None:
    offset = posed(rig, name) - rig.neutral
    assert side * offset[nearest(rig, (side * 1.6, -0.6, 11.0)), 0] > 0.15
    assert np.abs(offset[np.sign(rig.neutral[:, 0]) == -side]).max() < 1e-6


@pytest.mark.data
def test_a_swallow_lifts_the_larynx(rig: Rig) -> None:
    offset = posed(rig, "throatSwallow") - rig.neutral
    assert offset[nearest(rig, (0, -11.2, 4.75)), 1] > 0.3
    assert np.abs(offset[rig.neutral[:, 1] > -6.5]).max() < 1e-6


def test_what_is_hard_gives_no_way() -> None:
    places = np.array([[1.62, -0.52, 10.95], [1.62, -0.52, 10.95]], dtype=np.float32)
    flared = sculpt(places, np.array([True, False]))[list(SCULPTED).index("nostrilDilate_L")]
    np.testing.assert_allclose(flared, [[0.26, 0.07, 0.05], [0, 0, 0]], rtol=1e-5)
