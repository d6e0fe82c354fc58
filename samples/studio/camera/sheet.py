"""A flat or bent thing in front of the camera, seen in perspective."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from facesign.biometrics.stream import FloatArray

__all__ = ["FOCAL", "Pose", "Seen", "look_at"]

FOCAL = 1.78
"""Focal length in picture heights: a face fills half the picture from 60 cm."""
_GRID_PX = 4
"""Rays are traced at every fourth pixel each way: what lies between is smooth."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a thing is held, seen from the camera."""

    right_cm: float
    down_cm: float
    away_cm: float
    yaw_deg: float = 0.0
    """Right edge turned away."""
    pitch_deg: float = 0.0
    """Upper edge turned away."""
    roll_deg: float = 0.0
    """Turned clockwise in the picture."""
    bend: float = 0.0
    """Curvature about the upright axis in 1/cm: positive brings the edges nearer."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Which point of the thing each pixel shows; all of shape (height, width)."""

    across_cm: FloatArray
    """From the middle to the right, along the thing."""
    down_cm: FloatArray
    px_per_cm: FloatArray
    facing: FloatArray
    """Cosine between the thing's normal and the line of sight."""
    mirrored_right: FloatArray
    """Where a mirror in its place would look, to the right; up to 1."""
    mirrored_down: FloatArray

    def inside(self, width_cm: float, height_cm: float, corner_cm: float = 0.0) -> FloatArray:
        """Return how much of each pixel lies in a rectangle with round corners, 0 to 1."""
        x = np.abs(self.across_cm) - width_cm / 2 + corner_cm
        y = np.abs(self.down_cm) - height_cm / 2 + corner_cm
        outside = np.hypot(np.maximum(x, 0), np.maximum(y, 0)) + np.minimum(np.maximum(x, y), 0)
        cover: FloatArray = np.clip((corner_cm - outside) * self.px_per_cm + 0.5, 0, 1)
        return cover

    def texture(self, picture: FloatArray, width_cm: float, height_cm: float) -> FloatArray:
        """Lay a picture on the thing, centred; float32, shape (rows, columns, 3)."""
        rows, columns = picture.shape[:2]
        x = (self.across_cm / width_cm + 0.5) * columns - 0.5
        y = (self.down_cm / height_cm + 0.5) * rows - 0.5
        laid = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(laid, dtype=np.float32)


def look_at(pose: Pose, size: tuple[int, int]) -> Seen:
    """Trace the rays of a camera to a thing.

    Args:
        pose: Where it is.
        size: Width and height of the picture in pixels.
    """
    width, height = size
    focal_px = FOCAL * height
    middle = (_GRID_PX - 1) / 2
    x, y = np.meshgrid(
        (np.arange(-(-width // _GRID_PX)) * _GRID_PX + middle - (width - 1) / 2) / focal_px,
        (np.arange(-(-height // _GRID_PX)) * _GRID_PX + middle - (height - 1) / 2) / focal_px,
    )
    axes = _axes(pose)
    ray = np.stack([x, y, np.ones_like(x)], axis=-1) @ axes
    centre = np.array([pose.right_cm, pose.down_cm, pose.away_cm]) @ axes
    reach = _reach(ray, centre, pose.bend)
    across = reach * ray[..., 0] - centre[0]
    slope = 2 * pose.bend * across
    normal = np.stack([-slope, np.zeros_like(slope), np.full_like(slope, -1.0)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    sight = ray / np.linalg.norm(ray, axis=-1, keepdims=True)
    facing = -(normal * sight).sum(axis=-1)
    mirrored = (sight + 2 * facing[..., None] * normal) @ axes.T
    layers = (
        across * (1 + slope**2 / 6),
        reach * ray[..., 1] - centre[1],
        focal_px / np.maximum(reach, 1e-3),
        facing,
        mirrored[..., 0],
        mirrored[..., 1],
    )
    return Seen(*(_enlarged(layer, size) for layer in layers))


def _axes(pose: Pose) -> FloatArray:
    """Return the thing's directions right, down and away as columns, shape (3, 3)."""
    yaw, pitch, roll = np.radians([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])
    turn = [[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]]
    nod = [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    tilt = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return np.asarray(np.array(turn) @ np.array(nod) @ np.array(tilt), dtype=np.float64)


def _reach(ray: FloatArray, centre: FloatArray, bend: float) -> FloatArray:
    """Return how far each ray goes to the surface away = -bend * across^2."""
    a = -bend * ray[..., 0] ** 2
    b = ray[..., 2] - 2 * bend * ray[..., 0] * centre[0]
    c = centre[2] - bend * centre[0] ** 2
    root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
    reach: FloatArray = 2 * c / (b + root)
    return reach


def _enlarged(layer: FloatArray, size: tuple[int, int]) -> FloatArray:
    rows, columns = layer.shape
    full = cv2.resize(
        layer.astype(np.float32),
        (columns * _GRID_PX, rows * _GRID_PX),
        interpolation=cv2.INTER_LINEAR,
    )
    return np.asarray(full[: size[1], : size[0]], dtype=np.float32)
