"""Rooms to sit in front of, painted: one function a family, drawn anew for every seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from facesign.samples.studio.people.person import Rgb
from facesign.samples.studio.stage.canvas import Canvas, varied

__all__ = ["ROOMS"]

_WALLS: tuple[Rgb, ...] = (
    (196, 190, 180),
    (188, 194, 196),
    (206, 200, 184),
    (172, 184, 178),
    (184, 172, 164),
    (150, 160, 172),
)
_BOOKS: tuple[Rgb, ...] = (
    (126, 84, 70),
    (84, 98, 118),
    (150, 138, 112),
    (98, 110, 92),
    (168, 158, 146),
    (70, 74, 84),
)
_WOODS: tuple[Rgb, ...] = ((138, 112, 86), (110, 84, 62), (172, 150, 122), (86, 70, 58))
_CLOTHS: tuple[Rgb, ...] = ((120, 126, 132), (142, 120, 102), (98, 112, 104), (110, 96, 116))
_METAL: Rgb = (128, 132, 136)
_DAY: Rgb = (226, 236, 246)


def _office(size_px: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """A wall with a shelf of books and a plant."""
    canvas = Canvas(size_px, _wall(rng))
    shelf_left = bool(rng.random() < 0.5)
    left = rng.uniform(0.02, 0.08) if shelf_left else rng.uniform(0.70, 0.76)
    for board in (0.22, 0.50, 0.78):
        _books(canvas, rng, left, left + 0.23, board)
    _plant(canvas, rng, 0.87 if shelf_left else 0.13)
    return canvas


def _plain(size_px: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """A bare wall: a corner of the room or a framed picture, a skirting, uneven paint."""
    colour = _wall(rng)
    canvas = Canvas(size_px, colour)
    across, down = canvas.grid()
    if rng.random() < 0.5:
        corner = rng.uniform(0.08, 0.30) if rng.random() < 0.5 else rng.uniform(0.70, 0.92)
        beyond = across > corner if corner > 0.5 else across < corner
        canvas.shade(np.where(beyond, 0.86, 1.0) + 0.0 * down)
    else:
        side = float(rng.choice([0.16, 0.84]))
        _frame(canvas, rng, (side, rng.uniform(0.22, 0.34)), rng.uniform(0.12, 0.18))
    uneven = np.sin(across * rng.uniform(4, 9) + 2 * down) * np.sin(down * rng.uniform(3, 7))
    canvas.shade(1 + 0.02 * uneven)
    return canvas


def _bank(size_px: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """A branch: a coloured band, ceiling lights, desks behind glass, a rack of leaflets."""
    canvas = Canvas(size_px, (206, 210, 212))
    band: Rgb = ((38, 92, 122), (36, 104, 84), (134, 44, 44), (54, 66, 118))[rng.integers(4)]
    canvas.rectangle((0, 0), (1, 0.13), (214, 216, 216))
    for lamp in np.arange(rng.uniform(-0.1, 0.1), 1.1, 0.26):
        canvas.rectangle((lamp, 0.035), (lamp + 0.14, 0.07), (250, 250, 246), 0.9)
    canvas.rectangle((0, 0.16), (1, 0.27), band)
    canvas.rectangle((0.04, 0.19), (0.10, 0.24), (232, 234, 232))
    for post in np.linspace(0.02, 0.98, 6):
        canvas.rectangle((post, 0.27), (post + 0.008, 0.74), _METAL)
    for seat in np.linspace(0.10, 0.90, 5):
        canvas.ellipse((seat, 0.56), (0.05, 0.07), varied(rng, (86, 94, 104)))
        canvas.rectangle((seat - 0.05, 0.50), (seat - 0.012, 0.57), (60, 66, 74))
    canvas.rectangle((0, 0.66), (1, 0.70), _WOODS[rng.integers(len(_WOODS))])
    canvas.rectangle((0, 0.70), (1, 1), varied(rng, (172, 170, 166)))
    rack = float(rng.choice([0.05, 0.86]))
    for row in range(4):
        for column in range(3):
            corner = (rack + 0.034 * column, 0.40 + 0.10 * row)
            opposite = (corner[0] + 0.028, corner[1] + 0.085)
            canvas.rectangle(corner, opposite, varied(rng, band, 40))
    return canvas


def _living_room(size_px: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """A sofa with cushions under pictures, a lamp beside it."""
    canvas = Canvas(size_px, _wall(rng))
    for number in range(int(rng.integers(2, 4))):
        middle = (0.14 + 0.30 * number + rng.uniform(-0.03, 0.03), rng.uniform(0.16, 0.28))
        _frame(canvas, rng, middle, rng.uniform(0.08, 0.13))
    cloth = _CLOTHS[rng.integers(len(_CLOTHS))]
    canvas.rectangle((-0.1, 0.66), (1.1, 1.1), cloth)
    for seat in (0.0, 0.34, 0.68):
        canvas.ellipse(
            (seat + 0.17, 0.70), (0.29 * canvas.aspect * 0.58, 0.075), varied(rng, cloth)
        )
        canvas.rectangle((seat + 0.01, 0.70), (seat + 0.33, 1.1), varied(rng, cloth, 5))
    for cushion in rng.uniform(0.05, 0.95, 3):
        colour = varied(rng, _BOOKS[rng.integers(len(_BOOKS))], 25)
        canvas.ellipse((cushion, 0.76), (0.11, 0.10), colour, turn_deg=rng.uniform(-20, 20))
    lamp = float(rng.choice([0.08, 0.92]))
    canvas.rectangle((lamp - 0.004, 0.34), (lamp + 0.004, 1), (70, 64, 60))
    shade = [(lamp - 0.03, 0.22), (lamp + 0.03, 0.22), (lamp + 0.055, 0.40), (lamp - 0.055, 0.40)]
    canvas.polygon(shade, (232, 212, 172), 0.25)
    return canvas


def _kitchen(size_px: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Cupboards over tiles and a worktop, a window or a refrigerator at the side."""
    canvas = Canvas(size_px, varied(rng, (210, 208, 200)))
    tile = varied(rng, (196, 204, 204), 14)
    for row in np.arange(0.34, 0.70, 0.06):
        for column in np.arange(-0.02, 1.0, 0.06):
            corner, opposite = (column, row), (column + 0.057, row + 0.056)
            canvas.rectangle(corner, opposite, varied(rng, tile, 4))
    fronts: tuple[Rgb, ...] = (*_WOODS, (224, 222, 216), (98, 112, 120))
    front = fronts[rng.integers(len(fronts))]
    for door in np.arange(rng.uniform(-0.1, 0.0), 1.0, 0.17):
        canvas.rectangle((door, -0.02), (door + 0.165, 0.32), varied(rng, front, 4))
        canvas.rectangle((door + 0.14, 0.26), (door + 0.147, 0.30), _METAL)
    canvas.rectangle((0, 0.70), (1, 0.735), varied(rng, (104, 98, 92)))
    canvas.rectangle((0, 0.735), (1, 1), varied(rng, front, 6))
    for jar in rng.uniform(0.03, 0.97, 7):
        tall = rng.uniform(0.05, 0.13)
        colour = varied(rng, _BOOKS[rng.integers(len(_BOOKS))], 30)
        canvas.rectangle((jar, 0.70 - tall), (jar + rng.uniform(0.02, 0.045), 0.70), colour)
    side = 0.0 if rng.random() < 0.5 else 0.80
    if rng.random() < 0.5:
        canvas.rectangle((side - 0.02, 0.06), (side + 0.22, 0.62), (232, 232, 228))
        canvas.rectangle((side, 0.09), (side + 0.20, 0.59), _DAY, 1.6)
        canvas.rectangle((side + 0.096, 0.09), (side + 0.106, 0.59), (232, 232, 228))
    else:
        canvas.rectangle((side - 0.02, 0.04), (side + 0.22, 1), varied(rng, (188, 190, 192)))
        canvas.rectangle((side - 0.02, 0.40), (side + 0.22, 0.408), (110, 112, 114))
    return canvas


