"""Synthetic people: the shape of the head and the colours that are painted on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.errors import SettingsError

__all__ = ["PEOPLE", "Person", "Rgb", "person"]

Rgb: TypeAlias = tuple[int, int, int]
"""sRGB, 0 to 255."""


@dataclass(frozen=True, slots=True)
class Person:
    """A head that nobody has, and its colours."""

    name: str
    identity: tuple[float, ...]
    """Standard normal weights of the rig's first identity modes."""
    skin: Rgb
    blush: Rgb
    """Colour of cheeks, nose and ears where blood shows."""
    lips: Rgb
    hair: Rgb
    iris: Rgb
    clothes: Rgb
    brow_density: float = 1.0
    """Hairs per side relative to the usual 420."""
    stubble: float = 0.0
    """Darkness of a shaven beard, 0 to 1."""
    seed: int = 0
    """Seed of brow hairs, freckles and pores."""

    @property
    def identity_weights(self) -> FloatArray:
        """Identity weights as an array, shape (n_weights,)."""
        return np.array(self.identity, dtype=np.float32)


PEOPLE = {
    "daniel": Person(
        name="daniel",
        identity=(
            -0.83,
            -0.54,
            -0.59,
            0.20,
            -0.19,
            0.09,
            0.63,
            0.64,
            0.36,
            -0.34,
            -0.57,
            -0.61,
            -0.26,
            -0.04,
            -0.73,
            -0.85,
            0.23,
            -1.39,
            -0.13,
            0.32,
            -0.74,
            -0.83,
            -0.57,
            0.49,
            -0.10,
            -1.40,
            -0.32,
            0.76,
            0.74,
            0.47,
            -0.18,
            -1.38,
            0.13,
            -0.13,
            0.06,
            1.16,
            0.14,
            0.21,
            0.45,
            -0.19,
        ),
        skin=(200, 150, 124),
        blush=(190, 116, 98),
        lips=(168, 106, 94),
        hair=(62, 45, 34),
        iris=(88, 60, 38),
        clothes=(62, 72, 92),
        stubble=0.22,
        seed=11,
    ),
}


def person(name: str) -> Person:
    """Return a person by name.

    Raises:
        SettingsError: Nobody has that name.
    """
    try:
        return PEOPLE[name]
    except KeyError:
        raise SettingsError(f"no person named {name!r}; there are {', '.join(PEOPLE)}") from None
