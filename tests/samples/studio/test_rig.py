from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from facesign.errors import MediaError, SettingsError
from facesign.samples.studio.rig import EYE_RADIUS, Rig, find_rig

load = cache(Rig.load)


@pytest.fixture
def rig(data_dir: Path) -> Rig:
    return load(data_dir / "rig" / "ict_facekit_light.npz")


def eyes(rig: Rig) -> np.ndarray:
    return rig.eye_centres(np.zeros(1, dtype=np.float32))


@pytest.mark.data
def test_neutral_is_neutral(rig: Rig) -> None:
    head = rig.head(np.zeros(3, dtype=np.float32))
    np.testing.assert_array_equal(head, rig.neutral)
    np.testing.assert_allclose(rig.pose(head, eyes(rig), {}), rig.neutral, atol=1e-5)


@pytest.mark.data
@pytest.mark.parametrize(("name", "sign"), [("browOuterUp_L", 1), ("browOuterUp_R", -1)])
def test_a_sided_shape_moves_the_subjects_own_side(rig: Rig, name: str, sign: int) -> None:
    posed = rig.pose(rig.neutral, eyes(rig), {name: 1.0})
    moved = np.linalg.norm(posed - rig.neutral, axis=1) > 0.3
    assert moved.sum() > 50
    assert (np.sign(rig.neutral[moved, 0]) == sign).all()


@pytest.mark.data
def test_half_a_weight_moves_half_as_far(rig: Rig) -> None:
    half = rig.pose(rig.neutral, eyes(rig), {"jawOpen": 0.5}) - rig.neutral
    full = rig.pose(rig.neutral, eyes(rig), {"jawOpen": 1.0}) - rig.neutral
    np.testing.assert_allclose(2 * half, full, atol=1e-4)


@pytest.mark.data
@pytest.mark.parametrize("closed", [0.25, 0.5, 0.75, 1.0])
def test_lids_slide_over_the_eyeball(rig: Rig, closed: float) -> None:
    posed = rig.pose(rig.neutral, eyes(rig), {"eyeBlink_L": closed})
    lid = rig.lids[0]
    front = rig.neutral[lid, 2] > 9.2
    distance = np.linalg.norm(posed[lid] - eyes(rig)[0], axis=1)[front]
    assert distance.min() > EYE_RADIUS - 0.06


@pytest.mark.data
def test_posing_leaves_the_head_it_was_given_alone(rig: Rig) -> None:
    head = rig.neutral.copy()
    rig.pose(head, eyes(rig), {"jawOpen": 1.0})
    np.testing.assert_array_equal(head, rig.neutral)


@pytest.mark.data
def test_an_unknown_shape_is_named(rig: Rig) -> None:
    with pytest.raises(SettingsError, match="no shape named earWiggle_L"):
        rig.pose(rig.neutral, eyes(rig), {"earWiggle_L": 1.0})


def test_a_file_that_is_no_rig_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.npz"
    np.savez(other, a=np.zeros(3))
    with pytest.raises(MediaError, match="not a readable face rig"):
        Rig.load(other)


def test_a_missing_rig_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACESIGN_DATA", raising=False)
    with pytest.raises(MediaError, match="--rig FILE"):
        find_rig(None)
