"""How far a person's head reaches in each direction: what hair and scarves lie on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.rig import IntArray, Rig

__all__ = ["CENTRE_CM", "Skull", "directions", "grid_triangles", "over_ear"]

CENTRE_CM = np.array([0.0, 4.0, -0.5], dtype=np.float32)
"""Where directions are measured from."""
_N_NEAREST = 6


@dataclass(frozen=True, slots=True, eq=False)
class Skull:
    """The outside of one head without its ears."""

    tree: KDTree
    """Unit directions of its vertices from the centre."""
    reach_cm: FloatArray
    """Distance of each vertex from the centre, shape (n_vertices,)."""

    @classmethod
    def of(cls, rig: Rig, head: FloatArray) -> Skull:
        """Measure a head.

        Args:
            rig: The rig whose parts say what is outside.
            head: The person's neutral vertices in cm, shape (n_vertices, 3).
        """
        outside = np.unique(np.concatenate([rig.parts["M_Face"], rig.parts["M_BackHead"]]))
        outside = outside[~over_ear(rig.neutral[outside])]
        ray = head[outside] - CENTRE_CM
        reach = np.linalg.norm(ray, axis=1)
        return cls(KDTree(ray / reach[:, None]), reach.astype(np.float32))

    def surface(self, towards: FloatArray, above_cm: FloatArray | float = 0.0) -> FloatArray:
        """Return places on or above the head in cm, shape (..., 3).

        Args:
            towards: Unit directions from the centre, shape (..., 3).
            above_cm: Height above the skin, broadcast to the directions.
        """
        distance, nearest = self.tree.query(towards, k=_N_NEAREST)
        weight = 1 / (distance + 0.02) ** 2
        reach = (self.reach_cm[nearest] * weight).sum(axis=-1) / weight.sum(axis=-1)
        places = CENTRE_CM + towards * (reach + above_cm)[..., None]
        return np.asarray(places, dtype=np.float32)


def directions(azimuth_deg: FloatArray, elevation_deg: FloatArray) -> FloatArray:
    """Return unit directions: azimuth 0 to the front, 90 to the subject's left."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    flat = np.cos(elevation)
    unit = np.stack([flat * np.sin(azimuth), np.sin(elevation), flat * np.cos(azimuth)], axis=-1)
    return np.asarray(unit, dtype=np.float32)


def over_ear(neutral: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Tell which neutral vertices belong to an ear."""
    x, y, z = neutral.T
    ear = (np.abs(x) > 7.25) & (y > -3.5) & (y < 5.2) & (z > -4.5) & (z < 2.5)
    return np.asarray(ear)


def grid_triangles(n_rows: int, n_columns: int) -> IntArray:
    """Return the triangles of a grid whose vertices run along its columns first."""
    i, j = np.meshgrid(np.arange(n_rows - 1), np.arange(n_columns - 1), indexing="ij")
    here, beside = i * n_columns + j, (i + 1) * n_columns + j
    first = np.stack([here, here + 1, beside], axis=-1)
    second = np.stack([beside, here + 1, beside + 1], axis=-1)
    return np.asarray(np.concatenate([first, second]).reshape(-1, 3), dtype=np.int32)
