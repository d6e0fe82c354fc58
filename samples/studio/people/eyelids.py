"""Forms of the upper lid, sculpted on the neutral head: single, double, epicanthic.

The offsets lie on the head at rest, so a blink carries them along. They never open an eye
wider than the rig can shut it.
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy.interpolate import CubicSpline

from facesign.biometrics.stream import BoolArray, FloatArray
from facesign.samples.studio.people.canvas import FRACTION_BITS, blank, pixels, softened
from facesign.samples.studio.people.person import Eyelid, Person
from facesign.samples.studio.rig import Rig

__all__ = ["crease", "lid_offsets"]

_MARGIN = np.array([[1.85, 3.42], [2.45, 3.88], [3.2, 4.06], [3.9, 3.95], [4.5, 3.5]])
"""Edge of the left upper lid from its inner end, cm."""
_FOLD_CM: dict[Eyelid, float] = {"single": 0.10, "double": 0.30, "epicanthic": 0.13}
"""Height of the painted crease above the edge."""
_FOLD_DEPTH: dict[Eyelid, float] = {"single": 0.0, "double": 0.95, "epicanthic": 0.55}
_LOWERED: dict[Eyelid, float] = {"single": 0.16, "double": 0.0, "epicanthic": 0.13}
"""Share of a blink by which the lid hangs lower."""
_WIDEST_CM = 1.04
"""Opening that a blink still shuts."""


def lid_offsets(rig: Rig, person: Person, head: FloatArray) -> FloatArray:
    """Return how the person's lids differ from the head's, cm, shape (n_vertices, 3)."""
    both = np.zeros_like(head)
    for side, blink in ((1.0, "eyeBlink_L"), (-1.0, "eyeBlink_R")):
        both += _sculpted(rig, person.eyelid, side)
        lowered = _LOWERED[person.eyelid]
        lowered += max(0.0, _opening_cm(rig, head, side) - _WIDEST_CM)
        lowered += 0.10 * float(np.clip((person.age_years - 45) / 35, 0, 1))
        both += np.float32(min(lowered, 0.32)) * rig.shape(blink)
    return both


def crease(eyelid: Eyelid) -> FloatArray:
    """Return the painted fold above the upper lid, 0 to 1, of the canvas's shape."""
    mask = blank()
    along = np.linspace(0.06, 1.0, 40)
    line = CubicSpline(np.linspace(0, 1, len(_MARGIN)), _MARGIN)(along)
    rise = _FOLD_CM[eyelid] * np.sin(np.pi * np.clip(0.12 + 0.8 * along, 0, 1)) ** 0.6
    line[:, 1] += rise
    for side in (1, -1):
        points = pixels(line * [side, 1])
        cv2.polylines(mask, [points], False, (255,), 1, cv2.LINE_AA, FRACTION_BITS)
    soft = np.clip(2.2 * softened(mask, 0.022), 0, 1)
    return np.asarray(_FOLD_DEPTH[eyelid] * soft, dtype=np.float32)


def _sculpted(rig: Rig, eyelid: Eyelid, side: float) -> FloatArray:
    """Return the fold's offsets of one eye in cm, shape (n_vertices, 3)."""
    x, y, z = rig.neutral.T
    x = side * x
    front = np.clip((z - 7.6) / 0.6, 0, 1) * (x > 0.8)
    offsets = np.zeros_like(rig.neutral)
    above = y - np.interp(x, _MARGIN[:, 0], _MARGIN[:, 1])
    over_eye = np.exp(-(((x - 3.1) / 1.35) ** 4)) * front
    if eyelid == "double":
        fold = np.exp(-(((above - 0.34) / 0.13) ** 2)) * over_eye
        offsets[:, 2] -= 0.05 * fold
        return offsets
    # Without a crease the lid's skin runs full and straight from brow to lashes.
    full = np.exp(-(((above - 0.50) / 0.42) ** 2)) * over_eye
    offsets[:, 2] += 0.13 * full
    offsets[:, 1] -= 0.08 * full
    if eyelid == "epicanthic":
        inner = np.exp(-(((x - 1.95) / 0.42) ** 2) - ((y - 3.62) / 0.42) ** 2) * front
        offsets[:, 0] += side * 0.16 * inner
        offsets[:, 1] -= 0.14 * inner
        offsets[:, 2] += 0.10 * inner
        outer = np.exp(-(((x - 4.5) / 0.7) ** 2) - ((y - 3.6) / 0.6) ** 2) * front
        offsets[:, 1] += 0.10 * outer
    return offsets


def _opening_cm(rig: Rig, head: FloatArray, side: float) -> float:
    """Measure the eye's opening on the strip that runs along the lids."""
    upper, lower = (_edge(rig, side, at_top) for at_top in (True, False))
    places = np.linspace(2.2, 4.1, 24)
    return float(np.max(_height(head, upper, side, places) - _height(head, lower, side, places)))


def _height(head: FloatArray, edge: BoolArray, side: float, at_cm: FloatArray) -> FloatArray:
    points = head[edge]
    points = points[np.argsort(side * points[:, 0])]
    height = np.interp(at_cm, side * points[:, 0], points[:, 1])
    return height.astype(np.float32)


def _edge(rig: Rig, side: float, at_top: bool) -> BoolArray:
    strip = np.zeros(len(rig.neutral), dtype=bool)
    strip[rig.parts["M_EyeOcclusion"]] = True
    along = rig.uv[:, 1] > 0.9 if at_top else rig.uv[:, 1] < 0.1
    edge: BoolArray = strip & along & (side * rig.neutral[:, 0] > 0)
    return edge
