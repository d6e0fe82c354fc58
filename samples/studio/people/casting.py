"""Draw a person: who they are within what a scenario asks for."""

from __future__ import annotations

from typing import Annotated, TypeVar

import numpy as np
from pydantic import AfterValidator, Field

from facesign.samples.studio.people.person import (
    Beard,
    Brows,
    Cut,
    Eyelid,
    Glasses,
    HairStyle,
    Moustache,
    Person,
    Rgb,
    Sex,
    Texture,
    person,
)
from facesign.samples.studio.people.tone import BLOOD, MELANIN
from facesign.samples.studio.settings import Section, Span, draw

__all__ = ["PersonSettings", "draw_person"]

_Choice = TypeVar("_Choice")

_N_MODES = 100
_SPREAD = 0.72
"""Standard deviation of the identity weights; at 1 some heads are hardly plausible."""
_MOST = 1.9
_FEMALE = {0: 0.85, 3: -0.25, 4: -0.85, 5: 0.35}
"""Shift of identity modes that read as sex: small jaw, soft brow; males get the opposite."""
_OLD = {2: 0.9, 5: -0.6}
"""Shift of identity modes at 80 years against 20: thin lips, heavy lower face."""
_HAIR: tuple[Rgb, ...] = (
    (26, 21, 19),
    (46, 33, 25),
    (76, 53, 37),
    (116, 86, 58),
    (168, 134, 92),
    (128, 66, 36),
)
"""Black, dark brown, brown, light brown, blond, red."""
_HAIR_ODDS = {
    "light": (2, 4, 5, 4, 3, 1.2),
    "medium": (6, 4, 1, 0.2, 0, 0),
    "dark": (1, 0, 0, 0, 0, 0),
}
_IRISES: dict[str, tuple[Rgb, ...]] = {
    "light": ((84, 56, 36), (98, 76, 44), (104, 112, 78), (96, 124, 146), (110, 132, 138)),
    "medium": ((70, 44, 28), (84, 56, 36), (98, 76, 44)),
    "dark": ((52, 32, 22), (64, 40, 26)),
}
_EYELIDS: tuple[Eyelid, ...] = ("double", "single", "epicanthic")
_GLASSES: tuple[Glasses, ...] = ("none", "thin", "thick", "reflecting")
_CUTS: tuple[Cut, ...] = ("round", "shirt", "blazer", "v_neck")
_CLOTHES: tuple[Rgb, ...] = (
    (62, 72, 92),
    (40, 44, 52),
    (120, 52, 58),
    (74, 96, 82),
    (150, 140, 122),
    (188, 186, 182),
    (96, 84, 112),
    (176, 128, 92),
    (58, 96, 122),
    (206, 176, 172),
)
_SCARVES: tuple[Rgb, ...] = (
    (52, 58, 78),
    (168, 150, 132),
    (112, 58, 68),
    (74, 92, 88),
    (36, 36, 42),
)
_STYLES: dict[Sex, tuple[tuple[HairStyle, float], ...]] = {
    "female": (
        ("bob", 3),
        ("long", 4),
        ("bun", 3),
        ("curly", 1.5),
        ("fringe", 2),
        ("cropped", 0.5),
    ),
    "male": (("combed", 3), ("cropped", 4), ("fringe", 1.5), ("curly", 1.2)),
}


def _adult(span: Span) -> Span:
    if not 20 <= span[0] <= span[1] <= 80:
        raise ValueError(f"ages go from 20 to 80, got {list(span)}")
    return span


class PersonSettings(Section):
    """Who is drawn; what is not said is drawn by chance."""

    name: str | None = None
    """A fixed person, such as `daniel`; then nothing else is drawn."""
    tone: Annotated[int, Field(ge=1, le=10)] | None = None
    """Monk skin tone, 1 (lightest) to 10."""
    age: Annotated[Span, AfterValidator(_adult)] = (20.0, 75.0)
    """Apparent age in years, 20 to 80."""
    sex: Sex | None = None
    """Apparent sex."""
    eyelid: Eyelid | None = None
    """Form of the upper lid."""
    glasses: Glasses | None = None
    """Frame, or panes that mirror a window."""
    headscarf: bool | None = None
    """A scarf around head and neck."""
    beard: Beard | None = None
    """Hair on cheeks and chin."""
    moustache: Moustache | None = None
    """Hair on the upper lip."""
    hair: HairStyle | None = None
    """Style of the hair, hidden under a headscarf."""
    texture: Texture | None = None
    """Family of the skin's texture."""
    clothes: Cut | None = None
    """Cut of what is worn."""


