"""Hands that hold a sheet or a tablet at both lower edges, and how still they hold it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from facesign.biometrics.stream import BoolArray, FloatArray
from facesign.samples.studio.camera.sheet import Pose, Seen

__all__ = ["Hold", "grasp"]

_PERIODS_S = (1.1, 1.9, 3.3, 5.7)
_TREMOR_HZ = 8.3
_TREMOR_CM = 0.012
_RAISED_IN_S = 0.7
"""As long as it takes to raise it into the picture, and to lower it again."""
_BELOW = 0.6
"""Of the distance from the camera: just out of the picture."""
_LIGHT_FROM = np.array([-0.5, -0.45, 0.74])
_THUMB = (
    (4.4, 4.6, 1.9),
    (1.4, 1.5, 1.3),
    (-0.4, 0.0, 1.0),
    (-1.1, -0.55, 1.02),
    (-2.0, -1.3, 0.8),
)
"""Joints of a thumb: cm outwards from the edge, cm down from the grip, radius."""
_PALM = ((3.2, 3.2, 2.7), (6.0, 9.5, 3.6))
_NAIL = (-1.8, -1.12)
_NAIL_TINT = np.array([1.2, 1.12, 1.14], dtype=np.float32)
_REACH_CM = 4.0
"""No part of a hand is farther inside the edge, or higher above the grip."""


class Hold:
    """The way a thing is held: near a pose, never quite still.

    Args:
        pose: Where it is held.
        sway_cm: Standard deviation of its place.
        tilt_deg: Standard deviation of its angles.
        start_s: When it is raised into the picture; from the beginning if 0.
        end_s: When it has been lowered again; never if infinite.
        rng: Source of the phases.
    """

    def __init__(
        self,
        pose: Pose,
        *,
        sway_cm: float,
        tilt_deg: float,
        start_s: float,
        end_s: float,
        rng: np.random.Generator,
    ) -> None:
        self._pose, self._start_s, self._end_s = pose, start_s, end_s
        self._sway_cm, self._tilt_deg = sway_cm, tilt_deg
        self._phases = rng.uniform(0, 2 * np.pi, (6, len(_PERIODS_S)))
        self._weights = rng.uniform(0.5, 1.0, (6, len(_PERIODS_S)))
        self._weights *= np.sqrt(2) / np.linalg.norm(self._weights, axis=1, keepdims=True)

    def at(self, time_s: float) -> Pose:
        """Return the pose at a time."""
        turns = 2 * np.pi * time_s / np.array(_PERIODS_S) + self._phases
        x, y, z, yaw, pitch, roll = (self._weights * np.sin(turns)).sum(axis=1)
        still = 0.0 if self._sway_cm == 0 else _TREMOR_CM
        tremor_cm = still * np.sin(2 * np.pi * _TREMOR_HZ * time_s + self._phases[0, 0])
        return replace(
            self._pose,
            right_cm=float(self._pose.right_cm + self._sway_cm * x + tremor_cm),
            down_cm=float(self._pose.down_cm + self._sway_cm * y + self._raise_cm(time_s)),
            away_cm=float(self._pose.away_cm + self._sway_cm * z),
            yaw_deg=float(self._pose.yaw_deg + self._tilt_deg * yaw),
            pitch_deg=float(self._pose.pitch_deg + self._tilt_deg * pitch),
            roll_deg=float(self._pose.roll_deg + 0.5 * self._tilt_deg * roll),
        )

    def _raise_cm(self, time_s: float) -> float:
        raised_s = np.inf if self._start_s == 0 else time_s - self._start_s
        share = float(np.clip(min(raised_s, self._end_s - time_s) / _RAISED_IN_S, 0, 1))
        return _BELOW * self._pose.away_cm * (1 - share * share * (3 - 2 * share))


def grasp(
    light: FloatArray,
    seen: Seen,
    cover: FloatArray,
    *,
    half_width_cm: float,
    grip_cm: float,
    skin: FloatArray,
) -> None:
    """Draw both hands: palms behind the thing, thumbs before it.

    Args:
        light: The picture with the thing in it, shape (height, width, 3); it is drawn on.
        seen: How the thing is seen.
        cover: How much of each pixel the thing covers, shape (height, width).
        half_width_cm: From its middle to the edges that are held.
        grip_cm: From its middle down to where it is held.
        skin: Light that the skin sends back, shape (3,).
    """
    for side in (-1.0, 1.0):
        outwards = side * seen.across_cm - half_width_cm
        down = seen.down_cm - grip_cm
        part = _around((outwards > -_REACH_CM) & (down > -_REACH_CM))
        if part is not None:
            hand = _Hand(outwards[part], down[part], side, seen.px_per_cm[part])
            hand.draw(light[part], cover[part], skin)


class _Hand:
    """One hand within the part of the picture that it may reach."""

    def __init__(
        self, outwards: FloatArray, down: FloatArray, side: float, px_per_cm: FloatArray
    ) -> None:
        self._outwards, self._down = outwards, down
        self._side, self._px_per_cm = side, px_per_cm

    def draw(self, light: FloatArray, cover: FloatArray, skin: FloatArray) -> None:
        """Draw palm and thumb into a part of the picture's light."""
        palm, palm_shade = self._limb(_PALM)
        _lay(light, skin * palm_shade[..., None], palm * (1 - cover))
        thumb, thumb_shade = self._limb(_THUMB)
        blur_px = float(0.25 * np.median(self._px_per_cm))
        fallen = np.asarray(cv2.GaussianBlur(thumb, (0, 0), blur_px), dtype=np.float32)
        light *= 1 - 0.45 * (fallen * cover)[..., None]
        nail = np.hypot((self._outwards - _NAIL[0]) / 0.5, (self._down - _NAIL[1]) / 0.42)
        nailed = np.clip((1 - nail) * 4, 0, 1)[..., None]
        # Over the palm the thumb's root has no edge of its own.
        rooted = np.clip((self._outwards - 1.2) / 1.6, 0, 1)
        shade = thumb_shade + rooted * (palm_shade - thumb_shade)
        tint = skin * (shade[..., None] * (1 + (_NAIL_TINT - 1) * nailed))
        _lay(light, tint, np.where(rooted > 0, thumb * (1 - rooted * palm), thumb))

    def _limb(
        self, joints: tuple[tuple[float, float, float], ...]
    ) -> tuple[FloatArray, FloatArray]:
        """Return cover and shading of a chain of tapered rods, each of the part's shape."""
        outwards, down = self._outwards, self._down
        nearest = np.full_like(outwards, np.inf)
        slant_x, slant_y = np.zeros_like(outwards), np.zeros_like(outwards)
        for (x0, y0, r0), (x1, y1, r1) in pairwise(joints):
            along = (outwards - x0) * (x1 - x0) + (down - y0) * (y1 - y0)
            share = np.clip(along / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
            dx, dy = outwards - x0 - share * (x1 - x0), down - y0 - share * (y1 - y0)
            radius = r0 + share * (r1 - r0)
            beyond = np.hypot(dx, dy) - radius
            closer = beyond < nearest
            nearest = np.where(closer, beyond, nearest)
            slant_x = np.where(closer, self._side * dx / radius, slant_x)
            slant_y = np.where(closer, dy / radius, slant_y)
        height = np.sqrt(np.clip(1 - slant_x**2 - slant_y**2, 0.02, 1))
        lit = slant_x * _LIGHT_FROM[0] + slant_y * _LIGHT_FROM[1] + height * _LIGHT_FROM[2]
        cover = np.clip(0.5 - nearest * self._px_per_cm / 1.5, 0, 1)
        shade = 0.32 + 0.75 * np.maximum(lit, 0)
        return cover.astype(np.float32), shade.astype(np.float32)


def _lay(light: FloatArray, colour: FloatArray, cover: FloatArray) -> None:
    light += cover[..., None] * (colour - light)


def _around(wanted: BoolArray) -> tuple[slice, slice] | None:
    """Return the smallest part of the picture that holds all wanted pixels."""
    rows, columns = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
    if len(rows) == 0:
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
