"""Skin, brows and lips, painted in front view and laid on the rig's neutral head.

A texel's place is the neutral x and y of the surface in centimetres, so that paint
sticks to the skin when the skin moves. On a bare rig a raised brow shows nothing:
landmarks and flow both need the brow's hair.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.person import Person, Rgb

__all__ = ["CANVAS_CM", "paint_skin"]

CANVAS_CM = (-11.0, 11.0, -18.0, 15.0)
"""Left, right, bottom, top of the canvas."""
_PX_PER_CM = 64

_BROW = np.array([[1.05, 5.72], [2.0, 6.02], [3.1, 6.30], [4.1, 6.36], [4.9, 6.05], [5.5, 5.58]])
"""Middle line of the left brow from its inner end, cm."""
_BROW_HALF_WIDTH = np.array([0.30, 0.40, 0.37, 0.30, 0.20, 0.06])
_BROW_HAIRS = 420
"""On each side."""
_UPPER_LIP = [[-2.5, -3.5], [-1.7, -2.8], [-0.75, -2.42], [0, -2.52]]
_LOWER_LIP = [[2.5, -3.5], [1.85, -4.06], [1.0, -4.36], [0, -4.46]]


def paint_skin(person: Person) -> npt.NDArray[np.uint8]:
    """Paint a person's skin.

    Returns:
        Texture, shape (height, width, 4), first row at the bottom: sRGB colour and, in
        the fourth channel, gloss from 0 (dry skin) to 255 (wet lip).
    """
    rng = np.random.default_rng(person.seed)
    x, y = _grid()
    colour = np.empty((*x.shape, 3), dtype=np.float32)
    colour[:] = person.skin
    _tint(colour, _blood(x, y), person.blush)
    _tint(colour, 0.30 * _blob(x, y, 2.9, 2.55, 1.3, 0.5), (128, 84, 92))
    _tint(colour, 0.12 * _blob(x, y, 3.2, 4.4, 1.5, 0.55), (150, 92, 84))
    _tint(
        colour, person.stubble * _beard(x, y) * (0.55 + 0.45 * _speckle(rng, x.shape)), (66, 62, 66)
    )
    colour *= (1 + 0.022 * _mottle(rng, x.shape))[..., None]
    _freckle(colour, person, rng)
    lips = _lips(x.shape)
    _tint(colour, 0.85 * lips, person.lips)
    colour *= (1 - 0.035 * lips * _lip_lines(rng, x.shape))[..., None]
    _tint(colour, 0.55 * _brow_shadow(x.shape), _darker(person.hair, 1.1))
    _tint(colour, _brow_hairs(x.shape, person, rng), _darker(person.hair, 0.75))
    gloss = np.clip(0.62 * lips + 0.25 * _shine(x, y), 0, 1) * 255
    return np.clip(np.dstack([colour, gloss]), 0, 255).astype(np.uint8)


def _grid() -> tuple[FloatArray, FloatArray]:
    left, right, bottom, top = CANVAS_CM
    across = np.linspace(left, right, int((right - left) * _PX_PER_CM), dtype=np.float32)
    up = np.linspace(bottom, top, int((top - bottom) * _PX_PER_CM), dtype=np.float32)
    x, y = np.meshgrid(across, up)
    return x, y


def _pixels(points_cm: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Return canvas pixels with four fractional bits, as OpenCV draws them."""
    points = (np.asarray(points_cm, dtype=np.float64) - [CANVAS_CM[0], CANVAS_CM[2]]) * _PX_PER_CM
    return np.asarray(np.rint(points * 16), dtype=np.int32)


def _tint(colour: FloatArray, amount: FloatArray, towards: Rgb) -> None:
    """Mix a colour into our own canvas, amount 0 to 1 per texel."""
    colour += amount[..., None] * (np.array(towards, dtype=np.float32) - colour)


def _darker(colour: Rgb, times: float) -> Rgb:
    red, green, blue = (min(255, int(channel * times)) for channel in colour)
    return red, green, blue


def _blob(
    x: FloatArray, y: FloatArray, at_x: float, at_y: float, wide: float, high: float
) -> FloatArray:
    """Return a soft spot on both sides of the face."""
    spot = np.exp(-(((np.abs(x) - at_x) / wide) ** 2) - ((y - at_y) / high) ** 2)
    return spot.astype(np.float32)


def _blood(x: FloatArray, y: FloatArray) -> FloatArray:
    cheeks = 0.42 * _blob(x, y, 4.4, 0.2, 1.8, 1.7)
    nose = 0.38 * _blob(x, y, 0.0, 0.0, 1.3, 1.2)
    chin = 0.22 * _blob(x, y, 0.0, -6.4, 1.6, 1.0)
    ears = 0.40 / (1 + np.exp((7.9 - np.abs(x)) / 0.2))
    return np.asarray(np.clip(cheeks + nose + chin + ears, 0, 0.7), dtype=np.float32)


def _shine(x: FloatArray, y: FloatArray) -> FloatArray:
    forehead = _blob(x, y, 0.0, 8.4, 3.5, 1.8)
    return np.clip(forehead + _blob(x, y, 0.0, 1.2, 0.9, 2.2), 0, 1).astype(np.float32)


