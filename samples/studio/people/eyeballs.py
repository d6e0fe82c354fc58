"""The eyeballs: the front of a sphere, its pole on the line of sight."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.parts import Mesh, Part, linear
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import EYE_RADIUS, IntArray

__all__ = ["eyeballs"]

_PUPIL = 0.36
"""Radius relative to the iris."""
_TILT = 0.52 * np.pi
"""How far from the line of sight the sphere goes on: what open lids can show."""


def eyeballs(person: Person, centres: FloatArray) -> tuple[Part, Part]:
    """Return the left and the right eyeball.

    Args:
        person: Gives the iris.
        centres: Eyeball centres in cm, shape (2, 3).
    """
    sphere, triangles = _half_sphere()
    left, right = (
        Part(
            name=f"eye.{side}",
            material="eye",
            triangles=triangles,
            mesh=Mesh(sphere, share=1.0, normals=sphere),
            uniforms={
                "iris": linear(person.iris),
                "pupil": _PUPIL,
                "radius": EYE_RADIUS,
                "centre": centre,
            },
            shadow_cm=None,
            eye=number,
        )
        for number, (side, centre) in enumerate(zip(("left", "right"), centres, strict=True))
    )
    return left, right


def _half_sphere() -> tuple[FloatArray, IntArray]:
    n_rings, n_around = 26, 40
    tilt, around = np.meshgrid(
        np.linspace(0, _TILT, n_rings),
        np.linspace(0, 2 * np.pi, n_around, endpoint=False),
        indexing="ij",
    )
    flat = np.sin(tilt)
    points = np.stack([flat * np.cos(around), flat * np.sin(around), np.cos(tilt)], axis=-1)
    i, j = np.meshgrid(np.arange(n_rings - 1), np.arange(n_around), indexing="ij")
    a, b = i * n_around + j, i * n_around + (j + 1) % n_around
    triangles = np.stack([a, a + n_around, b, b, a + n_around, b + n_around], axis=-1)
    return points.reshape(-1, 3).astype(np.float32), triangles.reshape(-1, 3).astype(np.int32)
