"""Attacks that replace what the camera delivers: a loop, a frozen picture, an injected clip."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field

from facesign.samples.studio.camera.attack import Attack, AttackSettings
from facesign.samples.studio.camera.picture import Footage, Image
from facesign.samples.studio.camera.ranges import Within
from facesign.samples.studio.camera.recompress import H264
from facesign.samples.studio.settings import Span, draw

__all__ = [
    "FrozenVideo",
    "FrozenVideoSettings",
    "InjectedClip",
    "InjectedClipSettings",
    "LoopedVideo",
    "LoopedVideoSettings",
]

_RECORDED_QUALITY = 93


class LoopedVideoSettings(AttackSettings):
    """A few seconds of the own picture, recorded and played over and over."""

    kind: Literal["looped_video"] = "looped_video"
    """Which attack it is."""
    period_s: Annotated[Span, Within(0.5, 30)] = (2.5, 4.5)
    """After how long it repeats; recorded just before the start."""
    seam: Literal["cut", "fade", "mirror"] = "fade"
    """How the end meets the beginning: a jump, a cross-fade, or playing backwards."""
    fade_s: Annotated[float, Field(ge=0.05, le=1.0)] = 0.3
    """Length of the cross-fade."""


class LoopedVideo(Attack[LoopedVideoSettings]):
    """A loop in place of the live picture.

    Args:
        settings: Period, seam and times.
        rng: Source of the period.
    """

    before_sensor = False

    def __init__(self, settings: LoopedVideoSettings, rng: np.random.Generator) -> None:
        super().__init__(settings, rng)
        self._period_s = draw(rng, settings.period_s)
        self._fade_s = settings.fade_s if settings.seam == "fade" else 0.0
        self._from_s = max(settings.start_s, self._period_s)
        self._recorded_s: list[float] = []
        self._recorded: list[npt.NDArray[np.uint8]] = []

    def apply(self, image: Image, time_s: float) -> Image:
        """Return the loop's picture, else the picture itself, recording what will be needed."""
        if self._from_s - self._period_s <= time_s < self._from_s + self._fade_s:
            _, packed = cv2.imencode(
                ".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _RECORDED_QUALITY]
            )
            self._recorded_s.append(time_s)
            self._recorded.append(np.asarray(packed, dtype=np.uint8))
        return super().apply(image, time_s)

    def _changed(self, image: Image, time_s: float) -> Image:
        since_s = time_s - self._from_s
        if since_s < 0:
            return image
        place_s = since_s % self._period_s
        if self._settings.seam == "mirror" and (since_s // self._period_s) % 2 == 0:
            place_s = self._period_s - place_s
        head = self._played(place_s)
        if place_s >= self._fade_s:
            return head
        tail = self._played(place_s + self._period_s)
        share = place_s / self._fade_s
        return np.asarray(cv2.addWeighted(head, share, tail, 1 - share, 0), dtype=np.uint8)

    def _played(self, place_s: float) -> Image:
        """Return the picture that was recorded at a place of the loop."""
        wanted_s = self._from_s - self._period_s + place_s + 1e-6
        at = max(int(np.searchsorted(self._recorded_s, wanted_s, side="right")) - 1, 0)
        unpacked = cv2.imdecode(self._recorded[at], cv2.IMREAD_COLOR)
        return np.ascontiguousarray(np.asarray(unpacked, dtype=np.uint8)[..., ::-1])

    def _drawn(self) -> dict[str, Any]:
        return {
            "seam": self._settings.seam,
            "period_s": round(self._period_s, 4),
            "repeats_from_s": round(self._from_s, 4),
        }


class FrozenVideoSettings(AttackSettings):
    """The picture stops while the sound goes on."""

    kind: Literal["frozen_video"] = "frozen_video"
    """Which attack it is."""


class FrozenVideo(Attack[FrozenVideoSettings]):
    """The last picture before the start, again and again.

    Args:
        settings: Times.
        rng: Not used.
    """

    before_sensor = False

    def __init__(self, settings: FrozenVideoSettings, rng: np.random.Generator) -> None:
        super().__init__(settings, rng)
        self._held: Image | None = None

    def apply(self, image: Image, time_s: float) -> Image:
        """Return the held picture, or the picture itself at other times."""
        if not self.active(time_s) or self._held is None:
            self._held = image
        return self._held


class InjectedClipSettings(AttackSettings):
    """A clip that a virtual camera plays: no sensor of this place, and compressed before."""

    kind: Literal["injected_clip"] = "injected_clip"
    """Which attack it is."""
    rate_hz: Annotated[float, Field(ge=5, le=60)] = 25.0
    """Pictures a second of the clip, whatever the camera's rate is."""
    kbps: Annotated[Span, Within(30, 20000)] = (350, 900)
    """Bit rate at which the clip was stored."""
    rows: Annotated[int, Field(ge=180, le=1080)] = 480
    """Height at which the clip was stored; it is scaled to the camera's size."""


class InjectedClip(Attack[InjectedClipSettings]):
    """Stored footage in place of what the camera delivers.

    Args:
        settings: Rate and quality of the clip, and times.
        size: Width and height of the pictures in pixels.
        footage: What the clip shows.
        rng: Source of the bit rate.
    """

    before_sensor = False

    def __init__(
        self,
        settings: InjectedClipSettings,
        size: tuple[int, int],
        footage: Footage,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(settings, rng)
        self._size, self._footage = size, footage
        self._kbps = draw(rng, settings.kbps)
        rows = settings.rows - settings.rows % 2
        self._stored = (2 * round(rows * size[0] / size[1] / 2), rows)
        self._codec = H264(self._stored, kbps=self._kbps, rate_hz=settings.rate_hz)
        self._shown: tuple[int, Image] | None = None

    def _changed(self, image: Image, time_s: float) -> Image:
        number = int(np.floor(time_s * self._settings.rate_hz + 1e-6))
        if self._shown is None or self._shown[0] != number:
            stored = _scaled(self._footage(number / self._settings.rate_hz), self._stored)
            self._shown = number, _scaled(self._codec.through(stored), self._size)
        return self._shown[1]

    def _drawn(self) -> dict[str, Any]:
        settings = self._settings
        return {"rate_hz": settings.rate_hz, "kbps": round(self._kbps, 1), "rows": settings.rows}


def _scaled(image: Image, size: tuple[int, int]) -> Image:
    if (image.shape[1], image.shape[0]) == size:
        return image
    shape = cv2.INTER_AREA if size[0] < image.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=shape), dtype=np.uint8)
