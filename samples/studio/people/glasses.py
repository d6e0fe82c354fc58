"""Glasses that sit on the nose and the ears of one head and turn with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.parts import Mesh, Part, linear
from facesign.samples.studio.people.person import Glasses, Person, Rgb
from facesign.samples.studio.people.tubes import tube
from facesign.samples.studio.rig import EYE_RADIUS, IntArray, Rig

__all__ = ["glasses"]

_BEFORE_EYE_CM = 1.15
"""Distance of the panes from the cornea."""
_MOST_FORWARD_CM = 0.9
"""How much farther out glasses may sit so that no rim sinks into cheek or brow."""
_EAR = (7.75, 4.95, 0.2)
"""Where a temple rests on the neutral head's left ear, cm."""
_PANE_RADIUS_CM = 10.5
"""Curvature of the panes."""


@dataclass(frozen=True, slots=True)
class _Frame:
    half_width_cm: float
    half_height_cm: float
    roundness: float
    """Exponent of the rim's outline: 2 is an ellipse, more is squarer."""
    rim_cm: float
    """Half the thickness of the rim."""
    colours: tuple[Rgb, ...]
    mirror: float
    """Strength of what the panes mirror."""


_FRAMES: dict[Glasses, _Frame] = {
    "thin": _Frame(2.45, 1.75, 2.6, 0.055, ((120, 112, 100), (60, 60, 64), (150, 120, 70)), 0.16),
    "thick": _Frame(2.62, 1.85, 3.4, 0.17, ((22, 20, 20), (62, 38, 24), (34, 40, 58)), 0.16),
    "reflecting": _Frame(2.5, 1.8, 2.9, 0.09, ((34, 34, 38), (92, 84, 78)), 0.85),
}


