"""Synthetic people: the shape of the head, its colours, hair and what is worn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.errors import SettingsError

__all__ = [
    "PEOPLE",
    "Beard",
    "Brows",
    "Cut",
    "Eyelid",
    "Glasses",
    "HairStyle",
    "Moustache",
    "Person",
    "Rgb",
    "Sex",
    "Texture",
    "person",
]

Rgb: TypeAlias = tuple[int, int, int]
"""sRGB, 0 to 255."""
Sex: TypeAlias = Literal["female", "male"]
Eyelid: TypeAlias = Literal["single", "double", "epicanthic"]
Glasses: TypeAlias = Literal["none", "thin", "thick", "reflecting"]
Beard: TypeAlias = Literal["none", "stubble", "short", "full"]
Moustache: TypeAlias = Literal["none", "trimmed", "full"]
HairStyle: TypeAlias = Literal[
    "combed", "cropped", "bald", "receding", "bob", "long", "bun", "curly", "fringe"
]
Cut: TypeAlias = Literal["round", "shirt", "blazer", "v_neck"]
Texture: TypeAlias = Literal["smooth", "porous", "freckled", "blotchy"]


@dataclass(frozen=True, slots=True)
class Brows:
    """One pair of brows against the usual pair."""

    thickness: float = 1.0
    """Height of the brow."""
    density: float = 1.0
    """Number of hairs."""
    arch_cm: float = 0.0
    """Rise of the outer middle; negative is straighter."""
    raise_cm: float = 0.0
    """Place on the forehead."""
    length: float = 1.0
    apart_cm: float = 0.0
    """Shift of both inner ends away from the nose."""


@dataclass(frozen=True, slots=True)
class Person:
    """A head that nobody has."""

    name: str
    identity: tuple[float, ...]
    """Standard normal weights of the rig's first identity modes."""
    tone: int
    """Monk skin tone, 1 (lightest) to 10."""
    melanin: float
    """Strength in the epidermis, see `tone.py`."""
    blood: float
    """Volume share in the dermis."""
    hair: Rgb
    iris: Rgb
    clothes: Rgb
    age_years: float = 30.0
    sex: Sex = "male"
    eyelid: Eyelid = "double"
    texture: Texture = "smooth"
    brows: Brows = field(default_factory=Brows)
    lip_colour: float = 0.5
    """Lips from pale (0) to strongly coloured (1)."""
    grey: float = 0.0
    """Share of grey in the hair."""
    stubble: float = 0.0
    """Darkness of a shaven beard, 0 to 1."""
    hair_style: HairStyle = "combed"
    beard: Beard = "none"
    moustache: Moustache = "none"
    glasses: Glasses = "none"
    headscarf: bool = False
    scarf: Rgb = (120, 120, 130)
    cut: Cut = "round"
    seed: int = 0
    """Seed of hairs, freckles and pores."""

    @property
    def identity_weights(self) -> FloatArray:
        """Identity weights as an array, shape (n_weights,)."""
        return np.array(self.identity, dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Return what is true of this person, ready to be written as JSON."""
        return {
            "name": self.name,
            "tone": self.tone,
            "age_years": round(self.age_years, 1),
            "sex": self.sex,
            "eyelid": self.eyelid,
            "glasses": self.glasses,
            "headscarf": self.headscarf,
            "beard": self.beard,
            "moustache": self.moustache,
            "hair": self.hair_style,
            "clothes": self.cut,
            "texture": self.texture,
            "seed": self.seed,
        }


PEOPLE = {
    "daniel": Person(
        name="daniel",
        identity=(
            *(-0.83, -0.54, -0.59, 0.20, -0.19, 0.09, 0.63, 0.64, 0.36, -0.34),
            *(-0.57, -0.61, -0.26, -0.04, -0.73, -0.85, 0.23, -1.39, -0.13, 0.32),
            *(-0.74, -0.83, -0.57, 0.49, -0.10, -1.40, -0.32, 0.76, 0.74, 0.47),
            *(-0.18, -1.38, 0.13, -0.13, 0.06, 1.16, 0.14, 0.21, 0.45, -0.19),
        ),
        tone=5,
        melanin=0.060,
        blood=0.0125,
        hair=(62, 45, 34),
        iris=(88, 60, 38),
        clothes=(62, 72, 92),
        age_years=29.0,
        stubble=0.30,
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
