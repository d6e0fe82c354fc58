"""Classes of movements as combinations of action units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from facesign.samples.studio.acting.facs import Side, on_sides

__all__ = [
    "CLASSES",
    "COMBINATIONS",
    "Combination",
    "MovementClass",
    "channels_of",
    "class_of",
    "draw_channels",
]

MovementClass = Literal["positive", "negative", "surprise", "other"]
CLASSES: tuple[MovementClass, ...] = get_args(MovementClass)


@dataclass(frozen=True, slots=True)
class Combination:
    """Action units that move together."""

    units: Mapping[str, float]
    """Such as `au12` to its strength relative to the strongest."""
    one_sided: bool = False
    """It is seen on one side only."""

    @property
    def paired(self) -> bool:
        """Whether some of it can move on one side alone."""
        return any(len(on_sides(unit, "both")) == 2 for unit in self.units)


def _all(*numbers: int, **weaker: float) -> Combination:
    return Combination(dict.fromkeys((f"au{n}" for n in numbers), 1.0) | weaker)


COMBINATIONS: Mapping[MovementClass, tuple[Combination, ...]] = {
    "positive": (
        _all(12),
        _all(12, au6=0.8),
        _all(12, au6=0.7, au7=0.4),
        _all(12, au6=0.6, au25=0.4),
    ),
    "negative": (
        _all(4),
        _all(4, 7),
        _all(4, au5=0.7, au7=0.8, au24=0.5),
        _all(4, au7=0.7, au23=0.6),
        _all(9),
        _all(10),
        _all(9, au17=0.5),
        _all(10, au17=0.5),
        _all(15),
        _all(15, au17=0.6),
        _all(1, au4=0.6),
        _all(1, au4=0.5, au15=0.7),
        _all(1, 2, au4=0.6, au5=0.6),
        _all(20, au5=0.6),
        Combination({"au14": 1.0}, one_sided=True),
        Combination({"au10": 1.0}, one_sided=True),
    ),
    "surprise": (
        _all(1, 2),
        _all(1, 2, au5=0.7),
        _all(1, 2, au25=0.3),
        _all(1, 2, au26=0.5),
        _all(1, 2, au5=0.6, au26=0.4),
    ),
    "other": tuple(_all(n) for n in (2, 5, 6, 7, 16, 17, 18, 20, 22, 23, 24, 25, 28, 38)),
}
"""FACS and EMFACS prototypes and their major variants, grouped as the MEGC does.

Prototypes: Ekman and Friesen, FACS Investigator's Guide, table 11-1, and Cohn, Ambadar and
Ekman 2005. A single unit that belongs to several of them, or to none, is `other`.
"""


def class_of(channels: Collection[str]) -> MovementClass:
    """Return the class that has the channels' action units as a combination, else `other`."""
    units = {name.removesuffix(".left").removesuffix(".right") for name in channels}
    found = (kind for kind in CLASSES if any(units == set(c.units) for c in COMBINATIONS[kind]))
    return next(found, "other")


def draw_channels(
    rng: np.random.Generator,
    kind: MovementClass,
    *,
    amplitude: float,
    one_sided_share: float,
    side: Side | None = None,
) -> tuple[dict[str, float], Side]:
    """Draw a combination of a class, and on which side of the face it is seen.

    Args:
        rng: Source of the combination, the side and the strengths.
        kind: The class.
        amplitude: Of the strongest channel.
        one_sided_share: How many of those that can move on one side do.
        side: The side if it is not to be drawn.

    Returns:
        Channel to amplitude, and the side.
    """
    choices = COMBINATIONS[kind]
    if side in ("left", "right"):
        choices = tuple(c for c in choices if c.paired)
    chosen = choices[int(rng.integers(len(choices)))]
    alone = rng.random() < one_sided_share or chosen.one_sided
    drawn: Side = "left" if rng.random() < 0.5 else "right"
    if side is None:
        side = drawn if alone and chosen.paired else "both"
    return channels_of(rng, chosen.units, side, amplitude), side


def channels_of(
    rng: np.random.Generator, units: Mapping[str, float], side: Side, amplitude: float
) -> dict[str, float]:
    """Return the amplitude of every channel of some action units.

    Left and right differ by up to a tenth, as faces do; the strongest channel has the
    amplitude itself.
    """
    names: Sequence[tuple[str, float]] = [
        (channel, strength) for unit, strength in units.items() for channel in on_sides(unit, side)
    ]
    uneven = rng.uniform(0.9, 1.0, len(names))
    strengths = np.array([strength for _, strength in names]) * uneven
    scaled = amplitude * strengths / strengths.max()
    return {name: float(a) for (name, _), a in zip(names, scaled, strict=True)}
