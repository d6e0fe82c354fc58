"""A few small pictures of the session, held in memory for an image strip that is asked for."""

from __future__ import annotations

from facesign.biometrics.stream import Frame
from facesign.interview.page.rendering import ReportImage

__all__ = ["PictureKeeper"]

MOST = 12
FIRST_STEP_S = 1.0
WIDTH_PX = 320


class PictureKeeper:
    """Keep up to twelve evenly spread frames as small JPEGs, whatever the length."""

    def __init__(self) -> None:
        self._kept: list[ReportImage] = []
        self._step_s = FIRST_STEP_S
        self._next_s = 0.0

    def push(self, frame: Frame) -> None:
        """Take a frame; keep it where the spacing asks for one."""
        if frame.time_s < self._next_s:
            return
        self._kept.append(ReportImage(frame.time_s, _to_jpeg(frame), "evenly_spread"))
        if len(self._kept) > MOST:
            self._kept = self._kept[::2]
            self._step_s *= 2
        self._next_s = frame.time_s + self._step_s

    @property
    def images(self) -> tuple[ReportImage, ...]:
        """The pictures, in time order."""
        return tuple(self._kept)


def _to_jpeg(frame: Frame) -> bytes:
    import cv2

    height, width = frame.image.shape[:2]
    size = (WIDTH_PX, max(1, round(height * WIDTH_PX / width)))
    small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    return bytes(encoded)
