"""Normals of meshes that move."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.rig import IntArray

__all__ = ["Normals", "triangles_around", "vertex_normals"]


class Normals:
    """Normals of a mesh of which some triangles move and the others keep still.

    Args:
        rest: Positions at rest, shape (n_vertices, 3).
        moving: Triangles whose vertices move, shape (n_triangles, 3).
        still: The other triangles.
    """

    def __init__(self, rest: FloatArray, moving: IntArray, still: IntArray) -> None:
        self._corners = [np.ascontiguousarray(moving[:, corner]) for corner in range(3)]
        self._sum_around = triangles_around(moving, len(rest))
        self._vertices = np.unique(moving)
        self._sum_around = self._sum_around[self._vertices]
        still_corners = [np.ascontiguousarray(still[:, corner]) for corner in range(3)]
        self._still = triangles_around(still, len(rest)) @ _across(rest, still_corners)
        self._rest = _unit(self._still)

    def of(self, vertices: FloatArray) -> FloatArray:
        """Average the normals of the triangles around each vertex, weighted by area.

        Args:
            vertices: Positions, shape (n_vertices, 3).

        Returns:
            Unit normals, shape (n_vertices, 3); zero where a vertex is in no triangle.
        """
        summed = np.asarray(self._sum_around @ _across(vertices, self._corners), dtype=np.float32)
        normals = self._rest.copy()
        normals[self._vertices] = _unit(summed + self._still[self._vertices])
        return normals


def vertex_normals(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """Return the unit normals of a mesh, see `Normals`, shape (n_vertices, 3)."""
    none = np.zeros((0, 3), dtype=np.int32)
    return Normals(vertices, none, triangles).of(vertices)


def triangles_around(triangles: IntArray, n_vertices: int) -> csr_matrix:
    """Return the matrix that sums over the triangles around each vertex.

    Args:
        triangles: Vertex numbers, shape (n_triangles, 3).
        n_vertices: Of the mesh.
    """
    ones = np.ones(triangles.size, dtype=np.float32)
    numbers = np.repeat(np.arange(len(triangles)), 3)
    return csr_matrix((ones, (triangles.ravel(), numbers)), shape=(n_vertices, len(triangles)))


def _across(vertices: FloatArray, corners: list[npt.NDArray[np.int32]]) -> FloatArray:
    """Return each triangle's normal, as long as twice its area, shape (n_triangles, 3)."""
    x, y, z = np.ascontiguousarray(vertices.T)
    a, b, c = corners
    ax, ay, az = x[a], y[a], z[a]
    bx, by, bz = x[b] - ax, y[b] - ay, z[b] - az
    cx, cy, cz = x[c] - ax, y[c] - ay, z[c] - az
    normals = [by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx]
    return np.asarray(np.stack(normals, axis=1), dtype=np.float32)


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    unit: FloatArray = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    return unit