def _beard(x: FloatArray, y: FloatArray) -> FloatArray:
    jaw = 1 / (1 + np.exp((y + 1.9 + 0.32 * (np.abs(x) - 4.5)) / 0.35))
    moustache = _blob(x, y, 0.9, -1.9, 1.3, 0.45)
    bare = _blob(x, y, 0.0, -9.5, 9.0, 2.2) + 0.6 * _blob(x, y, 2.6, -1.7, 0.7, 0.8)
    below = 1 / (1 + np.exp(-(y + 8.2) / 0.5))
    return np.clip(np.maximum(jaw * below, 0.8 * moustache) - bare, 0, 1).astype(np.float32)


def _speckle(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    dots = gaussian_filter(rng.random(shape, dtype=np.float32), 1.3)
    return np.asarray(np.clip((dots - 0.5) * 6 + 0.5, 0, 1), dtype=np.float32)


def _mottle(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Return noise of several sizes with unit standard deviation."""
    total = np.zeros(shape, dtype=np.float32)
    for sigma_px, weight in ((2.0, 0.5), (7.0, 0.6), (26.0, 0.6)):
        step = max(1, int(sigma_px / 2))
        coarse = rng.standard_normal((shape[0] // step + 1, shape[1] // step + 1))
        coarse = gaussian_filter(coarse, sigma_px / step)
        total += weight * cv2.resize(coarse / coarse.std(), (shape[1], shape[0]))
    return total


def _freckle(colour: FloatArray, person: Person, rng: np.random.Generator) -> None:
    spots = _blank(colour.shape)
    for _ in range(46):
        at = _pixels([rng.normal(0, 4.2), rng.normal(1.0, 4.0)])
        radius = int(rng.uniform(0.02, 0.055) * _PX_PER_CM * 16)
        cv2.circle(spots, at.tolist(), radius, (rng.uniform(25, 100),), -1, cv2.LINE_AA, 4)
    _tint(colour, _softened(spots, 1.6), _darker(person.skin, 0.55))


def _lips(shape: tuple[int, ...]) -> FloatArray:
    outline = []
    for half in (np.array(_UPPER_LIP), np.array(_LOWER_LIP)):
        whole = np.concatenate([half, half[-2::-1] * [-1, 1]])
        knots = np.arange(len(whole))
        outline.append(CubicSpline(knots, whole)(np.linspace(0, knots[-1], 60)))
    mask = _blank(shape)
    cv2.fillPoly(mask, [_pixels(np.concatenate(outline))], (255,), cv2.LINE_AA, 4)
    return _softened(mask, 0.07 * _PX_PER_CM)


def _lip_lines(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    row = gaussian_filter1d(rng.standard_normal(shape[1]), 1.6)
    return np.broadcast_to(row / row.std(), shape).astype(np.float32)


def _brow_shadow(shape: tuple[int, ...]) -> FloatArray:
    middle, half_width = _brow_curve()
    along = np.linspace(0, 1, 40)
    reach = np.outer(np.maximum(half_width(along), 0.05), [0, 0.7])
    outline = np.concatenate([middle(along) + reach, (middle(along) - reach)[::-1]])
    mask = _blank(shape)
    for side in (1, -1):
        cv2.fillPoly(mask, [_pixels(outline * [side, 1])], (255,), cv2.LINE_AA, 4)
    return _softened(mask, 0.13 * _PX_PER_CM)


def _brow_hairs(shape: tuple[int, ...], person: Person, rng: np.random.Generator) -> FloatArray:
    """Draw single hairs: upright at the inner end, lying along the brow at the tail."""
    middle, half_width = _brow_curve()
    direction = middle.derivative()
    mask = _blank(shape)
    for side in (1, -1):
        for _ in range(int(_BROW_HAIRS * person.brow_density)):
            along, across = rng.beta(1.15, 1.25), rng.uniform(-1, 1)
            root = middle(along) + np.array([0, across * half_width(along)])
            heading = direction(along) / np.linalg.norm(direction(along))
            heading[1] += max(0.0, 0.95 - 1.5 * along) - 0.35 * across
            heading += rng.normal(0, 0.10, 2)
            length = rng.uniform(0.30, 0.62) * (1 - 0.3 * along)
            tip = root + length * heading / np.linalg.norm(heading)
            start, end = (_pixels(point * [side, 1]).tolist() for point in (root, tip))
            cv2.line(mask, start, end, (rng.uniform(100, 215),), 2, cv2.LINE_AA, 4)
    return _softened(mask, 0.8)


def _brow_curve() -> tuple[CubicSpline, CubicSpline]:
    along = np.linspace(0, 1, len(_BROW))
    return CubicSpline(along, _BROW), CubicSpline(along, _BROW_HALF_WIDTH)


def _blank(shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    return np.zeros(shape[:2], dtype=np.uint8)


def _softened(mask: npt.NDArray[np.uint8], sigma_px: float) -> FloatArray:
    """Blur a drawn mask and bring it to 0 to 1."""
    return np.asarray(gaussian_filter(mask.astype(np.float32) / 255, sigma_px), dtype=np.float32)