def _car(size_px: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """The seats and rear windows of a parked car."""
    trim = varied(rng, (74, 72, 70), 12)
    canvas = Canvas(size_px, varied(rng, (150, 146, 140)))
    canvas.rectangle((0, 0.30), (1, 1), trim)
    green = varied(rng, (104, 124, 92), 14)
    for left, right, lean in ((-0.06, 0.24, 0.05), (0.76, 1.06, -0.05)):
        pane = [(left + lean, 0.13), (right + lean / 2, 0.13), (right, 0.52), (left - lean, 0.52)]
        canvas.polygon(pane, _DAY, 1.5)
        for bush in rng.uniform(left, right, 5):
            canvas.ellipse(
                (bush, 0.50), (0.07, rng.uniform(0.05, 0.14)), varied(rng, green), shine=0.3
            )
        canvas.rectangle((left - 0.1, 0.52), (right + 0.1, 1), trim)
    canvas.polygon([(0.32, 0.17), (0.68, 0.17), (0.74, 0.42), (0.26, 0.42)], _DAY, 1.1)
    seat = varied(rng, (104, 100, 98), 24)
    for middle in (rng.uniform(0.46, 0.54), -0.02, 1.02):
        rounded = (middle, 0.47)
        canvas.ellipse(rounded, (0.17, 0.13), seat)
        canvas.rectangle((middle - 0.20, 0.62), (middle + 0.20, 1.1), seat)
        canvas.ellipse((middle, 0.64), (0.20 * canvas.aspect, 0.06), varied(rng, seat, 6))
    return canvas


def _curtain(size_px: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """A window behind curtains: light through the gap and through thin cloth."""
    canvas = Canvas(size_px, _wall(rng))
    left, right = rng.uniform(-0.05, 0.10), rng.uniform(0.90, 1.05)
    canvas.rectangle((left, 0.02), (right, 0.86), _DAY, 1.3)
    bar = (left + right) / 2
    canvas.rectangle((bar - 0.008, 0.02), (bar + 0.008, 0.86), (222, 222, 218))
    gap = rng.uniform(0.12, 0.40)
    cloth = varied(rng, _CLOTHS[rng.integers(len(_CLOTHS))], 24)
    sheer = rng.uniform(0.15, 0.6)
    for start, end in ((left - 0.05, bar - gap / 2), (bar + gap / 2, right + 0.05)):
        edges = np.linspace(start, end, int(rng.integers(9, 15)))
        for number, (one, other) in enumerate(pairwise(edges)):
            folded = varied(rng, cloth, 5 + 12 * (number % 2))
            canvas.rectangle((one, -0.02), (other, 1.1), folded, sheer * (0.7 + 0.5 * (number % 2)))
    canvas.rectangle((left - 0.08, 0.0), (right + 0.08, 0.025), _WOODS[rng.integers(len(_WOODS))])
    return canvas


ROOMS: Mapping[str, Callable[[tuple[int, int], np.random.Generator], Canvas]] = {
    "office": _office,
    "plain": _plain,
    "bank": _bank,
    "living_room": _living_room,
    "kitchen": _kitchen,
    "car": _car,
    "curtain": _curtain,
}
"""Name of a family to the function that paints it at a size in pixels."""


def _wall(rng: np.random.Generator) -> Rgb:
    return varied(rng, _WALLS[rng.integers(len(_WALLS))], 6)


def _books(
    canvas: Canvas, rng: np.random.Generator, left: float, right: float, board: float
) -> None:
    at = left
    while at < right - 0.025:
        wide, tall = rng.uniform(0.010, 0.024), rng.uniform(0.12, 0.19)
        if rng.random() < 0.85:
            colour = varied(rng, _BOOKS[rng.integers(len(_BOOKS))], 8)
            canvas.rectangle((at, board - tall), (at + wide, board), colour)
        at += wide
    canvas.rectangle((left, board), (right, board + 0.02), _WOODS[0])


def _plant(canvas: Canvas, rng: np.random.Generator, foot: float) -> None:
    for _ in range(16):
        angle, reach = rng.uniform(-1.0, 1.0), rng.uniform(0.22, 0.46)
        middle = (
            foot + reach * np.sin(angle) / 2 / canvas.aspect,
            0.92 - reach * np.cos(angle) / 2,
        )
        green = varied(rng, (94, 116, 90), 10)
        turn_deg = float(np.degrees(angle)) - 90
        canvas.ellipse(middle, (reach / 2, reach / 9), green, turn_deg=turn_deg)
    pot = [(foot - 0.04, 0.88), (foot + 0.04, 0.88), (foot + 0.03, 1.02), (foot - 0.03, 1.02)]
    canvas.polygon(pot, varied(rng, (170, 150, 132)))


def _frame(canvas: Canvas, rng: np.random.Generator, middle: Sequence[float], half: float) -> None:
    wide, high = half / canvas.aspect, half * rng.uniform(0.7, 1.3)
    for shrink, colour in (
        (1.0, varied(rng, _WOODS[rng.integers(len(_WOODS))])),
        (0.90, (226, 222, 214)),
        (0.62, varied(rng, _BOOKS[rng.integers(len(_BOOKS))], 20)),
    ):
        corner = (middle[0] - shrink * wide, middle[1] - shrink * high)
        opposite = (middle[0] + shrink * wide, middle[1] + shrink * high)
        canvas.rectangle(corner, opposite, colour)
