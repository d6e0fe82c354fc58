"""Contours of the face in stretches of a recorded stream: drawn for people, never analyzed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.container import InputContainer

from facesign.biometrics.face.contours import points_of
from facesign.biometrics.face.mesh import FaceMesh
from facesign.biometrics.stream import Frame
from facesign.errors import RecordError
from facesign.interview.media.container import FORMATS, PROTOCOLS, seconds
from facesign.interview.media.picture import PictureMaker
from facesign.interview.record.reader import Record

__all__ = ["CHUNK_S", "ContourReader", "Outline"]

CHUNK_S = 1.0
"""Contours are found a stretch at a time, so that stepping back and forth finds them again."""
MOST_FRAMES = 120
"""A stretch with more is shown only so far."""
MAX_SIDE_PX = 960
EARLY_S = 0.5
"""A container without an index may come to rest this far after the place that was looked for."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The contours in one frame."""

    time_s: float
    """Presentation time in the stream."""
    points: list[int] | None
    """x and y in ten-thousandths of the picture, in the order of `CONTOURS`; None without a
    face."""


class ContourReader:
    """Find contours in one stream of a record; stretches that follow are decoded on.

    Args:
        record: The record, open as long as this is used.
        stream: Name of one of its streams.
        mesh: Finds the landmarks.

    Raises:
        RecordError: there is no such stream, or no picture in it.
    """

    def __init__(self, record: Record, stream: str, mesh: FaceMesh) -> None:
        self._mesh = mesh
        self._container = _opened(record, stream)
        if not self._container.streams.video:
            self._container.close()
            raise RecordError(record.folder, f"stream {stream!r} has no picture")
        self._video = self._container.streams.video[0]
        self._video.codec_context.thread_count = 1
        self._maker = PictureMaker(
            max_side_px=MAX_SIDE_PX, pixel_aspect=self._video.sample_aspect_ratio
        )
        self._pictures: Iterator[tuple[float, av.VideoFrame]] = iter(())
        self._ahead: tuple[float, av.VideoFrame] | None = None
        self._next = -1

    def close(self) -> None:
        """Let go of the stream."""
        self._container.close()

    def chunk(self, number: int) -> list[Outline]:
        """Return the contours of every frame of one stretch; they depend on the stretch alone.

        Args:
            number: Which stretch of `CHUNK_S` seconds, from 0.
        """
        from_s, to_s = number * CHUNK_S, (number + 1) * CHUNK_S
        if number != self._next:
            self._go_to(from_s)
        self._next = number + 1
        self._mesh.forget()
        found: list[Outline] = []
        while (picture := self._take()) is not None:
            if picture[0] >= to_s:
                self._ahead = picture
                break
            if picture[0] >= from_s and len(found) < MOST_FRAMES:
                found.append(self._outline(*picture))
        return found

    def _outline(self, time_s: float, picture: av.VideoFrame) -> Outline:
        image = self._maker.rgb(picture)
        height, width = image.shape[:2]
        landmarks = self._mesh.find(Frame(time_s, image))
        if landmarks is None:
            return Outline(time_s, None)
        points = points_of(landmarks, width=width, height=height)
        return Outline(time_s, np.rint(points * 10_000).astype(int).ravel().tolist())

    def _take(self) -> tuple[float, av.VideoFrame] | None:
        if self._ahead is not None:
            picture, self._ahead = self._ahead, None
            return picture
        return next(self._pictures, None)

    def _go_to(self, at_s: float) -> None:
        """Decode on from the last key picture before a time, or from the beginning."""
        self._pictures, self._ahead = self._decoded(at_s), None
        first = next(self._pictures, None)
        if first is None or first[0] > at_s + EARLY_S:
            self._pictures = self._decoded(0.0)
            first = next(self._pictures, None)
        self._ahead = first

    def _decoded(self, from_s: float) -> Iterator[tuple[float, av.VideoFrame]]:
        base = self._video.time_base
        with suppress(av.FFmpegError):
            self._container.seek(int(from_s / base) if base else 0, stream=self._video)
        for packet in _packets(self._container, self._video):
            with suppress(av.FFmpegError):
                for picture in packet.decode():
                    time_s = seconds(picture.pts, picture.time_base)
                    if isinstance(picture, av.VideoFrame) and time_s is not None:
                        yield time_s, picture


def _packets(container: InputContainer, video: av.VideoStream) -> Iterator[av.Packet[Any]]:
    with suppress(av.FFmpegError):
        yield from container.demux(video)


def _opened(record: Record, stream: str) -> InputContainer:
    options = {"format_whitelist": FORMATS, "protocol_whitelist": PROTOCOLS}
    try:
        return av.open(record.media(stream), mode="r", options=options)
    except (av.FFmpegError, ValueError) as error:
        raise RecordError(record.folder, f"stream {stream!r} cannot be decoded") from error
