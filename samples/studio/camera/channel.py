"""The way from the applicant's camera to the bank: compression, loss, too little bandwidth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self, TypeAlias

import cv2
import numpy as np
from pydantic import Field, model_validator

from facesign.samples.studio.camera.picture import Image, Timed
from facesign.samples.studio.camera.ranges import Within
from facesign.samples.studio.camera.recompress import H264, jpeg
from facesign.samples.studio.settings import Section, Span, draw

__all__ = ["ChannelSettings", "Transmission", "transmit"]

LossKind: TypeAlias = Literal["frozen", "dropped", "damaged"]
_N_SLICES = 10
_LOST = 0.35
"""Share of a damaged picture's parts that does not arrive."""
_MENDED_AFTER_S = 0.25
"""A damaged picture is asked for anew after a round trip."""


class ChannelSettings(Section):
    """What happens to the picture on its way."""

    webcam_jpeg: Annotated[int, Field(ge=10, le=100)] | None = None
    """Quality of the webcam's own JPEG compression; without it there is none."""
    kbps: Annotated[Span, Within(30, 20000)] | None = None
    """Bit rate of the call's H.264; without it the call does not compress."""
    rate_hz: Annotated[float, Field(ge=5, le=60)] = 30.0
    """Pictures a second that the bit rate is planned for."""
    losses_per_minute: Annotated[float, Field(ge=0, le=60)] = 0.0
    """How often packets are lost."""
    loss_s: Annotated[Span, Within(0.03, 10)] = (0.15, 0.7)
    """How long such a loss lasts."""
    loss_kinds: Annotated[tuple[LossKind, ...], Field(min_length=1)] = ("frozen", "dropped")
    """What is seen of it: the last picture, no picture, or blocks (only with `kbps`)."""
    starved_per_minute: Annotated[float, Field(ge=0, le=20)] = 0.0
    """How often bandwidth runs short (only with `kbps`)."""
    starved_s: Annotated[Span, Within(0.2, 60)] = (2.0, 6.0)
    """How long it stays short."""
    starved_to: Annotated[float, Field(gt=0, le=1)] = 0.2
    """Share of the bit rate that is left then."""
    starved_scale: Literal[1, 2, 4] = 2
    """By how much the sender makes the picture smaller then."""

    @model_validator(mode="after")
    def _coded(self) -> Self:
        if self.kbps is None and (self.starved_per_minute > 0 or "damaged" in self.loss_kinds):
            raise ValueError("starved_per_minute and damaged losses need kbps")
        return self


