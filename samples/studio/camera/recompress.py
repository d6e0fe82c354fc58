"""One more generation of compression in memory: encode a picture and decode it again."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
from av.codec.context import Flags
from av.video.frame import PictureType

from facesign.samples.studio.camera.picture import Image

__all__ = ["H264", "jpeg"]

_SLICE_TYPES = (1, 5)
"""H.264's unit types that carry parts of a picture."""


def jpeg(image: Image, quality: int) -> Image:
    """Return the picture after JPEG compression of a quality from 1 to 100."""
    _, packed = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    unpacked = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(np.asarray(unpacked, dtype=np.uint8)[..., ::-1])


class H264:
    """A call's encoder and the other side's decoder, without delay.

    Args:
        size: Width and height of the pictures in pixels, both even.
        kbps: Bit rate.
        rate_hz: Pictures a second that the bit rate is planned for.
        n_slices: Parts that each picture is sent in.
    """

    def __init__(
        self, size: tuple[int, int], *, kbps: float, rate_hz: float, n_slices: int = 1
    ) -> None:
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height = size
        encoder.pix_fmt = "yuv420p"
        encoder.time_base = Fraction(1, max(round(rate_hz), 1))
        encoder.framerate = Fraction(max(round(rate_hz), 1), 1)
        encoder.bit_rate = round(kbps * 1000)
        # A call's buffer holds half a second, so that key frames do not stall it.
        limits = f"vbv-maxrate={round(kbps)}:vbv-bufsize={max(round(kbps / 2), 1)}"
        encoder.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "threads": "1",
            "x264-params": f"keyint=600:scenecut=0:slices={n_slices}:sliced-threads=0:{limits}",
        }
        self._encoder = encoder
        self._decoder = av.CodecContext.create("h264", "r")
        self._decoder.thread_count = 1
        self._decoder.flags |= Flags.low_delay | Flags.output_corrupt
        self._number = 0
        self._last: Image | None = None

    def through(self, image: Image, *, key: bool = False) -> Image:
        """Return the picture after its way.

        Args:
            image: sRGB, shape (height, width, 3).
            key: Whether it is sent without reference to earlier ones.
        """
        return self._decoded(self._encoded(image, key=key), image)

    def through_loss(self, image: Image, lost: float, rng: np.random.Generator) -> Image:
        """Return the picture with parts lost on its way.

        Args:
            image: sRGB, shape (height, width, 3).
            lost: Share of the parts that is lost.
            rng: Tells which.
        """
        units = _units(self._encoded(image, key=False))
        arrived = [u for u in units if _type_of(u) not in _SLICE_TYPES or rng.random() >= lost]
        return self._decoded(b"".join(arrived), image)

    def _encoded(self, image: Image, *, key: bool) -> bytes:
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = frame.reformat(format="yuv420p")
        frame.pts = self._number
        frame.pict_type = PictureType.I if key else PictureType.NONE
        self._number += 1
        return b"".join(bytes(packet) for packet in self._encoder.encode(frame))

    def _decoded(self, data: bytes, sent: Image) -> Image:
        """Decode what arrived; where nothing can be decoded, the last picture stays."""
        if data:
            try:
                frames = self._decoder.decode(av.Packet(data))
            except av.FFmpegError:
                frames = []
            if frames:
                self._last = np.ascontiguousarray(frames[-1].to_ndarray(format="rgb24"))
        return sent if self._last is None else self._last


def _units(stream: bytes) -> list[bytes]:
    """Cut a picture's bytes before each start code."""
    starts = []
    at = stream.find(b"\x00\x00\x01")
    while at >= 0:
        starts.append(at - 1 if at > 0 and stream[at - 1] == 0 else at)
        at = stream.find(b"\x00\x00\x01", at + 3)
    return [stream[a:b] for a, b in zip(starts, [*starts[1:], len(stream)], strict=True)]


def _type_of(unit: bytes) -> int:
    return unit[unit.index(b"\x01") + 1] & 31