def draw_person(settings: PersonSettings, rng: np.random.Generator) -> Person:
    """Draw a person within the settings.

    Args:
        settings: What is asked for.
        rng: Source of everything that is not asked for; the same state gives the same person.

    Raises:
        SettingsError: Nobody has the name that is asked for.
    """
    if settings.name is not None:
        return person(settings.name)
    basics, head, colours, hair, worn = rng.spawn(5)
    drawn_sex: Sex = _one(basics, ("female", "male"), (1, 1))
    sex = settings.sex or drawn_sex
    drawn_tone = int(basics.integers(1, 11))
    tone = settings.tone or drawn_tone
    age_years = draw(basics, settings.age)
    seed = int(basics.integers(2**31))
    drawn_lid: Eyelid = _one(basics, _EYELIDS, (5, 2, 2))
    drawn_texture = _texture(tone, basics)
    skin = "light" if tone <= 3 else "medium" if tone <= 6 else "dark"
    beard, moustache = _facial_hair(settings, sex, hair)
    drawn_style = _style(sex, age_years, hair)
    scarved = bool(worn.random() < 0.08) and sex == "female"
    drawn_glasses: Glasses = _one(worn, _GLASSES, (7, 1.5, 1.5, 0.7))
    drawn_cut: Cut = _one(worn, _CUTS, (3, 2, 2, 2))
    return Person(
        name=f"drawn-{seed:08x}",
        identity=_identity(sex, age_years, head),
        tone=tone,
        melanin=MELANIN[tone - 1] * float(colours.uniform(0.92, 1.08)),
        blood=BLOOD[tone - 1] * float(colours.uniform(1.0, 1.6)),
        hair=_varied(_HAIR[_pick(colours, _HAIR_ODDS[skin])], colours),
        iris=_varied(_IRISES[skin][colours.integers(len(_IRISES[skin]))], colours),
        clothes=_varied(_CLOTHES[colours.integers(len(_CLOTHES))], colours),
        age_years=age_years,
        sex=sex,
        eyelid=settings.eyelid or drawn_lid,
        texture=settings.texture or drawn_texture,
        brows=_brows(sex, hair),
        lip_colour=float(colours.uniform(*((0.35, 0.95) if sex == "female" else (0.1, 0.5)))),
        grey=_grey(age_years, hair),
        stubble=float(hair.uniform(0.1, 0.5)) if sex == "male" and beard == "none" else 0.0,
        hair_style=settings.hair or drawn_style,
        beard=beard,
        moustache=moustache,
        glasses=settings.glasses or drawn_glasses,
        headscarf=scarved if settings.headscarf is None else settings.headscarf,
        scarf=_varied(_SCARVES[worn.integers(len(_SCARVES))], worn),
        cut=settings.clothes or drawn_cut,
        seed=seed,
    )


def _identity(sex: Sex, age_years: float, rng: np.random.Generator) -> tuple[float, ...]:
    weights = np.clip(_SPREAD * rng.standard_normal(_N_MODES), -_MOST, _MOST)
    for mode, shift in _FEMALE.items():
        weights[mode] = 0.75 * weights[mode] + (shift if sex == "female" else -0.8 * shift)
    for mode, shift in _OLD.items():
        weights[mode] += shift * (age_years - 35) / 45
    return tuple(float(weight) for weight in np.round(np.clip(weights, -2.2, 2.2), 3))


def _facial_hair(
    settings: PersonSettings, sex: Sex, rng: np.random.Generator
) -> tuple[Beard, Moustache]:
    drawn: Beard = _one(rng, ("none", "stubble", "short", "full"), (6, 2, 1.5, 1))
    beard: Beard = settings.beard or ("none" if sex == "female" else drawn)
    moustache: Moustache = "full" if beard == "full" else "trimmed" if beard == "short" else "none"
    alone: Moustache = _one(rng, ("none", "trimmed", "full"), (22, 1, 1))
    if sex == "male" and moustache == "none":
        moustache = alone
    return beard, settings.moustache or moustache


def _brows(sex: Sex, rng: np.random.Generator) -> Brows:
    female = sex == "female"
    return Brows(
        thickness=float(rng.uniform(0.68, 1.0) if female else rng.uniform(0.9, 1.3)),
        density=float(rng.uniform(0.8, 1.15) if female else rng.uniform(0.75, 1.2)),
        arch_cm=float(rng.uniform(0.0, 0.25) if female else rng.uniform(-0.2, 0.1)),
        raise_cm=float(rng.uniform(-0.16, 0.0) if female else rng.uniform(-0.22, -0.06)),
        length=float(rng.uniform(0.92, 1.06)),
        apart_cm=float(rng.uniform(-0.05, 0.14)),
    )


def _grey(age_years: float, rng: np.random.Generator) -> float:
    onset = rng.normal(46, 7)
    return float(np.clip((age_years - onset) / 26, 0, 1))


def _style(sex: Sex, age_years: float, rng: np.random.Generator) -> HairStyle:
    if sex == "male" and rng.random() < np.clip((age_years - 28) / 80, 0, 0.5):
        return _one(rng, ("bald", "receding"), (1, 1.4))
    styles = _STYLES[sex]
    return styles[_pick(rng, tuple(odds for _, odds in styles))][0]


def _texture(tone: int, rng: np.random.Generator) -> Texture:
    freckled = 1.5 if tone <= 4 else 0.4 if tone <= 6 else 0.0
    return _one(rng, ("smooth", "porous", "freckled", "blotchy"), (4, 2, freckled, 1.5))


def _varied(colour: Rgb, rng: np.random.Generator) -> Rgb:
    lighter, tinted = rng.uniform(0.85, 1.15), rng.normal(0, 2, 3)
    red, green, blue = (
        int(np.clip(c * lighter + t, 4, 250)) for c, t in zip(colour, tinted, strict=True)
    )
    return red, green, blue


def _one(
    rng: np.random.Generator, choices: tuple[_Choice, ...], odds: tuple[float, ...]
) -> _Choice:
    return choices[_pick(rng, odds)]


def _pick(rng: np.random.Generator, odds: tuple[float, ...]) -> int:
    weights = np.array(odds, dtype=np.float64)
    return int(rng.choice(len(weights), p=weights / weights.sum()))
