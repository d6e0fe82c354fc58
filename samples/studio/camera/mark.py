"""The small word SYNTHETIC in the corner of every picture that is not for training."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.picture import Image

__all__ = ["stamp"]

_WORD = "SYNTHETIC"


def stamp(image: Image) -> Image:
    """Return the picture with the mark in its lower right; the last step before encoding."""
    word, halo = _mark(min(image.shape[0], image.shape[1]))
    rows, columns = word.shape[:2]
    stamped = image.copy()
    corner = stamped[-rows:, -columns:]
    dimmed = corner * (1 - 0.45 * halo)
    corner[:] = dimmed + word * (255 - dimmed)
    return stamped


@lru_cache(maxsize=8)
def _mark(side_px: int) -> tuple[FloatArray, FloatArray]:
    """Return the word and the shade around it, 0 to 1, each shape (rows, columns, 1)."""
    scale = max(side_px / 720 * 0.55, 0.3)
    font = cv2.FONT_HERSHEY_SIMPLEX
    (columns, rows), below = cv2.getTextSize(_WORD, font, scale, 1)
    margin = round(20 * scale)
    ink = np.zeros((rows + below + 2 * margin, columns + 2 * margin), dtype=np.uint8)
    cv2.putText(ink, _WORD, (margin, margin + rows), font, scale, (215,), 1, cv2.LINE_AA)
    wide = cv2.GaussianBlur(cv2.dilate(ink, np.ones((3, 3), np.uint8)), (0, 0), 1.2)
    word, halo = (layer[..., None].astype(np.float32) / 255 for layer in (ink, wide))
    return word, halo
