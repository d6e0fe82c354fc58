"""The room behind the people: which one, how sharp, and in what light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, get_args

import cv2
import numpy as np
from pydantic import AfterValidator

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.parts import Image
from facesign.samples.studio.settings import Section, Span, draw, one_of
from facesign.samples.studio.stage.canvas import Canvas
from facesign.samples.studio.stage.light import Light
from facesign.samples.studio.stage.rooms import ROOMS

__all__ = [
    "DEFAULT_BACKDROP",
    "Backdrop",
    "BackdropFamily",
    "BackdropSettings",
    "draw_backdrop",
    "paint_backdrop",
]

BackdropFamily: TypeAlias = Literal[
    "office", "plain", "bank", "living_room", "kitchen", "car", "curtain"
]
_USUAL_EXPOSURE = 0.62
_DAYLIGHT = 0.30
"""Light from above in a room by day."""
_SHOULDER = 0.8
"""Where white begins to run out."""


def _not_negative(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] < 0:
        raise ValueError(f"must not be below 0, got {list(span)}")
    return span


class BackdropSettings(Section):
    """The room behind the people."""

    family: BackdropFamily | Literal["any"] = "office"
    """Kind of room; its furniture and colours are drawn, with `any` the kind too."""
    blur: Annotated[Span, AfterValidator(_not_negative)] = (0.5, 1.2)
    """Out of focus: 0 is sharp, 1 a portrait's backdrop."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """One room, as drawn from the settings."""

    family: BackdropFamily
    seed: int
    """Seed of furniture and colours."""
    blur: float


_FAMILIES: tuple[BackdropFamily, ...] = get_args(BackdropFamily)
DEFAULT_BACKDROP = Backdrop("office", seed=5, blur=1.0)


def draw_backdrop(settings: BackdropSettings, rng: np.random.Generator) -> Backdrop:
    """Draw one room of a family."""
    blur = draw(rng, settings.blur)
    family = one_of(rng, settings.family, _FAMILIES)
    return Backdrop(family, seed=int(rng.integers(2**31)), blur=blur)


def paint_backdrop(backdrop: Backdrop, light: Light, size_px: tuple[int, int]) -> Image:
    """Paint the room behind the people, as the light shows it.

    Args:
        backdrop: The room.
        light: The light in it.
        size_px: Width and height of the picture.

    Returns:
        sRGB, shape (height, width, 3), first row at the bottom.
    """
    canvas = ROOMS[backdrop.family](size_px, np.random.default_rng(backdrop.seed))
    linear = _lit(canvas, light)
    if backdrop.blur > 0:
        sigma_px = backdrop.blur * size_px[1] / 60
        linear = np.asarray(cv2.GaussianBlur(linear, (0, 0), sigma_px), dtype=np.float32)
    high = np.maximum(linear - _SHOULDER, 0)
    linear = np.minimum(linear, _SHOULDER) + (1 - _SHOULDER) * (1 - np.exp(-high / 0.4))
    return np.asarray(255 * linear ** (1 / 2.2) + 0.5, dtype=np.uint8)[::-1]


def _lit(canvas: Canvas, light: Light) -> FloatArray:
    """Return the linear colours of a painted room in the light that falls on its wall."""
    x, y = canvas.grid()
    across, down, strength = light.glow
    glow = strength * np.exp(-(((x - across) / 0.55) ** 2) - ((y - down) / 0.8) ** 2)
    daylight = canvas.shining * float(np.clip(light.sky[1] / _DAYLIGHT, 0.03, 1.6))
    falling = np.array(light.room, dtype=np.float32) + (glow + daylight)[..., None]
    exposed = light.exposure / _USUAL_EXPOSURE
    linear = np.clip(canvas.painted / 255, 0, 1) ** 2.2 * falling * exposed
    return np.asarray(linear, dtype=np.float32)
