"""The camera covered: a finger on the lens, tape, or a cloth."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import cv2
import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.attack import Attack, AttackSettings
from facesign.samples.studio.camera.picture import Image, as_image, as_light
from facesign.samples.studio.camera.ranges import Within
from facesign.samples.studio.settings import Span, draw

__all__ = ["CameraCovered", "CameraCoveredSettings"]

_GLOW = {
    "finger": (0.085, 0.011, 0.006),
    "tape": (0.0008, 0.0008, 0.0008),
    "cloth": (0.030, 0.030, 0.034),
}
"""Light that comes through in a well-lit room."""
_COVERED_IN_S = 0.35
_SMALL = 8
"""What lies on the lens is so much out of focus that an eighth of the pixels show it."""
_PULSE_HZ = 1.15


class CameraCoveredSettings(AttackSettings):
    """Something on the lens."""

    kind: Literal["camera_covered"] = "camera_covered"
    """Which attack it is."""
    cover: Literal["finger", "tape", "cloth"] = "finger"
    """What covers it."""
    covered: Annotated[Span, Within(0.1, 1.2)] = (0.8, 1.1)
    """Share of the picture's width that is covered; above 1 no light comes past it."""


class CameraCovered(Attack[CameraCoveredSettings]):
    """A covered lens.

    Args:
        settings: What covers it, how far, and when.
        rng: Source of the direction that it comes from.
    """

    def __init__(self, settings: CameraCoveredSettings, rng: np.random.Generator) -> None:
        super().__init__(settings, rng)
        self._covered = draw(rng, settings.covered)
        self._from_deg = rng.uniform(-60, 240)
        self._phases = rng.uniform(0, 2 * np.pi, 3)
        self._glow = np.array(_GLOW[settings.cover], dtype=np.float32)
        self._folds: FloatArray | None = None

    def _changed(self, image: Image, time_s: float) -> Image:
        height, width = image.shape[:2]
        small = (-(-width // _SMALL), -(-height // _SMALL))
        if self._folds is None:
            folds = self._rng.standard_normal((small[1], small[0]), dtype=np.float32)
            soft = np.asarray(cv2.GaussianBlur(folds, (0, 0), small[1] / 9))
            deep = 0.1 if self._settings.cover == "finger" else 0.25
            self._folds = np.asarray(1 + deep * soft / soft.std(), dtype=np.float32)
        light = as_light(image)
        room = np.asarray(cv2.resize(light, small, interpolation=cv2.INTER_AREA))
        spread = np.asarray(cv2.GaussianBlur(room, (0, 0), small[1] / 6))
        beyond = self._beyond(small, time_s)
        cover = np.clip(0.5 - beyond / 0.16, 0, 1)
        # Near its edge the cover lets more light through, and the room's light leaks in.
        glow = self._glow * (1 + 2.2 * np.exp(np.minimum(beyond, 0) / 0.18))[..., None]
        pulse = 1 + 0.03 * np.sin(2 * np.pi * _PULSE_HZ * time_s + self._phases[2])
        glow = glow * (self._folds[..., None] * pulse * spread.mean() / 0.3)
        leak = 0.10 * np.exp(np.minimum(beyond, 0) / 0.07)[..., None] * spread
        on_lens = _full(np.asarray(glow + leak, dtype=np.float32), (width, height))
        share = _full(cover.astype(np.float32), (width, height))[..., None]
        return as_image(light + share * (on_lens - light))

    def _beyond(self, small: tuple[int, int], time_s: float) -> FloatArray:
        """Return the distance from the cover's edge outwards, in widths of the picture."""
        angle = np.radians(self._from_deg)
        since_s = np.inf if self._settings.start_s == 0 else time_s - self._settings.start_s
        share = float(np.clip(min(since_s, self._end_s - time_s) / _COVERED_IN_S, 0, 1))
        reach = -0.1 + (self._covered + 0.1) * share * share * (3 - 2 * share)
        reach += 0.012 * np.sin(2 * np.pi * 0.7 * time_s + self._phases[0])
        reach += 0.006 * np.sin(2 * np.pi * 1.9 * time_s + self._phases[1])
        aspect = small[1] / small[0]
        x, y = np.meshgrid(np.linspace(-0.5, 0.5, small[0]), np.linspace(-0.5, 0.5, small[1]))
        along = x * np.cos(angle) - y * aspect * np.sin(angle)
        across = x * np.sin(angle) + y * aspect * np.cos(angle)
        half = 0.5 * (abs(np.cos(angle)) + aspect * abs(np.sin(angle)))
        # A fingertip's edge is round, tape and cloth are straight.
        round_ = 0.35 if self._settings.cover == "finger" else 0.0
        return np.asarray(half - along + round_ * across**2 - 2 * half * reach, dtype=np.float32)

    def _drawn(self) -> dict[str, Any]:
        return {"cover": self._settings.cover, "covered": round(self._covered, 4)}


def _full(layer: FloatArray, size: tuple[int, int]) -> FloatArray:
    return np.asarray(cv2.resize(layer, size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)
