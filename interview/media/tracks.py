"""The tracks of a recording: pictures or sound of one file as items with times."""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic, TypeAlias, TypeVar

import av
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray, Frame, Sound, Track
from facesign.interview.media.clock import RESTART_S, USUAL_INTERVAL_S, FrameClock
from facesign.interview.media.container import StreamReader, seconds
from facesign.interview.media.mixdown import MixDown
from facesign.interview.media.picture import PictureMaker
from facesign.interview.media.sound_clock import SoundClock

__all__ = ["MediaTrack", "PictureTrack", "SoundTrack"]

Image: TypeAlias = npt.NDArray[np.uint8]
Payload = TypeVar("Payload", Image, FloatArray)

REORDERED = 4
"""Pictures that a decoder holds back at most to put them in order."""
SMALL_PICTURE_PX = 1280 * 720
"""Up to here one decoder thread keeps ahead of the analysis and costs the least in all."""


class MediaTrack(ABC, Generic[Payload]):
    """One stream of one file, read once from its start to its end."""

    start_s: float | None = None
    """Time of the first item on the file's clock; None before `start`."""
    ended = False
    """Whether everything was read."""
    zero_s = 0.0
    """Where time zero of the recording lies on the file's clock."""

    def __init__(self, reader: StreamReader[av.VideoStream] | StreamReader[av.AudioStream]) -> None:
        self.reader = reader
        self._items: Iterator[tuple[float, Payload]] = iter(())

    def start(self) -> bool:
        """Decode up to the first item; tell whether there is one."""
        decoded = self._decode()
        first = next(decoded, None)
        if first is None:
            return False
        self.start_s = first[0]
        self._items = itertools.chain([first], decoded)
        return True

    def __iter__(self) -> Iterator[Frame | Sound]:
        for time_s, payload in self._items:
            yield self._item(time_s - self.zero_s, payload)
        self.ended = True

    @property
    @abstractmethod
    def end_s(self) -> float | None:
        """Where what was decoded so far ends, on the file's clock."""

    @property
    @abstractmethod
    def repaired(self) -> int:
        """How many items came with a time that could not be true."""

    @abstractmethod
    def _decode(self) -> Iterator[tuple[float, Payload]]: ...

    @abstractmethod
    def _item(self, time_s: float, payload: Payload) -> Frame | Sound: ...


class PictureTrack(MediaTrack[Image]):
    """The pictures of one video stream."""

    def __init__(
        self,
        reader: StreamReader[av.VideoStream],
        *,
        max_side_px: int,
        decoder_threads: int | None,
    ) -> None:
        super().__init__(reader)
        stream = reader.stream
        self.stream = stream
        self.rate_hz = float(stream.average_rate) if stream.average_rate else None
        self.rotation_deg = 0
        self.size = (0, 0)
        """Width and height of the latest picture as shown."""
        small = stream.codec_context.width * stream.codec_context.height <= SMALL_PICTURE_PX
        stream.codec_context.thread_count = decoder_threads or (1 if small else 2)
        stream.codec_context.thread_type = "AUTO"
        self.clock: FrameClock[Image] = FrameClock(
            1 / self.rate_hz if self.rate_hz else USUAL_INTERVAL_S
        )
        self._damaged_before = 0
        self._suspect = 0
        self._latest_s = -math.inf
        self._maker = PictureMaker(max_side_px=max_side_px, pixel_aspect=stream.sample_aspect_ratio)

    @property
    def end_s(self) -> float | None:
        """Time of the last picture plus its interval."""
        return self.clock.end_s

    @property
    def repaired(self) -> int:
        """Pictures whose time was missing or not after the one before."""
        return self.clock.repaired

    def _decode(self) -> Iterator[tuple[float, Image]]:
        for frame in self.reader.frames():
            if not isinstance(frame, av.VideoFrame):
                continue
            pts_s = seconds(frame.pts, frame.time_base)
            if self._is_late(pts_s):
                self.reader.damaged += 1
            elif (image := self._image(frame)) is not None:
                yield from self.clock.push(image, pts_s, seconds(frame.dts, frame.time_base))
        yield from self.clock.finish()

    def _is_late(self, pts_s: float | None) -> bool:
        """Tell whether a picture from before a damaged packet comes after one from behind it."""
        if self._damaged_before != self.reader.damaged:
            self._damaged_before = self.reader.damaged
            self._suspect = REORDERED
        suspect, self._suspect = self._suspect > 0, max(self._suspect - 1, 0)
        if pts_s is None:
            return False
        if suspect and self._latest_s - RESTART_S < pts_s < self._latest_s:
            return True
        self._latest_s = pts_s
        return False

    def _image(self, frame: av.VideoFrame) -> Image | None:
        try:
            image = self._maker.rgb(frame)
        except av.FFmpegError:
            self.reader.damaged += 1
            return None
        self.rotation_deg = self._maker.rotation_deg
        self.size = image.shape[1], image.shape[0]
        return image

    def _item(self, time_s: float, payload: Image) -> Frame:
        return Frame(time_s, payload)


class SoundTrack(MediaTrack[FloatArray]):
    """The sound of one audio stream, mono at 16 kHz in pieces of 0.1 s."""

    def __init__(self, reader: StreamReader[av.AudioStream], name: Track) -> None:
        super().__init__(reader)
        self.stream = reader.stream
        self.name: Track = name
        self.clock = SoundClock()
        self.mix = MixDown()
        """What the channels said before they were mixed."""

    @property
    def end_s(self) -> float | None:
        """End of the last sample."""
        return self.clock.end_s

    @property
    def repaired(self) -> int:
        """Packets whose time was wrong or whose clock ran off."""
        return self.clock.repaired

    def _decode(self) -> Iterator[tuple[float, FloatArray]]:
        for frame in self.reader.frames():
            if isinstance(frame, av.AudioFrame) and frame.samples:
                pts_s = seconds(frame.pts, frame.time_base)
                yield from self.clock.push(self.mix.push(frame), frame.sample_rate, pts_s)
        yield from self.clock.finish()

    def _item(self, time_s: float, payload: FloatArray) -> Sound:
        return Sound(time_s, payload, self.name)
