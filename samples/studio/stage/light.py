"""The light of the room: a key, a fill and a rim, sky and floor, in named families."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.settings import Section, Span, draw, one_of

__all__ = ["LIGHTS", "Light", "LightFamily", "LightSettings", "draw_light"]

LightFamily: TypeAlias = Literal[
    "window", "office", "ring", "evening", "overcast", "side", "backlight", "dim"
]
Vector: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """All light in one room. Colours are linear RGB times strength."""

    family: LightFamily
    key_towards: Vector
    """Unit direction from the face to the main light: subject's left, up, to the camera."""
    fill_towards: Vector
    rim_towards: Vector
    key_colour: Vector
    fill_colour: Vector
    rim_colour: Vector
    sky: Vector
    """Light from above."""
    ground: Vector
    """Light from below."""
    key_spread: float
    """Size of the main light over its distance: soft shadows when large."""
    room: Vector
    """Light on the wall behind, 1 for a wall as bright as it is painted."""
    glow: Vector
    """Bright spot on that wall: across from the picture's left and down from its top as a share
    of the picture, and strength."""
    exposure: float = 0.62


class LightSettings(Section):
    """How the room is lit."""

    family: LightFamily | Literal["any"] = "window"
    """Kind of light: where it comes from, how hard and what colour; `any` draws a usual one."""
    strength: Span = (0.92, 1.08)
    """All light against what the family usually has; 0.5 is one stop darker."""
    warmth: Span = (-0.1, 0.1)
    """Shift of the light's colour: -1 bluish, 1 orange."""
    jitter_deg: Span = (0.0, 8.0)
    """How far the main light is moved from the family's usual place."""
    mirrored: bool | None = None
    """True for light from the other side; drawn when it is not given."""


LIGHTS: dict[LightFamily, Light] = {
    "window": Light(
        family="window",
        key_towards=(-0.50, 0.45, 0.74),
        fill_towards=(0.80, 0.12, 0.58),
        rim_towards=(0.62, 0.45, -0.64),
        key_colour=(1.80, 1.73, 1.65),
        fill_colour=(0.34, 0.31, 0.27),
        rim_colour=(0.47, 0.51, 0.55),
        sky=(0.29, 0.30, 0.32),
        ground=(0.14, 0.12, 0.11),
        key_spread=0.22,
        room=(0.40, 0.40, 0.40),
        glow=(-0.05, 0.35, 0.80),
    ),
    "office": Light(
        family="office",
        key_towards=(0.12, 0.80, 0.59),
        fill_towards=(-0.45, 0.55, 0.70),
        rim_towards=(0.30, 0.75, -0.59),
        key_colour=(1.22, 1.24, 1.20),
        fill_colour=(0.62, 0.64, 0.62),
        rim_colour=(0.60, 0.62, 0.60),
        sky=(0.46, 0.47, 0.46),
        ground=(0.24, 0.23, 0.22),
        key_spread=0.40,
        room=(0.72, 0.73, 0.72),
        glow=(0.50, -0.10, 0.25),
    ),
    "ring": Light(
        family="ring",
        key_towards=(0.0, 0.14, 0.99),
        fill_towards=(0.30, 0.05, 0.95),
        rim_towards=(-0.50, 0.60, -0.62),
        key_colour=(1.62, 1.66, 1.71),
        fill_colour=(0.20, 0.20, 0.21),
        rim_colour=(0.18, 0.18, 0.18),
        sky=(0.16, 0.16, 0.17),
        ground=(0.10, 0.10, 0.10),
        key_spread=0.14,
        room=(0.20, 0.20, 0.21),
        glow=(0.50, 0.45, 0.12),
    ),
    "evening": Light(
        family="evening",
        key_towards=(0.70, 0.38, 0.60),
        fill_towards=(-0.25, -0.05, 0.97),
        rim_towards=(-0.60, 0.40, -0.69),
        key_colour=(1.62, 1.12, 0.62),
        fill_colour=(0.26, 0.30, 0.38),
        rim_colour=(0.34, 0.24, 0.14),
        sky=(0.15, 0.11, 0.07),
        ground=(0.10, 0.07, 0.05),
        key_spread=0.12,
        room=(0.20, 0.14, 0.09),
        glow=(0.92, 0.30, 0.55),
    ),
    "overcast": Light(
        family="overcast",
        key_towards=(-0.20, 0.62, 0.76),
        fill_towards=(0.55, 0.30, 0.78),
        rim_towards=(0.20, 0.70, -0.69),
        key_colour=(0.78, 0.84, 0.92),
        fill_colour=(0.46, 0.49, 0.54),
        rim_colour=(0.40, 0.43, 0.47),
        sky=(0.62, 0.67, 0.74),
        ground=(0.26, 0.26, 0.26),
        key_spread=0.60,
        room=(0.62, 0.66, 0.71),
        glow=(0.20, 0.10, 0.30),
    ),
    "side": Light(
        family="side",
        key_towards=(-0.90, 0.22, 0.38),
        fill_towards=(0.70, 0.10, 0.71),
        rim_towards=(0.75, 0.35, -0.56),
        key_colour=(2.15, 2.06, 1.95),
        fill_colour=(0.16, 0.15, 0.14),
        rim_colour=(0.20, 0.21, 0.22),
        sky=(0.17, 0.17, 0.18),
        ground=(0.10, 0.09, 0.08),
        key_spread=0.20,
        room=(0.24, 0.24, 0.24),
        glow=(-0.05, 0.45, 0.60),
    ),
    "backlight": Light(
        family="backlight",
        key_towards=(0.20, 0.25, 0.95),
        fill_towards=(-0.50, 0.10, 0.86),
        rim_towards=(-0.42, 0.50, -0.76),
        key_colour=(0.30, 0.30, 0.31),
        fill_colour=(0.12, 0.12, 0.13),
        rim_colour=(3.20, 3.20, 3.20),
        sky=(0.17, 0.17, 0.18),
        ground=(0.09, 0.09, 0.09),
        key_spread=0.50,
        room=(0.95, 0.97, 1.00),
        glow=(0.40, 0.35, 3.60),
    ),
    "dim": Light(
        family="dim",
        key_towards=(0.05, -0.12, 0.99),
        fill_towards=(-0.70, 0.50, 0.51),
        rim_towards=(0.60, 0.50, -0.62),
        key_colour=(0.17, 0.20, 0.25),
        fill_colour=(0.10, 0.075, 0.045),
        rim_colour=(0.05, 0.04, 0.03),
        sky=(0.035, 0.030, 0.025),
        ground=(0.018, 0.016, 0.015),
        key_spread=0.30,
        room=(0.030, 0.024, 0.018),
        glow=(0.05, 0.20, 0.06),
    ),
}
"""The usual light of each family."""