def glasses(rig: Rig, person: Person, head: FloatArray, eyes: FloatArray) -> list[Part]:
    """Return frame and panes, or nothing for who wears none.

    Args:
        rig: The rig, whose neutral head tells where ears and nose are.
        person: Who wears them.
        head: The person's neutral vertices in cm, shape (n_vertices, 3).
        eyes: Eyeball centres in cm, left first, shape (2, 3).
    """
    if person.glasses == "none":
        return []
    frame = _FRAMES[person.glasses]
    rng = np.random.default_rng([person.seed, 5])
    colour = frame.colours[int(rng.integers(len(frame.colours)))]
    fit = _Fit.of(rig, head, eyes, frame)
    rods = [fit.rim(side) for side in (1.0, -1.0)]
    thickness = frame.rim_cm
    pieces = [
        tube(rim, half_width_cm=1.2 * thickness, half_height_cm=thickness, closed=True)
        for rim in rods
    ]
    pieces.append(
        tube(
            fit.bridge(),
            half_width_cm=1.1 * thickness,
            half_height_cm=max(0.9 * thickness, 0.06),
            closed=False,
        )
    )
    for side in (1.0, -1.0):
        pieces.append(
            tube(
                fit.temple(rig, head, side),
                half_width_cm=max(0.7 * thickness, 0.06),
                half_height_cm=max(1.3 * thickness, 0.07),
                closed=False,
            )
        )
    vertices, normals, triangles = _joined(pieces)
    return [
        Part(
            name="glasses.frame",
            material="frame",
            triangles=triangles,
            mesh=Mesh(vertices, share=1.0, normals=normals),
            uniforms={"tint": linear(colour), "gloss": 0.6},
            two_sided=True,
        ),
        *(_pane(fit, side, frame) for side in (1.0, -1.0)),
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Where the glasses sit on one head."""

    middle: FloatArray
    """Centre of the left pane in cm, shape (3,)."""
    frame: _Frame
    nose_z_cm: float

    @classmethod
    def of(cls, rig: Rig, head: FloatArray, eyes: FloatArray, frame: _Frame) -> _Fit:
        x, y, z = rig.neutral.T
        on_bridge = (np.abs(x) < 0.35) & (y > 3.5) & (y < 4.4) & (z > 9)
        nose_z_cm = float(head[on_bridge, 2].max())
        apart = float(eyes[0, 0] - eyes[1, 0]) / 2 + 0.12
        before = float(eyes[:, 2].mean()) + EYE_RADIUS + _BEFORE_EYE_CM
        middle = np.array([apart, float(eyes[:, 1].mean()) - 0.28, max(before, nose_z_cm - 0.35)])
        fit = cls(middle, frame, nose_z_cm)
        front = head[z > 7.5]
        sunk_cm = max(fit._sunk_cm(front, side) for side in (1.0, -1.0))
        middle[2] += min(sunk_cm, _MOST_FORWARD_CM)
        return cls(middle, frame, nose_z_cm)

    def _sunk_cm(self, front: FloatArray, side: float) -> float:
        """Return how far the rim would lie inside the face."""
        rim = self.rim(side)
        near = KDTree(front[:, :2]).query(rim[:, :2], k=3)[1]
        depth = front[near, 2].max(axis=1) + 1.3 * self.frame.rim_cm + 0.05 - rim[:, 2]
        return max(0.0, float(depth.max()))

    def outline(self, turn: FloatArray, side: float, share: FloatArray | float = 1.0) -> FloatArray:
        """Return places on a pane, by angle and share of the way to the rim."""
        power = 2 / self.frame.roundness
        cosine, sine = np.cos(turn), np.sin(turn)
        across = share * self.frame.half_width_cm * np.sign(cosine) * np.abs(cosine) ** power
        up = share * self.frame.half_height_cm * np.sign(sine) * np.abs(sine) ** power
        # Wider above than below, as faces are, and cut away beside the nose.
        across = np.where(across < 0, 0.84, 1.0) * across
        across = across * (1 + 0.07 * up / self.frame.half_height_cm)
        back = (across**2 + up**2) / (2 * _PANE_RADIUS_CM) + 0.09 * np.maximum(across, 0)
        places = [side * (self.middle[0] + across), self.middle[1] + up, self.middle[2] - back]
        return np.stack(np.broadcast_arrays(*places), axis=-1)

    def rim(self, side: float) -> FloatArray:
        return self.outline(np.linspace(0, 2 * np.pi, 64, endpoint=False), side)

    def bridge(self) -> FloatArray:
        start = self.outline(np.array([0.80 * np.pi]), 1.0)[0]
        share = np.linspace(-1, 1, 13)
        x = -share * start[0]
        y = start[1] + 0.18 * (1 - share**2)
        z = start[2] + (max(self.nose_z_cm + 0.08, start[2]) - start[2]) * (1 - share**2)
        return np.stack([x, y, z], axis=-1)

    def temple(self, rig: Rig, head: FloatArray, side: float) -> FloatArray:
        hinge = self.outline(np.array([0.17 * np.pi]), side)[0]
        rest = [side * _EAR[0], _EAR[1], _EAR[2]]
        nearest = np.argsort(np.linalg.norm(rig.neutral - rest, axis=1))[:6]
        ear = head[nearest].mean(axis=0) + np.array([side * 0.15, 0.12, 0.0])
        share = np.linspace(0, 1, 26)[:, None]
        straight = hinge + share * (ear - hinge)
        straight[:, 0] += side * 0.25 * np.sin(np.pi * share[:, 0])
        straight = _outside(straight, head, side)
        bend = ear + np.array([[-0.15 * side, -0.5, -1.0], [-0.4 * side, -1.8, -1.9]])
        return np.concatenate([straight, bend])


def _outside(points: FloatArray, head: FloatArray, side: float) -> FloatArray:
    """Push a temple out of the head's side."""
    pushed = points.copy()
    for point in pushed[2:]:
        near = (np.abs(head[:, 1] - point[1]) < 0.4) & (np.abs(head[:, 2] - point[2]) < 0.5)
        if near.any():
            reach = float((side * head[near, 0]).max()) + 0.12
            point[0] = side * max(side * point[0], min(reach, 8.4))
    return pushed


def _pane(fit: _Fit, side: float, frame: _Frame) -> Part:
    turn, share = np.meshgrid(np.linspace(0, 2 * np.pi, 49), np.linspace(0, 0.985, 8))
    places = fit.outline(turn, side, share)
    across = places[..., 0] - side * fit.middle[0]
    up = places[..., 1] - fit.middle[1]
    normals = np.stack([across + side * 0.9, up, np.full_like(up, _PANE_RADIUS_CM)], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    i, j = np.meshgrid(np.arange(7), np.arange(48), indexing="ij")
    a, b = i * 49 + j, i * 49 + j + 1
    triangles = np.stack([a, a + 49, b, b, a + 49, b + 49], axis=-1).reshape(-1, 3)
    return Part(
        name="glasses.left" if side > 0 else "glasses.right",
        material="glass",
        triangles=triangles.astype(np.int32),
        mesh=Mesh(
            places.reshape(-1, 3).astype(np.float32),
            share=1.0,
            normals=normals.reshape(-1, 3).astype(np.float32),
        ),
        uniforms={"mirror": frame.mirror, "tint": (0.80, 0.86, 0.88)},
        blended=True,
        two_sided=True,
        shadow_cm=None,
    )


def _joined(
    pieces: list[tuple[FloatArray, FloatArray, IntArray]],
) -> tuple[FloatArray, FloatArray, IntArray]:
    firsts = np.cumsum([0, *(len(piece[0]) for piece in pieces[:-1])])
    triangles = [t + first for (_, _, t), first in zip(pieces, firsts, strict=True)]
    vertices = np.concatenate([piece[0] for piece in pieces])
    normals = np.concatenate([piece[1] for piece in pieces])
    return vertices, normals, np.concatenate(triangles).astype(np.int32)
