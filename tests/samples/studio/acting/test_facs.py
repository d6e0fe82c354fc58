from __future__ import annotations

from pathlib import Path

import pytest

from facesign.biometrics.face.signals import CHANNELS
from facesign.samples.studio.acting.facs import SCULPTED, SHAPES_OF, on_sides, shapes_of
from facesign.samples.studio.acting.performance import SHAPES
from facesign.samples.studio.rig import Rig

NAMES = {channel.name for channel in CHANNELS}


def test_every_channel_is_mapped_and_nothing_else() -> None:
    assert set(SHAPES_OF) == NAMES


@pytest.mark.data
def test_every_shape_is_in_the_rig_or_sculpted(data_dir: Path) -> None:
    rig = Rig.load(data_dir / "rig" / "ict_facekit_light.npz")
    assert set(SHAPES) <= {*rig.expression_names, *SCULPTED}


def test_a_unit_on_one_side_moves_that_side_only() -> None:
    assert on_sides("au12", "left") == ("au12.left",)
    assert on_sides("au12", "both") == ("au12.left", "au12.right")
    assert on_sides("au26", "left") == ("au26",)
    assert shapes_of({"au12.left": 0.5, "au25": 0.2}) == {
        "mouthSmile_L": 0.5,
        "mouthLowerDown_L": 0.2,
        "mouthLowerDown_R": 0.2,
        "mouthUpperUp_L": 0.2,
        "mouthUpperUp_R": 0.2,
    }
