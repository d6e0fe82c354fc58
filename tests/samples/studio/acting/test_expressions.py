from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.face.signals import CHANNELS
from facesign.samples.studio.acting.expressions import (
    CLASSES,
    COMBINATIONS,
    MovementClass,
    channels_of,
    class_of,
    draw_channels,
)
from facesign.samples.studio.acting.facs import on_sides

NAMES = {channel.name for channel in CHANNELS}


def units(kind: MovementClass) -> set[frozenset[str]]:
    return {frozenset(c.units) for c in COMBINATIONS[kind]}


def test_classes_hold_the_facs_prototypes() -> None:
    assert {frozenset({"au12"}), frozenset({"au6", "au12"})} <= units("positive")
    assert {frozenset({"au4"}), frozenset({"au1", "au4", "au15"}), frozenset({"au9"})} <= units(
        "negative"
    )
    assert {frozenset({"au1", "au2"}), frozenset({"au1", "au2", "au5", "au26"})} <= units(
        "surprise"
    )
    assert all(len(combination) == 1 for combination in units("other"))


def test_no_combination_belongs_to_two_classes() -> None:
    everything = [combination for kind in CLASSES for combination in units(kind)]
    assert len(everything) == len(set(everything))


def test_every_smile_has_au12_and_every_surprise_raised_brows() -> None:
    assert all("au12" in combination for combination in units("positive"))
    assert all({"au1", "au2"} <= combination for combination in units("surprise"))


@pytest.mark.parametrize("kind", CLASSES)
def test_all_units_are_channels_and_the_strongest_has_full_strength(kind: MovementClass) -> None:
    for combination in COMBINATIONS[kind]:
        channels = {name for unit in combination.units for name in on_sides(unit, "both")}
        assert channels <= NAMES
        assert max(combination.units.values()) == 1


def test_the_strongest_channel_has_the_amplitude_and_the_others_their_share() -> None:
    rng = np.random.default_rng(0)
    channels = channels_of(rng, {"au12": 1.0, "au6": 0.5}, "both", 0.4)
    assert max(channels.values()) == pytest.approx(0.4)
    assert all(0.36 <= channels[f"au12.{side}"] <= 0.4 for side in ("left", "right"))
    assert all(0.18 <= channels[f"au6.{side}"] <= 0.23 for side in ("left", "right"))


def test_one_sided_movements_name_one_side_and_share_of_them_is_kept() -> None:
    rng = np.random.default_rng(0)
    drawn = [
        draw_channels(rng, "positive", amplitude=0.5, one_sided_share=0.3) for _ in range(1000)
    ]
    for channels, side in drawn:
        sides = {name.rpartition(".")[2] for name in channels} & {"left", "right"}
        assert sides == ({"left", "right"} if side == "both" else {side})
    assert np.mean([side != "both" for _, side in drawn]) == pytest.approx(0.3, abs=0.04)


def test_a_dimple_of_contempt_is_always_on_one_side() -> None:
    rng = np.random.default_rng(0)
    dimples = [
        channels
        for _ in range(500)
        for channels, _ in [draw_channels(rng, "negative", amplitude=0.5, one_sided_share=0.0)]
        if any(name.startswith("au14") for name in channels)
    ]
    assert dimples
    assert all(len(channels) == 1 for channels in dimples)


@pytest.mark.parametrize(
    ("channels", "kind"),
    [
        (["au12.left"], "positive"),
        (["au1.left", "au1.right", "au2.left", "au2.right"], "surprise"),
        (["au4.left", "au7.right"], "negative"),
        (["au26"], "other"),
        (["au12.left", "au4.left"], "other"),
    ],
)
def test_listed_channels_are_of_the_class_that_combines_them(
    channels: list[str], kind: MovementClass
) -> None:
    assert class_of(channels) == kind