_USUAL: tuple[LightFamily, ...] = ("window", "office", "ring", "evening", "overcast", "side")
"""What `any` draws from: light by which an interview would be held."""


def draw_light(settings: LightSettings, rng: np.random.Generator) -> Light:
    """Draw one light of a family.

    Args:
        settings: What is wanted.
        rng: Source of side, place, strength and warmth.
    """
    drawn = one_of(rng, "any", _USUAL)
    usual = LIGHTS[drawn if settings.family == "any" else settings.family]
    mirrored = bool(rng.random() < 0.5) if settings.mirrored is None else settings.mirrored
    side = -1.0 if mirrored else 1.0
    turn, rise = draw(rng, settings.jitter_deg) * rng.uniform(-1, 1, 2)
    tint = draw(rng, settings.strength) * _warm(draw(rng, settings.warmth))
    across, down, strength = usual.glow

    def tinted(colour: Vector) -> Vector:
        return _vector(np.array(colour) * tint)

    return replace(
        usual,
        key_towards=_turned(_mirrored(usual.key_towards, side), turn, rise),
        fill_towards=_mirrored(usual.fill_towards, side),
        rim_towards=_mirrored(usual.rim_towards, side),
        glow=(0.5 + side * (across - 0.5), down, strength * float(tint[1])),
        key_colour=tinted(usual.key_colour),
        fill_colour=tinted(usual.fill_colour),
        rim_colour=tinted(usual.rim_colour),
        sky=tinted(usual.sky),
        ground=tinted(usual.ground),
        room=tinted(usual.room),
    )


def _warm(shift: float) -> FloatArray:
    """Return the tint of a shift between bluish (-1) and orange (1), green unchanged."""
    return np.array([1 + 0.30 * shift, 1.0, 1 - 0.35 * shift], dtype=np.float32)


def _mirrored(towards: Vector, side: float) -> Vector:
    return side * towards[0], towards[1], towards[2]


def _turned(towards: Vector, turn_deg: float, rise_deg: float) -> Vector:
    x, y, z = towards
    flat = np.hypot(x, z)
    around = np.arctan2(x, z) + np.radians(turn_deg)
    height = np.clip(np.arctan2(y, flat) + np.radians(rise_deg), -1.5, 1.5)
    return _vector(
        [np.sin(around) * np.cos(height), np.sin(height), np.cos(around) * np.cos(height)]
    )


def _vector(values: npt.ArrayLike) -> Vector:
    x, y, z = (float(value) for value in np.asarray(values))
    return x, y, z
