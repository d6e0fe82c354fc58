"""A photo cut out along the face and worn as a mask, with holes for the eyes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeAlias

import cv2
import numpy as np
from pydantic import Field

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.attack import Attack, AttackSettings
from facesign.samples.studio.camera.layers import dimmed, laid
from facesign.samples.studio.camera.paper import printed
from facesign.samples.studio.camera.picture import Footage, Image, as_image, as_light
from facesign.samples.studio.camera.ranges import Within
from facesign.samples.studio.camera.room import room_light, shaded
from facesign.samples.studio.settings import Span, draw

__all__ = ["EyePlaces", "PaperMask", "PaperMaskSettings"]

EyePlaces: TypeAlias = Callable[[float], FloatArray]
"""Pixels of the left and of the right eye at a time, shape (2, 2)."""
_CENTRE = (0.0, 0.42)
"""Middle of the mask from the middle of the eyes, in distances between the eyes."""
_RADII = (1.12, 1.62)
_HOLE = (0.27, 0.15)
_TURN_PERIODS_S = (1.7, 4.3)


class PaperMaskSettings(AttackSettings):
    """A printed face worn before the own one."""

    kind: Literal["paper_mask"] = "paper_mask"
    """Which attack it is."""
    paper: Literal["glossy", "plain"] = "plain"
    """What it is printed on."""
    eye_holes: bool = True
    """Whether the wearer's own eyes look through."""
    larger: Annotated[Span, Within(0.8, 1.5)] = (1.04, 1.14)
    """Size of the mask beside the face."""
    slip: Annotated[Span, Within(0, 0.2)] = (0.01, 0.04)
    """How far it slips, in distances between the eyes."""
    still_s: Annotated[float, Field(ge=0)] = 0.0
    """The moment of the footage that is printed."""


class PaperMask(Attack[PaperMaskSettings]):
    """A mask on the face of the live picture.

    Args:
        settings: Paper, holes and times.
        footage: What was photographed.
        photo_eyes: Where the eyes are in the footage.
        live_eyes: Where the wearer's eyes are in the live picture.
        rng: Source of the cut and of how it slips.
    """

    def __init__(
        self,
        settings: PaperMaskSettings,
        footage: Footage,
        photo_eyes: EyePlaces,
        live_eyes: EyePlaces,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(settings, rng)
        self._footage, self._photo_eyes, self._live_eyes = footage, photo_eyes, live_eyes
        self._larger, self._slip = draw(rng, settings.larger), draw(rng, settings.slip)
        self._ragged = rng.normal(0, 0.012, 9)
        self._phases = rng.uniform(0, 2 * np.pi, (2, len(_TURN_PERIODS_S)))
        self._mask: tuple[FloatArray, FloatArray, FloatArray] | None = None
        self._room = 0.0

    def _changed(self, image: Image, time_s: float) -> Image:
        if self._mask is None:
            self._mask = self._cut_out()
            self._room = room_light(image)
        colour, cover, shade = self._mask
        eyes = self._live_eyes(time_s)
        gap = float(np.linalg.norm(eyes[1] - eyes[0]))
        turns = 2 * np.pi * time_s / np.array(_TURN_PERIODS_S) + self._phases
        moved = eyes + self._slip * gap * np.sin(turns).mean(axis=1)
        place = _similarity(2 * self._photo_eyes(self._settings.still_s), moved, self._larger)
        size = (image.shape[1], image.shape[0])
        flat = cv2.warpAffine(colour, place, size, borderMode=cv2.BORDER_REPLICATE)
        covered = np.asarray(cv2.warpAffine(cover, place, size), dtype=np.float32)
        shading = np.asarray(cv2.warpAffine(shade, place, size), dtype=np.float32)
        light = shaded(as_light(image), np.float32(0.8) * covered)
        paper = dimmed(np.asarray(flat), np.float32(self._room) * shading)
        return as_image(laid(light, paper, covered))

    def _cut_out(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the print, its shape and its shading, twice as fine as the footage."""
        settings = self._settings
        colour = printed(self._footage(settings.still_s), settings.paper, 0.0, self._rng)
        eyes = 2 * self._photo_eyes(settings.still_s)
        across, down, gap_px = _face_frame(eyes, colour.shape[:2])
        x, y = (across - _CENTRE[0]) / _RADII[0], (down - _CENTRE[1]) / _RADII[1]
        around = np.arctan2(y, x)[..., None] * np.arange(1, 10) + np.arange(9)
        # Scissors leave a wavy line, and paper has a white cut edge.
        wavy = np.hypot(x, y) + (np.sin(around) * self._ragged).sum(axis=-1)
        cover = np.clip((1 - wavy) * gap_px, 0, 1)
        rim = np.clip((wavy - 0.985) * 60, 0, 1)[..., None]
        colour = colour + 0.6 * rim * (0.8 - colour)
        if settings.eye_holes:
            for side in (-0.5, 0.5):
                hole = np.hypot((across - side) / _HOLE[0], down / _HOLE[1])
                cover *= np.clip((hole - 1) * 0.2 * gap_px, 0, 1)
        # The paper is bent around the head: lit from the left, darker towards the right edge.
        shade = 0.95 - 0.12 * x - 0.30 * np.abs(x) ** 3
        return colour.astype(np.float32), cover.astype(np.float32), shade.astype(np.float32)

    def _drawn(self) -> dict[str, Any]:
        return {
            "paper": self._settings.paper,
            "eye_holes": self._settings.eye_holes,
            "larger": round(self._larger, 4),
            "slip": round(self._slip, 4),
        }


def _face_frame(eyes: FloatArray, shape: tuple[int, ...]) -> tuple[FloatArray, FloatArray, float]:
    """Return each pixel's place from the middle of the eyes, in distances between them."""
    middle, line = eyes.mean(axis=0), eyes[0] - eyes[1]
    gap_px = float(np.linalg.norm(line))
    right = line / gap_px
    x, y = np.meshgrid(np.arange(shape[1]) - middle[0], np.arange(shape[0]) - middle[1])
    across = (x * right[0] + y * right[1]) / gap_px
    down = (y * right[0] - x * right[1]) / gap_px
    return across, down, gap_px


def _similarity(source: FloatArray, target: FloatArray, larger: float) -> FloatArray:
    """Return the turn, scale and shift that bring two points to two others, shape (2, 3)."""
    before, after = (complex(*(p[0] - p[1])) for p in (source, target))
    turn = after / before * larger
    middle, aim = complex(*source.mean(axis=0)), complex(*target.mean(axis=0))
    shift = aim - turn * middle
    return np.array(
        [[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]],
        dtype=np.float64,
    )
