"""Frames and sound that a program pushed, stored so that the same bits come back.

Pictures are H.264 in RGB without loss, one picture a packet; sound is float32 as it came. Times
are stored as the doubles that they were, which no container does.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
import numpy as np
import numpy.typing as npt
from av.video.codeccontext import VideoCodecContext

from facesign.biometrics.stream import Frame, Sound, Track
from facesign.errors import RecordDamagedError
from facesign.interview.record.reader import Record
from facesign.interview.record.writer import RecordWriter

__all__ = ["PUSHED", "PushedWriter", "pushed_items"]

PUSHED = "pushed"
"""Name of the stream."""
KEY_FRAME_EVERY = 30

_HEAD = struct.Struct(">BdHHI")
_H264: Final = 1
_H264_FRESH: Final = 2
"""The first packet of an encoder: the size changed, or it is the first of all."""
_RAW: Final = 3
_SOUND: Final = 4
_TRACKS: tuple[Track, ...] = ("mixed", "applicant", "officer")
_CODED_SIDES_PX = (16, 8192)
_OPTIONS = {"qp": "0", "preset": "ultrafast", "tune": "zerolatency"}

_Image = npt.NDArray[np.uint8]


class PushedWriter:
    """Store frames and sound in a record as they are pushed."""

    def __init__(self, writer: RecordWriter) -> None:
        self._writer = writer
        self._encoder: VideoCodecContext | None = None
        self._size = (0, 0)
        self._count = 0

    def push(self, item: Frame | Sound) -> None:
        """Store one item; it is in the record when this returns.

        Raises:
            OutputError: it cannot be written.
        """
        if isinstance(item, Sound):
            data = item.samples.astype("<f4").tobytes()
            self._write(_SOUND, item.time_s, _TRACKS.index(item.track), 0, data)
            return
        height, width = item.image.shape[:2]
        least, most = _CODED_SIDES_PX
        if not (least <= height <= most and least <= width <= most):
            data = zlib.compress(item.image.tobytes(), level=1)
            self._write(_RAW, item.time_s, height, width, data)
            return
        fresh = self._encoder is None or self._size != (height, width)
        data = self._encode(item.image, fresh=fresh)
        self._write(_H264_FRESH if fresh else _H264, item.time_s, height, width, data)

    def _encode(self, image: _Image, *, fresh: bool) -> bytes:
        if self._encoder is None or fresh:
            self._size = (image.shape[0], image.shape[1])
            self._encoder = _encoder(*self._size)
            self._count = 0
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        picture.pts, self._count = self._count, self._count + 1
        return b"".join(bytes(packet) for packet in self._encoder.encode(picture))

    def _write(self, kind: int, time_s: float, first: int, second: int, data: bytes) -> None:
        head = _HEAD.pack(kind, time_s, first, second, len(data))
        self._writer.piece(PUSHED, head + data)


def pushed_items(record: Record) -> Iterator[Frame | Sound]:
    """Yield the frames and the sound of a record as they were pushed, to the bit.

    Raises:
        RecordError: nothing was pushed, or its key was erased.
        RecordDamagedError: it was changed, or is cut off.
    """
    source = io.BufferedReader(record.media(PUSHED), 1 << 20)
    decoder: VideoCodecContext | None = None
    # What the decoder still holds keeps its place among the sound.
    waiting: deque[Sound | tuple[float, _Image | None]] = deque()
    while head := source.read(_HEAD.size):
        kind, time_s, first, second, size = _HEAD.unpack(_whole(record, head, _HEAD.size))
        data = _whole(record, source.read(size), size)
        if kind == _SOUND:
            waiting.append(Sound(time_s, np.frombuffer(data, "<f4"), _TRACKS[first]))
        elif kind == _RAW:
            pixels = np.frombuffer(zlib.decompress(data), np.uint8)
            waiting.append((time_s, pixels.reshape(first, second, 3)))
        else:
            if decoder is None or kind == _H264_FRESH:
                _fill(waiting, [] if decoder is None else decoder.decode(None))
                decoder = av.CodecContext.create("h264", "r")
                decoder.thread_count = 1
            waiting.append((time_s, None))
            _fill(waiting, decoder.decode(av.Packet(data)))
        yield from _ready(waiting)
    _fill(waiting, [] if decoder is None else decoder.decode(None))
    yield from _ready(waiting)


def _encoder(height: int, width: int) -> VideoCodecContext:
    encoder = av.CodecContext.create("libx264rgb", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "rgb24"
    encoder.time_base = Fraction(1, 1000)
    encoder.gop_size = KEY_FRAME_EVERY
    encoder.thread_count = 1
    encoder.options = _OPTIONS
    return encoder


def _fill(
    waiting: deque[Sound | tuple[float, _Image | None]], pictures: list[av.VideoFrame]
) -> None:
    """Put decoded pictures into the places that wait for one, in order."""
    for picture in pictures:
        for index, held in enumerate(waiting):
            if not isinstance(held, Sound) and held[1] is None:
                image = picture.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
                waiting[index] = (held[0], image)
                break


def _ready(waiting: deque[Sound | tuple[float, _Image | None]]) -> Iterator[Frame | Sound]:
    while waiting:
        held = waiting[0]
        if isinstance(held, Sound):
            yield held
        elif held[1] is not None:
            yield Frame(held[0], held[1])
        else:
            return
        waiting.popleft()


def _whole(record: Record, data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise RecordDamagedError(record.folder, f"stream {PUSHED} is cut off within an item")
    return data
