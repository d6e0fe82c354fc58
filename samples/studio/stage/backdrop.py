"""An office wall out of focus: a window's light, a shelf and a plant."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

__all__ = ["paint_backdrop"]

_WALL = (196, 190, 180)
_BOOKS = ((126, 84, 70), (84, 98, 118), (150, 138, 112), (98, 110, 92), (168, 158, 146))


def paint_backdrop(width: int, height: int) -> npt.NDArray[np.uint8]:
    """Paint the room behind the person.

    Returns:
        sRGB, shape (height, width, 3), first row at the bottom.
    """
    picture = np.empty((height, width, 3), dtype=np.float32)
    picture[:] = _WALL
    _shelf(picture)
    _plant(picture)
    blur = height / 60
    picture = gaussian_filter(picture, (blur, blur, 0))
    across = np.linspace(0, 1, width)[None, :, None]
    down = np.linspace(0, 1, height)[:, None, None]
    window = np.exp(-(((across + 0.05) / 0.55) ** 2) - ((down - 0.35) / 0.8) ** 2)
    picture *= 0.66 + 0.42 * window
    picture += window * np.array([14, 16, 18])
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)[::-1]


def _shelf(picture: npt.NDArray[np.float32]) -> None:
    height, width = picture.shape[:2]
    rng = np.random.default_rng(5)
    left, right = int(0.74 * width), int(0.97 * width)
    for board in (0.22, 0.50, 0.78):
        bottom = int(board * height)
        at = left
        while at < right - width // 40:
            wide = int(rng.uniform(0.010, 0.024) * width)
            tall = int(rng.uniform(0.12, 0.19) * height)
            if rng.random() < 0.85:
                colour = _BOOKS[rng.integers(len(_BOOKS))]
                cv2.rectangle(picture, (at, bottom - tall), (at + wide, bottom), colour, -1)
            at += wide
        cv2.rectangle(picture, (left, bottom), (right, bottom + height // 50), (138, 112, 86), -1)


def _plant(picture: npt.NDArray[np.float32]) -> None:
    height, width = picture.shape[:2]
    rng = np.random.default_rng(9)
    foot = (int(0.13 * width), int(0.92 * height))
    for _ in range(16):
        angle, reach = rng.uniform(-1.0, 1.0), rng.uniform(0.22, 0.46) * height
        tip = (foot[0] + int(reach * np.sin(angle)), foot[1] - int(reach * np.cos(angle)))
        middle = ((foot[0] + tip[0]) // 2, (foot[1] + tip[1]) // 2)
        leaf = (int(reach / 2), int(reach / 9))
        green = (int(rng.uniform(84, 108)), int(rng.uniform(106, 126)), int(rng.uniform(84, 98)))
        cv2.ellipse(picture, middle, leaf, np.degrees(angle) - 90, 0, 360, green, -1)
