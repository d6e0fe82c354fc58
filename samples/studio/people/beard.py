"""Where a beard grows, its hair, and the shadow of one that is shaven."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import expit

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.canvas import blob, grid, mix, mottle
from facesign.samples.studio.people.hair import hair_colour
from facesign.samples.studio.people.parts import Part
from facesign.samples.studio.people.person import Beard, Moustache, Person
from facesign.samples.studio.rig import Rig

__all__ = ["beard_area", "beard_parts", "chin_growth", "moustache_growth", "paint_stubble"]

_BEARD_CM: dict[Beard, float] = {"none": 0.0, "stubble": 0.0, "short": 0.42, "full": 1.1}
_MOUSTACHE_CM: dict[Moustache, float] = {"none": 0.0, "trimmed": 0.38, "full": 0.50}
_SHADOW = np.array([0.050, 0.048, 0.056], dtype=np.float32)
"""Linear colour of hair seen through skin."""


def chin_growth(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return how thick a beard grows on cheeks, jaw and chin at places in cm, 0 to 1."""
    side = np.abs(x)
    line = -1.9 - 0.32 * (side - 4.5) + 2.2 * np.clip(side - 5.6, 0, 2)
    below_cheek = expit((line - y) / 0.35)
    above_neck = expit((y + 9.4) / 0.4)
    mouth = np.exp(-((side / 2.75) ** 4) - ((y + 3.35) / 1.25) ** 4)
    soul = np.exp(-((side / 0.75) ** 2) - ((y + 5.0) / 0.45) ** 2)
    under_nose = expit((2.55 - side) / 0.22) * expit((y + 2.7) / 0.15)
    bare = np.clip(mouth - 0.7 * soul + under_nose, 0, 1)
    return np.asarray(below_cheek * above_neck * (1 - bare), dtype=np.float32)


def moustache_growth(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return how thick hair grows between nose and lip at places in cm, 0 to 1."""
    side = np.abs(x)
    top = -1.35 - 0.10 * side**1.6
    bottom = -2.40 - 0.14 * side**1.7
    inside = expit((top - y) / 0.10) * expit((y - bottom) / 0.10)
    gap = 1 - 0.45 * np.exp(-((side / 0.22) ** 2))
    ends = expit((2.9 - side) / 0.18)
    return np.asarray(inside * gap * ends, dtype=np.float32)


@cache
def beard_area() -> FloatArray:
    """Return where hair grows on the lower face, 0 to 1, of the canvas's shape."""
    x, y = grid()
    return np.maximum(chin_growth(x, y), 0.85 * moustache_growth(x, y))


def paint_stubble(colour: FloatArray, person: Person, rng: np.random.Generator) -> None:
    """Darken our own canvas of linear colours where a beard is shaven, begins or has its roots."""
    dots = np.clip(0.5 + 0.45 * mottle(rng, [(0.03, 1.0)]), 0, 1)
    strength = 0.8 if person.beard == "stubble" else person.stubble
    if strength > 0:
        even = 0.85 + 0.15 * blob(0.0, -6.0, 4.0, 3.0)
        dark = _SHADOW * np.minimum(1, 4 * colour.mean(axis=(0, 1)))
        mix(colour, strength * beard_area() * even * (0.30 + 0.55 * dots), dark)
    x, y = grid()
    roots = np.zeros_like(x)
    if _BEARD_CM[person.beard] > 0:
        roots = chin_growth(x, y)
    if _MOUSTACHE_CM[person.moustache] > 0:
        roots = np.maximum(roots, moustache_growth(x, y))
    mix(colour, roots * (0.55 + 0.3 * dots), 0.7 * hair_colour(person, person.grey))


def beard_parts(rig: Rig, person: Person) -> list[Part]:
    """Return beard and moustache as shells on the face; none for a bare or stubbly one."""
    x, y, z = rig.neutral.T
    ahead = np.clip((z - 1.6) / 1.5, 0, 1)
    length = _BEARD_CM[person.beard] * chin_growth(x, y) * ahead
    lip = _MOUSTACHE_CM[person.moustache] * moustache_growth(x, y) * np.clip((z - 8) / 1.0, 0, 1)
    height = np.maximum(length, lip)
    if not height.any():
        return []
    # A beard widens below the chin; a moustache is combed aside from the middle.
    down = np.stack([0.10 * x, np.full_like(x, -0.9), np.full_like(x, 0.9)], axis=1)
    aside = np.stack([0.2 * np.tanh(3 * x), np.full_like(x, -0.8), np.full_like(x, 0.9)], axis=1)
    heading = np.where((lip > length)[:, None], aside, down)
    comb = np.column_stack([0.75 * height[:, None] * heading, height])
    face = np.concatenate([rig.parts["M_Face"], rig.parts["M_BackHead"]])
    return [
        Part(
            name="beard",
            material="hair",
            triangles=face[(height[face] > 0.01).any(axis=1)],
            arrays={
                "comb": comb.astype(np.float32),
                "strand": np.column_stack([2.0 * x, y]).astype(np.float32),
            },
            uniforms={"tint": hair_colour(person, min(1.0, 1.15 * person.grey))},
            blended=True,
            n_layers=7,
            shadow_cm=None,
        )
    ]
