"""A person's skin, painted in front view and laid on the rig's neutral head."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.age import grooves
from facesign.samples.studio.people.beard import beard_area, paint_stubble
from facesign.samples.studio.people.brows import brow_hairs, brow_shadow
from facesign.samples.studio.people.canvas import PX_PER_CM, blob, mix, mottle
from facesign.samples.studio.people.eyelids import crease
from facesign.samples.studio.people.hair import hair_colour
from facesign.samples.studio.people.lips import paint_lips
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.people.textures import TEXTURES, blood_pattern, melanin_pattern
from facesign.samples.studio.people.tone import skin_colour

__all__ = ["paint_relief", "paint_skin"]

_GROOVE_CM = 0.035
"""Depth of the deepest line."""
_PORE_CM = 0.0016


def paint_skin(person: Person) -> npt.NDArray[np.uint8]:
    """Paint a person's skin.

    Returns:
        Texture, shape (height, width, 4), first row at the bottom: colour to the power
        1/2.2 and, in the fourth channel, gloss from 0 (dry skin) to 255 (wet lip).
    """
    rng = np.random.default_rng([person.seed, 1])
    family = TEXTURES[person.texture]
    lines = grooves(person.age_years, np.random.default_rng([person.seed, 2]))
    melanin = person.melanin * melanin_pattern(family, person.melanin, rng) + _age_spots(
        person, rng
    )
    blood = person.blood * blood_pattern(family, rng)
    colour = skin_colour(melanin, blood * (1 + 0.6 * lines))
    colour *= (1 - 0.30 * lines)[..., None]
    colour *= (1 - 0.36 * crease(person.eyelid))[..., None]
    paint_stubble(colour, person, rng)
    lips = paint_lips(colour, person, rng)
    hair = hair_colour(person, _brow_grey(person))
    shadow = brow_shadow(person.brows)
    mix(colour, 0.74 * min(1.0, person.brows.density) * shadow, 1.1 * hair)
    hairs = brow_hairs(person.brows, rng)
    mix(colour, hairs, 0.7 * hair)
    # The darker the skin, the more of what it shows is shine.
    dark = float(np.clip((0.45 - colour.mean()) / 0.45, 0, 1))
    shine = (
        (family.gloss + 0.22 * dark)
        * (0.35 + 0.65 * _oily())
        * (1 - 0.7 * beard_area() * person.stubble)
    )
    gloss = np.clip(shine * (1 - lips) * (1 - shadow) + 0.62 * lips, 0, 1) * 255
    colour = np.clip(colour, 0, 1) ** (1 / 2.2) * 255
    return np.asarray(np.dstack([colour, gloss]), dtype=np.uint8)


def paint_relief(person: Person) -> npt.NDArray[np.uint8]:
    """Paint the slope of lines and pores.

    Returns:
        Slope along x and along y, shape (height, width, 2): 128 is flat, 127 more is a
        rise of 1 cm a cm.
    """
    lines = grooves(person.age_years, np.random.default_rng([person.seed, 2]))
    rng = np.random.default_rng([person.seed, 3])
    family = TEXTURES[person.texture]
    height = -_GROOVE_CM * lines + _PORE_CM * (1 + 12 * family.pores) * mottle(rng, [(0.06, 1.0)])
    slopes = [cv2.Sobel(height, cv2.CV_32F, *axis) / 8 * PX_PER_CM for axis in ((1, 0), (0, 1))]
    return np.clip(128 + 127 * np.dstack(slopes), 0, 255).astype(np.uint8)


def _brow_grey(person: Person) -> float:
    """Keep brows darker than the hair; on dark skin mid-grey brows would vanish."""
    return person.grey * (0.4 if person.tone <= 5 else 0.08)


def _oily() -> FloatArray:
    spots = blob(0.0, 8.4, 3.5, 1.8) + blob(0.0, 1.2, 0.9, 2.2) + 0.6 * blob(4.2, 1.6, 1.2, 1.0)
    return np.clip(spots, 0, 1)


def _age_spots(person: Person, rng: np.random.Generator) -> FloatArray:
    patches = np.clip(2 * mottle(rng, [(0.16, 1.0)]) - 4.0, 0, 1)
    amount = (0.22 * person.melanin + 0.012) * np.clip((person.age_years - 45) / 30, 0, 1)
    return np.asarray(amount * patches, dtype=np.float32)
