"""Hair that hangs or is gathered: strands laid over the skull as grids of vertices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.skull import Skull, directions, grid_triangles
from facesign.samples.studio.rig import IntArray

__all__ = ["Locks", "bangs", "bun", "curls", "curtain", "gathered", "joined"]

_HAIRLINE_DEG = np.array([0, 25, 42, 58, 66, 78, 92, 108, 125, 145, 180])
_HAIRLINE_RISE_DEG = np.array([31, 32, 32, 22, 0, -2, 7, -2, -20, -36, -46])
"""Elevation of the hair's lower edge by azimuth from the front."""
_N_ALONG = 36


@dataclass(frozen=True, slots=True, eq=False)
class Locks:
    """Strands as a surface; shells above it give them body."""

    vertices: FloatArray
    """Positions in cm, shape (n_vertices, 3)."""
    triangles: IntArray
    comb: FloatArray
    """Direction of the tips and height of the outermost shell in cm, (n_vertices, 4)."""
    strand: FloatArray
    """Coordinates across and along the strands in cm, (n_vertices, 2)."""
    cover: FloatArray
    """From 0 at thin edges to 1, shape (n_vertices,)."""


def curtain(
    skull: Skull,
    *,
    tips_cm: float,
    volume_cm: float,
    front_deg: float = 62.0,
    part_deg: float = 36.0,
) -> Locks:
    """Part the hair in the middle and let it hang around the head.

    Args:
        skull: The head.
        tips_cm: Height at which the hair ends.
        volume_cm: Height above the skin at the sides.
        front_deg: Azimuth of the front strands at the height of the ears.
        part_deg: Elevation at which the parting begins above the forehead.
    """
    n_side = 44
    t = np.concatenate([np.linspace(0, 1, n_side), np.linspace(1, 0, n_side)[1:]])
    side = np.concatenate([np.ones(n_side), -np.ones(n_side - 1)])
    ease = t**1.25
    along_part = np.radians(part_deg + (148 - part_deg) * ease)
    root = np.stack([-0.02 * side, np.sin(along_part), np.cos(along_part)], axis=-1)
    ear = directions(side * (front_deg + (180 - front_deg) * t), np.full_like(t, 4.0))
    on_skull = np.linspace(0, 1, 22)
    towards = _slerp(root, ear, on_skull)
    rise = volume_cm * (0.28 + 0.72 * np.sin(0.5 * np.pi * on_skull) ** 1.2)
    upper = skull.surface(towards, rise)
    lower = _hanging(upper[:, -1], t, tips_cm)
    strands = np.concatenate([upper, lower[:, 1:]], axis=1)
    # Only the bend at the ears is smoothed; a smoothed parting would gape.
    smooth = gaussian_filter1d(strands, 1.2, axis=1, mode="nearest")
    strands[:, 5:] = smooth[:, 5:]
    return _as_locks(strands, height_cm=0.22, thin_tips=True)


def bangs(skull: Skull, *, tips_deg: float = 17.0, half_width_deg: float = 50.0) -> Locks:
    """Comb hair from the crown over the forehead, ending above the brows."""
    azimuth = np.linspace(-half_width_deg, half_width_deg, 50)
    crown = directions(0.8 * azimuth, np.full_like(azimuth, 76.0))
    tips = directions(azimuth, tips_deg + 0.004 * azimuth**2)
    on_skull = np.linspace(0, 1, _N_ALONG)
    rise = 0.42 + 0.62 * np.sin(np.pi * np.clip(0.12 + 0.80 * on_skull, 0, 1))
    strands = skull.surface(_slerp(crown, tips, on_skull), rise)
    return _as_locks(strands, height_cm=0.22, thin_tips=True)


def gathered(skull: Skull, *, knot_deg: float = 74.0) -> Locks:
    """Comb all hair tightly from the hairline to a knot at the back of the crown."""
    azimuth = np.linspace(180, -180, 121)
    edge = directions(azimuth, _hairline_deg(azimuth))
    knot = np.broadcast_to(directions(np.array(180.0), np.array(knot_deg)), edge.shape)
    on_skull = np.linspace(0, 0.97, _N_ALONG)
    rise = 0.04 + 0.44 * np.clip(on_skull / 0.25, 0, 1) ** 0.7
    strands = skull.surface(_slerp(edge, knot, on_skull), rise)
    return _as_locks(strands, height_cm=0.2, roots=0.06)


def bun(skull: Skull, *, knot_deg: float = 74.0, radius_cm: float = 2.7) -> Locks:
    """Wind a knot of hair where `gathered` ends."""
    towards = directions(np.array(180.0), np.array(knot_deg))
    middle = skull.surface(towards, 0.75 * radius_cm)
    across = np.array([1.0, 0.0, 0.0])
    up = np.cross(towards, across)
    around, tilt = np.meshgrid(
        np.linspace(0, 2 * np.pi, 41), np.linspace(0.02, np.pi - 0.02, 24), indexing="ij"
    )
    wound = around + 0.5 * tilt
    ball = (
        np.cos(wound)[..., None] * np.sin(tilt)[..., None] * across
        + np.sin(wound)[..., None] * np.sin(tilt)[..., None] * up
        + 0.78 * np.cos(tilt)[..., None] * towards
    )
    ripple = 1 + 0.05 * np.cos(5 * around + 3 * tilt)
    return _as_locks(middle + radius_cm * ripple[..., None] * ball, height_cm=0.25)


