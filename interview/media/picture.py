"""Decoded video frames to upright RGB pictures with square pixels."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias, cast

import av
import numpy as np
import numpy.typing as npt
from av.buffer import Buffer
from av.sidedata.sidedata import Type
from av.video.reformatter import VideoReformatter

__all__ = ["PictureMaker", "display_size"]

Image: TypeAlias = npt.NDArray[np.uint8]
Matrix: TypeAlias = tuple[int, int, int, int]
"""a, b, c, d of x' = a x + c y, y' = b x + d y."""

_TURNS: dict[int, Matrix] = {
    0: (1, 0, 0, 1),
    90: (0, -1, 1, 0),
    180: (-1, 0, 0, -1),
    270: (0, 1, -1, 0),
}
"""By the angle counterclockwise."""


class PictureMaker:
    """Convert the frames of one video stream.

    Pixels that are not square are stretched to square ones, a picture whose longer side
    exceeds max_side_px is scaled down, and the display matrix (a phone held upright, a
    mirrored front camera) is applied, in quarter turns and mirrorings.
    """

    def __init__(self, *, max_side_px: int, pixel_aspect: Fraction | None) -> None:
        self._max_side_px = max_side_px
        self._pixel_aspect = pixel_aspect
        # Kept for the whole stream: setting up a conversion costs as much as the conversion
        # of a small picture.
        self._reformatter = VideoReformatter()
        self._rotation: int | None = None
        self._matrix = _TURNS[0]

    @property
    def rotation_deg(self) -> int:
        """By how much the latest picture was turned clockwise to be upright."""
        a, b, _, d = self._matrix
        if abs(b) > abs(a):
            return 90 if b > 0 else 270
        return 180 if a < 0 and d < 0 else 0

    def rgb(self, frame: av.VideoFrame) -> Image:
        """Return the picture as contiguous RGB, shape (height, width, 3)."""
        width, height = display_size(
            frame.width, frame.height, self._pixel_aspect, self._max_side_px
        )
        # One thread: the decoder's threads and the analysis already fill the cores.
        converted = self._reformatter.reformat(
            frame, width=width, height=height, format="rgb24", threads=1
        )
        # PyAV ties a frame that is asked for its side data into a reference cycle, whose memory
        # waits for the garbage collector: only a frame that is turned anew is asked.
        if frame.rotation != self._rotation:
            self._rotation, self._matrix = frame.rotation, _display_matrix(frame)
        return np.ascontiguousarray(_upright(_pixels(converted), self._matrix))


def display_size(
    width: int, height: int, pixel_aspect: Fraction | None, max_side_px: int
) -> tuple[int, int]:
    """Return width and height in square pixels, the longer side at most max_side_px.

    Args:
        width: Stored width in pixels.
        height: Stored height in pixels.
        pixel_aspect: Width over height of one pixel; None, or one that no camera has
            (outside 1/4 to 4), counts as square.
        max_side_px: Longest side allowed.
    """
    aspect = float(pixel_aspect) if pixel_aspect and 0.25 <= pixel_aspect <= 4 else 1.0
    shown_width, shown_height = width * max(aspect, 1.0), height * max(1 / aspect, 1.0)
    scale = min(1.0, max_side_px / max(shown_width, shown_height))
    return max(round(shown_width * scale), 1), max(round(shown_height * scale), 1)


def _display_matrix(frame: av.VideoFrame) -> Matrix:
    try:
        data = cast("Mapping[Type, Buffer]", frame.side_data).get(Type.DISPLAYMATRIX)
    except ValueError:  # FFmpeg attaches kinds of data that PyAV cannot name yet
        return _TURNS.get(frame.rotation % 360, _TURNS[0])
    if data is None:
        return _TURNS[0]
    # Not `frame.rotation`, which takes a mirrored picture for a turned one.
    a, b, _, c, d = np.frombuffer(memoryview(data), np.int32)[:5].tolist()
    return a, b, c, d


def _upright(image: Image, matrix: Matrix) -> Image:
    a, b, c, d = matrix
    across, down = a, d
    if abs(b) > abs(a):
        image = image.swapaxes(0, 1)
        across, down = c, b
    if across < 0:
        image = image[:, ::-1]
    return image[::-1] if down < 0 else image


def _pixels(frame: av.VideoFrame) -> Image:
    """View the RGB plane, without the padding at the ends of its lines."""
    plane = frame.planes[0]
    lines: Image = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return lines[: frame.height, : frame.width * 3].reshape(frame.height, frame.width, 3)
