from __future__ import annotations

from pathlib import Path

import pytest

from facesign.biometrics.face.signals import CHANNELS
from facesign.samples.studio.acting.facs import SHAPES_OF
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.sound.dialogue import GENUINE

NAMES = {channel.name for channel in CHANNELS}


def test_all_channels_but_those_without_a_shape_are_mapped() -> None:
    assert NAMES - set(SHAPES_OF) == {"au23", "au38.left", "au38.right"}
    assert set(SHAPES_OF) <= NAMES


@pytest.mark.data
def test_every_mapped_shape_is_in_the_rig(data_dir: Path) -> None:
    rig = Rig.load(data_dir / "rig" / "ict_facekit_light.npz")
    assert {name for names in SHAPES_OF.values() for name in names} <= set(rig.expression_names)


def test_the_interviews_movements_use_their_channels_shapes() -> None:
    for move in (*GENUINE.brief_movements, *GENUINE.slow_movements):
        assert set(move.shapes) == {shape for c in move.channels for shape in SHAPES_OF[c]}
