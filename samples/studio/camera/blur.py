"""What moves while the shutter is open."""

from __future__ import annotations

import cv2
import numpy as np

from facesign.samples.studio.camera.picture import Footage, Image, as_image, as_light

__all__ = ["exposed", "smeared"]


def exposed(footage: Footage, time_s: float, shutter_s: float, n_parts: int) -> Image:
    """Average what is to be seen while the shutter is open, in light.

    Args:
        footage: Draws the picture of a moment.
        time_s: Middle of the exposure in seconds.
        shutter_s: How long the shutter is open.
        n_parts: Pictures to draw; 1 draws only the middle.

    Returns:
        sRGB, shape (height, width, 3).
    """
    if n_parts == 1 or shutter_s == 0:
        return footage(time_s)
    places = (np.arange(n_parts) + 0.5) / n_parts - 0.5
    total = as_light(footage(float(time_s + places[0] * shutter_s)))
    for place in places[1:]:
        cv2.add(total, as_light(footage(float(time_s + place * shutter_s))), dst=total)
    return as_image(total / np.float32(n_parts))


def smeared(image: Image, shift_px: tuple[float, float]) -> Image:
    """Blur a picture along the way that all of it moves while the shutter is open.

    Args:
        image: sRGB, shape (height, width, 3).
        shift_px: Way to the right and down.

    Returns:
        sRGB, shape (height, width, 3).
    """
    reach = int(np.ceil(max(abs(shift_px[0]), abs(shift_px[1])) / 2))
    if reach == 0:
        return image
    side = 2 * reach + 1
    kernel = np.zeros((side, side), dtype=np.float32)
    for part in np.linspace(-0.5, 0.5, 8 * side):
        x, y = reach + part * shift_px[0], reach + part * shift_px[1]
        kernel[round(y), round(x)] += 1
    smear = cv2.filter2D(
        as_light(image), -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE
    )
    return as_image(np.asarray(smear, dtype=np.float32))
