from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.face.signals import CHANNELS
from facesign.samples.studio.acting.habits import HABITS, Habit, habit
from facesign.samples.studio.acting.performance import SHAPES

NAMES = {channel.name for channel in CHANNELS}


@pytest.mark.parametrize("name", HABITS)
def test_every_habit_moves_known_shapes_and_tells_known_channels(name: Habit) -> None:
    for seed in range(20):
        move = habit(np.random.default_rng(seed), name, 5.0)
        assert move.kind == "hard_negative"
        assert move.name == name
        assert move.pulse.onset_s == 5.0
        assert set(move.channels) <= NAMES
        assert {shape for stroke in move.strokes for shape in stroke.shapes} <= set(SHAPES)
        assert move.span[0] <= 5.0 < move.pulse.offset_s <= move.span[1] < 8.0


def test_a_head_jerk_moves_the_head_only() -> None:
    move = habit(np.random.default_rng(0), "head_jerk", 1.0)
    assert move.channels == {}
    assert all(not stroke.shapes for stroke in move.strokes)
    assert 3 <= np.linalg.norm(move.strokes[0].head_deg) <= 9


def test_a_laugh_shakes_four_to_five_times_a_second() -> None:
    move = habit(np.random.default_rng(0), "laugh", 1.0)
    beats = [stroke.pulse.onset_s for stroke in move.strokes[1:]]
    assert len(beats) >= 2
    assert np.all((np.diff(beats) > 0.19) & (np.diff(beats) < 0.25))


def test_a_swallow_lifts_the_larynx_and_a_sniff_widens_the_nostrils() -> None:
    swallow = habit(np.random.default_rng(0), "swallow", 1.0)
    sniff = habit(np.random.default_rng(0), "sniff", 1.0)
    assert swallow.strokes[0].shapes["throatSwallow"] >= 0.7
    assert {"nostrilDilate_L", "nostrilDilate_R"} <= set(sniff.strokes[0].shapes)
