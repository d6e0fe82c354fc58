"""A printed photo that is held before the face."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import cv2
import numpy as np
from pydantic import Field

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.attack import Attack, AttackSettings
from facesign.samples.studio.camera.hand import Hold, grasp
from facesign.samples.studio.camera.layers import dimmed, laid
from facesign.samples.studio.camera.picture import Footage, Image, as_image, as_light
from facesign.samples.studio.camera.ranges import Within
from facesign.samples.studio.camera.room import room_light, shaded
from facesign.samples.studio.camera.sheet import FOCAL, Pose, look_at
from facesign.samples.studio.settings import Span, draw

__all__ = ["PrintedPhoto", "PrintedPhotoSettings", "printed"]

_SHORT_CM, _LONG_CM = 21.0, 29.7
"""A4; held along the picture."""
_PAPER = np.array([0.86, 0.84, 0.79], dtype=np.float32)
_INK = np.array([0.026, 0.024, 0.027], dtype=np.float32)
_WINDOW = np.array([-0.36, -0.26, -0.90])
"""Direction of the window that shines on the gloss, from the paper."""
_SKIN = as_light(np.array([[[196, 146, 120]]], dtype=np.uint8))[0, 0]


class PrintedPhotoSettings(AttackSettings):
    """A photo on paper, held up by both hands."""

    kind: Literal["printed_photo"] = "printed_photo"
    """Which attack it is."""
    paper: Literal["glossy", "plain"] = "glossy"
    """Photo paper shines and prints deep colours; plain paper is matt and pale."""
    fill: Annotated[Span, Within(0.3, 1.5)] = (0.86, 1.0)
    """Width of the paper beside that of the picture."""
    bend: Annotated[Span, Within(-0.03, 0.03)] = (-0.006, 0.010)
    """Curvature about the upright axis in 1/cm: positive brings the edges nearer."""
    sway_cm: Annotated[Span, Within(0, 3)] = (0.25, 0.6)
    """Standard deviation of the hands' movement."""
    tilt_deg: Annotated[Span, Within(0, 15)] = (1.0, 2.5)
    """Standard deviation of the paper's tilt."""
    border: Annotated[float, Field(ge=0, le=0.1)] = 0.035
    """White edge beside the paper's width."""
    hands: bool = True
    """Whether the thumbs are to be seen."""
    still_s: Annotated[float, Field(ge=0)] = 0.0
    """The moment of the footage that is printed."""


class PrintedPhoto(Attack[PrintedPhotoSettings]):
    """A printed photo before the live picture.

    Args:
        settings: Paper, hands and times.
        size: Width and height of the pictures in pixels.
        footage: What was photographed.
        rng: Source of pose and movement.
    """

    def __init__(
        self,
        settings: PrintedPhotoSettings,
        size: tuple[int, int],
        footage: Footage,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(settings, rng)
        self._size = size
        self._width_cm = _LONG_CM if size[0] >= size[1] else _SHORT_CM
        self._fill, self._bend = draw(rng, settings.fill), draw(rng, settings.bend)
        focal_px = FOCAL * size[1]
        pose = Pose(
            right_cm=rng.normal(0, 0.4),
            down_cm=rng.normal(0, 0.4),
            away_cm=focal_px * self._width_cm / (self._fill * size[0]),
            yaw_deg=rng.normal(0, 4),
            pitch_deg=rng.normal(-3, 3),
            roll_deg=rng.normal(0, 1.5),
            bend=self._bend,
        )
        self._hold = Hold(
            pose,
            sway_cm=draw(rng, settings.sway_cm),
            tilt_deg=draw(rng, settings.tilt_deg),
            start_s=settings.start_s,
            end_s=self._end_s,
            rng=rng,
        )
        self._footage = footage
        self._print: FloatArray | None = None
        self._room = 0.0

    def _changed(self, image: Image, time_s: float) -> Image:
        settings = self._settings
        if self._print is None:
            still = self._footage(settings.still_s)
            self._print = printed(still, settings.paper, settings.border, self._rng)
            self._room = room_light(image)
        rows, columns = self._print.shape[:2]
        height_cm = self._width_cm * rows / columns
        seen = look_at(self._hold.at(time_s), self._size)
        cover = seen.inside(self._width_cm, height_cm)
        # Light from the upper left falls flatter on what bends or turns away from it.
        lit = self._room * (0.62 + 0.46 * seen.facing - 0.25 * seen.mirrored_right)
        paper = dimmed(seen.texture(self._print, self._width_cm, height_cm), lit.astype(np.float32))
        paper += cv2.merge([self._gloss(seen.mirrored_right, seen.mirrored_down)] * 3)
        light = laid(shaded(as_light(image), cover), paper, cover)
        if settings.hands:
            grasp(
                light,
                seen,
                cover,
                half_width_cm=self._width_cm / 2,
                grip_cm=0.24 * height_cm,
                skin=_SKIN * np.float32(self._room),
            )
        return as_image(light)

    def _gloss(self, right: FloatArray, down: FloatArray) -> FloatArray:
        """Return the window's light on the paper, soft on matt paper."""
        strength, width = (0.30, 0.12) if self._settings.paper == "glossy" else (0.06, 0.45)
        off = np.hypot((right - _WINDOW[0]) / width, (down - _WINDOW[1]) / (1.5 * width))
        return np.asarray(strength * self._room * np.exp(-0.5 * off**2), dtype=np.float32)

    def _drawn(self) -> dict[str, Any]:
        return {
            "paper": self._settings.paper,
            "fill": round(self._fill, 4),
            "bend": round(self._bend, 5),
            "still_s": self._settings.still_s,
        }


def printed(
    image: Image, paper: Literal["glossy", "plain"], border: float, rng: np.random.Generator
) -> FloatArray:
    """Print a picture: fewer colours, no true black, ink in dots and faint stripes.

    Args:
        image: sRGB, shape (height, width, 3).
        paper: Kind of the paper.
        border: White edge beside the width.
        rng: Source of the ink's grain.

    Returns:
        Share of light sent back, shape (rows, columns, 3), with the edge; twice as fine.
    """
    fine = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    light = as_light(np.asarray(fine, dtype=np.uint8))
    pale = 0.82 if paper == "glossy" else 0.68
    grey = light.mean(axis=2, keepdims=True)
    light = grey + np.float32(pale) * (light - grey)
    ink = _INK if paper == "glossy" else 2.2 * _INK
    print_ = ink + (_PAPER - ink) * light ** np.float32(1.08)
    dots = rng.standard_normal(print_.shape, dtype=np.float32)
    stripes = rng.standard_normal((len(print_) // 6 + 1, 1, 3), dtype=np.float32)
    stripes = np.repeat(stripes, 6, axis=0)[: len(print_)]
    print_ *= 1 + 0.05 * dots + 0.012 * stripes
    edge = round(border * print_.shape[1])
    framed = np.empty((len(print_) + 2 * edge, print_.shape[1] + 2 * edge, 3), dtype=np.float32)
    framed[:] = _PAPER
    framed[edge : edge + len(print_), edge : edge + print_.shape[1]] = print_
    return framed