def curls(skull: Skull, *, volume_cm: float) -> Locks:
    """Let curly hair stand away from the head on all sides."""
    azimuth = np.linspace(180, -180, 181)
    uneven = 1.2 * np.sin(0.9 * azimuth) + 0.8 * np.sin(2.3 * azimuth + 1)
    edge = directions(azimuth, _hairline_deg(azimuth) + uneven)
    crown = np.broadcast_to(np.array([0.0, 0.996, -0.09]), edge.shape)
    on_skull = np.linspace(0, 0.985, 48)
    swell = np.sin(0.5 * np.pi * np.clip(on_skull / 0.5, 0, 1)) ** 1.25
    # The sides stand out less than the crown, or the head reads as a helmet.
    flat = 1 - 0.35 * np.exp(-(((np.abs(azimuth) - 85) / 35) ** 2))[:, None] * (1 - on_skull)
    around, along = np.meshgrid(np.radians(azimuth), on_skull, indexing="ij")
    tufts = np.sin(23 * around + 5 * np.sin(19 * along)) * np.sin(
        31 * along + 3 * np.sin(7 * around)
    )
    rise = 0.05 + volume_cm * swell * flat + 0.22 * tufts * np.clip(8 * along, 0, 1)
    strands = skull.surface(_slerp(edge, crown, on_skull), rise)
    return _as_locks(strands, height_cm=0.4, roots=0.2)


def joined(pieces: Sequence[Locks]) -> Locks:
    """Put several pieces into one mesh, drawn in their order."""
    firsts = np.cumsum([0, *(len(piece.vertices) for piece in pieces[:-1])])
    return Locks(
        vertices=np.concatenate([piece.vertices for piece in pieces]),
        triangles=np.concatenate(
            [p.triangles + first for p, first in zip(pieces, firsts, strict=True)]
        ).astype(np.int32),
        comb=np.concatenate([piece.comb for piece in pieces]),
        strand=np.concatenate([piece.strand for piece in pieces]),
        cover=np.concatenate([piece.cover for piece in pieces]),
    )


def _hairline_deg(azimuth_deg: FloatArray) -> FloatArray:
    rise = np.interp(np.abs(azimuth_deg), _HAIRLINE_DEG, _HAIRLINE_RISE_DEG)
    return rise.astype(np.float32)


def _hanging(ear: FloatArray, t: FloatArray, tips_cm: float) -> FloatArray:
    """Continue strands down from the ears, past the neck, over or behind the shoulders."""
    down = np.linspace(0, 1, 22)
    y = ear[:, 1:2] + down * (tips_cm - ear[:, 1:2])
    below_jaw = np.clip((-4.0 - y) / 8.0, 0, 1)
    inward = 1 - 0.10 * np.clip((2.0 - y) / 8.0, 0, 1)
    curl = 1 - 0.10 * down**6 * (tips_cm > -9)
    x = ear[:, :1] * inward * curl
    front = np.clip(1 - t / 0.38, 0, 1)[:, None]
    behind = np.clip((t - 0.55) / 0.3, 0, 1)[:, None]
    z = ear[:, 2:] + 6.0 * front * below_jaw**1.5 - 3.4 * behind * below_jaw
    x = x * (1 + 0.16 * front * below_jaw)
    return np.stack([x, y, z], axis=-1)


def _slerp(start: FloatArray, end: FloatArray, share: FloatArray) -> FloatArray:
    """Walk along great circles, shape (n_strands, n_along, 3)."""
    start = start / np.linalg.norm(start, axis=-1, keepdims=True)
    cosine = np.clip((start * end).sum(axis=-1), -0.9999, 0.9999)
    angle = np.arccos(cosine)[:, None]
    first = np.sin((1 - share) * angle) / np.sin(angle)
    second = np.sin(share * angle) / np.sin(angle)
    walk = first[..., None] * start[:, None] + second[..., None] * end[:, None]
    return np.asarray(walk, dtype=np.float32)


def _as_locks(
    strands: FloatArray, *, height_cm: float, thin_tips: bool = False, roots: float = 0.0
) -> Locks:
    n_strands, n_along = strands.shape[:2]
    steps = np.diff(strands, axis=1, append=2 * strands[:, -1:] - strands[:, -2:-1])
    length = np.cumsum(np.linalg.norm(steps, axis=-1), axis=1)
    spread = np.linalg.norm(np.diff(strands, axis=0), axis=-1).max(axis=1)
    across = np.concatenate([[0], np.cumsum(spread)])
    heading = steps / np.maximum(np.linalg.norm(steps, axis=-1, keepdims=True), 1e-6)
    cover = np.ones((n_strands, n_along))
    along = np.linspace(0, 1, n_along)
    if thin_tips:
        cover *= np.clip((1 - along) / 0.06, 0, 1)
    if roots:
        cover *= np.clip(along / roots + 0.25, 0, 1)
    comb = np.concatenate([heading * 0.12, np.full((*heading.shape[:2], 1), height_cm)], axis=-1)
    coordinates = np.stack(np.broadcast_arrays(across[:, None], length), axis=-1)
    return Locks(
        vertices=strands.reshape(-1, 3).astype(np.float32),
        triangles=grid_triangles(n_strands, n_along),
        comb=comb.reshape(-1, 4).astype(np.float32),
        strand=coordinates.reshape(-1, 2).astype(np.float32),
        cover=cover.reshape(-1).astype(np.float32),
    )
