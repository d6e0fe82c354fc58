from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from facesign.samples.studio.acting.performance import SHAPES, Act
from facesign.samples.studio.acting.rehearsal import rehearse
from facesign.samples.studio.acting.settings import ActingSettings

RATE_HZ = 60
TIME_S = np.arange(30 * RATE_HZ) / RATE_HZ
BUSY = {"brief_per_minute": (20, 20), "slow_per_minute": (4, 4), "one_sided": 0.0}


def act(seed: int = 0, **differ: Any) -> Act:
    settings = ActingSettings.model_validate({"differ": differ, "movements": BUSY})
    return rehearse([], 30.0, settings, np.random.default_rng(seed))


def spread(played: Act, letter: str) -> float:
    """Return how much any shape of one side but those of the gaze moves."""
    weights = played.at(TIME_S).weights
    return max(
        float(np.ptp(weights[:, i]))
        for i, name in enumerate(SHAPES)
        if name.endswith(f"_{letter}") and not name.startswith("eyeLook")
    )


@pytest.mark.parametrize(("side", "letter", "other"), [("left", "L", "R"), ("right", "R", "L")])
def test_a_paralysed_side_does_not_move_and_the_other_does(
    side: str, letter: str, other: str
) -> None:
    played = act(paralysis=side)
    assert spread(played, letter) == 0
    assert spread(played, other) > 0.3
    assert not any(name.endswith(f".{side}") for m in played.movements for name in m.channels)
    assert {m.side for m in played.movements if m.kind == "brief"} <= {"both", act_side(side)}
    assert played.differ == {"paralysis": side, "paralysis_degree": 1.0}


def act_side(paralysed: str) -> str:
    return "right" if paralysed == "left" else "left"


def test_half_a_paralysis_halves_that_sides_amplitudes() -> None:
    whole, half = act(), act(paralysis="left", paralysis_degree=0.5)
    for before, after in zip(whole.moves("brief"), half.moves("brief"), strict=True):
        for name, amplitude in before.channels.items():
            factor = 0.5 if name.endswith(".left") else 1.0
            assert after.channels[name] == pytest.approx(factor * amplitude)


def test_a_hanging_lid_covers_its_share_and_still_shuts() -> None:
    weights = act(ptosis="right", ptosis_degree=0.4).at(TIME_S).weights
    right, left = (weights[:, SHAPES.index(f"eyeBlink_{letter}")] for letter in "RL")
    assert right.min() == pytest.approx(0.44, abs=1e-6)
    assert left.min() == 0
    assert right.max() == pytest.approx(1.1, abs=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_a_tremor_shakes_the_head_at_four_to_six_hertz(seed: int) -> None:
    shaken, calm = act(seed, tremor=1), act(seed)
    difference = shaken.at(TIME_S).head_deg[:, 0] - calm.at(TIME_S).head_deg[:, 0]
    spectrum = np.abs(np.fft.rfft(difference * np.hanning(len(difference))))
    hz = np.fft.rfftfreq(len(difference), 1 / RATE_HZ)
    peak_hz = hz[spectrum.argmax()]
    assert 3.8 <= peak_hz <= 6.2
    assert peak_hz == pytest.approx(float(shaken.differ["tremor_hz"]), abs=0.4)
    assert np.abs(difference).max() == pytest.approx(0.8, abs=0.05)


def test_blind_eyes_wander_and_fix_nothing() -> None:
    wandering = act(blind_gaze="wandering")
    speed = np.abs(np.diff(wandering.at(TIME_S).gaze_deg[:, 0])) * RATE_HZ
    assert np.median(speed) > 3
    assert speed.max() < 150
    assert [event.kind for event in wandering.gaze] == ["wander"]


def test_a_nystagmus_drifts_slowly_and_jumps_back_two_to_four_times_a_second() -> None:
    yaw = act(blind_gaze="nystagmus").at(TIME_S).gaze_deg[:, 0]
    speed = np.diff(yaw) * RATE_HZ
    fast = np.abs(speed) > 35
    beats = (fast[1:] & ~fast[:-1]).sum() / 30
    assert 1.6 <= beats <= 4.4
    assert fast.mean() < 0.35


def test_most_people_do_not_differ() -> None:
    assert act().differ == {}