class Transmission(Iterator[Timed]):
    """Pictures as they arrive, and what happened to them so far."""

    def __init__(
        self, frames: Iterable[Timed], settings: ChannelSettings, rng: np.random.Generator
    ) -> None:
        self._frames = iter(frames)
        self._settings = settings
        self._kbps = draw(rng, settings.kbps) if settings.kbps else None
        self._losses = _Spells(settings.losses_per_minute, settings.loss_s, rng)
        self._starved = _Spells(settings.starved_per_minute, settings.starved_s, rng)
        self._rng = rng
        self._codec: H264 | None = None
        self._starved_codec = False
        self._kind: LossKind | None = None
        self._damaged_s: float | None = None
        self._last: Image | None = None
        self._events: list[dict[str, Any]] = []

    def __iter__(self) -> Transmission:
        return self

    def __next__(self) -> Timed:
        for time_s, image in self._frames:
            arrived = self._arrive(image, time_s)
            if arrived is not None:
                self._last = arrived
                return time_s, arrived
        raise StopIteration

    def truth(self) -> dict[str, Any]:
        """Return the bit rate and, so far, each loss and shortage with its times.

        `start_s` is the time of the first picture concerned, `end_s` that of the last.
        """
        kbps = None if self._kbps is None else round(self._kbps, 1)
        return {"kbps": kbps, "events": [dict(event) for event in self._events]}

    def _arrive(self, image: Image, time_s: float) -> Image | None:
        kind = self._loss_at(time_s)
        if kind == "dropped":
            return None
        if kind == "frozen":
            return self._last
        if self._settings.webcam_jpeg is not None:
            image = jpeg(image, self._settings.webcam_jpeg)
        return image if self._kbps is None else self._called(image, time_s, kind)

    def _loss_at(self, time_s: float) -> LossKind | None:
        """Return what is lost at a time, and write it down."""
        if not self._losses.at(time_s) or self._last is None:
            self._kind = None
            return None
        begins = self._kind is None
        if self._kind is None:
            kinds = self._settings.loss_kinds
            self._kind = kinds[int(self._rng.integers(len(kinds)))]
        self._note(self._kind, time_s, begins=begins)
        return self._kind

    def _called(self, image: Image, time_s: float, kind: LossKind | None) -> Image:
        """Send a picture through the call's codec."""
        starved = self._starved.at(time_s)
        scale = self._settings.starved_scale if starved else 1
        size = (image.shape[1], image.shape[0])
        sent = (size[0] // scale // 2 * 2, size[1] // scale // 2 * 2)
        changed = self._codec is None or starved != self._starved_codec
        if starved:
            self._note("starved", time_s, begins=changed)
        if self._codec is None or changed:
            kbps = (self._kbps or 0) * (self._settings.starved_to if starved else 1)
            rate_hz = self._settings.rate_hz
            self._codec = H264(sent, kbps=kbps, rate_hz=rate_hz, n_slices=_N_SLICES)
            self._starved_codec, self._damaged_s = starved, None
        small = _scaled(image, sent)
        if kind == "damaged":
            arrived = self._codec.through_loss(small, _LOST, self._rng)
            self._damaged_s = time_s
        else:
            arrived = self._codec.through(small, key=self._mends(time_s))
        return _scaled(arrived, size)

    def _mends(self, time_s: float) -> bool:
        """Tell whether a picture is sent anew; until then the damage is still seen."""
        if self._damaged_s is None:
            return False
        if time_s < self._damaged_s + _MENDED_AFTER_S:
            self._note("damaged", time_s, begins=False)
            return False
        self._damaged_s = None
        return True

    def _note(self, kind: str, time_s: float, *, begins: bool) -> None:
        if begins:
            self._events.append({"kind": kind, "start_s": time_s, "end_s": time_s})
        else:
            latest = next(e for e in reversed(self._events) if e["kind"] == kind)
            latest["end_s"] = time_s


def transmit(
    frames: Iterable[Timed], settings: ChannelSettings, rng: np.random.Generator
) -> Transmission:
    """Send pictures to the other side, one by one.

    Args:
        frames: Increasing times and sRGB pictures of one size.
        settings: What happens on the way.
        rng: Source of when and how.

    Returns:
        The pictures that arrive, with their times, and the truth of what happened.
    """
    return Transmission(frames, settings, rng)


class _Spells:
    """Times at which something goes wrong, with random gaps between them."""

    def __init__(self, per_minute: float, length_s: Span, rng: np.random.Generator) -> None:
        self._gap_s = 60 / per_minute if per_minute > 0 else np.inf
        self._length_s, self._rng = length_s, rng
        self._start_s, self._end_s = 0.0, 0.0
        self._plan(0.0)

    def at(self, time_s: float) -> bool:
        """Tell whether one goes on; times must not fall."""
        while time_s >= self._end_s:
            self._plan(self._end_s)
        return time_s >= self._start_s

    def _plan(self, after_s: float) -> None:
        if np.isinf(self._gap_s):
            self._start_s = self._end_s = np.inf
            return
        self._start_s = after_s + float(self._rng.exponential(self._gap_s))
        self._end_s = self._start_s + draw(self._rng, self._length_s)


def _scaled(image: Image, size: tuple[int, int]) -> Image:
    if (image.shape[1], image.shape[0]) == size:
        return image
    shape = cv2.INTER_AREA if size[0] < image.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=shape), dtype=np.uint8)
