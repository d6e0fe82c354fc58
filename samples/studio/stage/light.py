"""Light that reaches each vertex, baked once per person from shadow maps."""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.rig import IntArray

__all__ = ["KEY_DIRECTION", "bake_light", "vertex_normals"]

KEY_DIRECTION = np.array([-0.50, 0.45, 0.74], dtype=np.float32)
_KEY_SPREAD = 0.22
"""Size of the window that the key light comes through."""
_MIDDLE_CM = np.array([0.0, -3.0, 0.0])
_MAP_PX = 512
_REACH_CM = 34.0
_BIAS_CM = 0.22

_DEPTH_VERTEX = """
#version 330
uniform mat4 ortho;
in vec3 position;
void main() { gl_Position = ortho * vec4(position, 1.0); }
"""
_DEPTH_FRAGMENT = """
#version 330
void main() {}
"""


def vertex_normals(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """Average the normals of the triangles around each vertex, weighted by area.

    Args:
        vertices: Positions, shape (n_vertices, 3).
        triangles: Vertex numbers, shape (n_triangles, 3).

    Returns:
        Unit normals, shape (n_vertices, 3); zero where a vertex is in no triangle.
    """
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    around = np.repeat(np.cross(b - a, c - a), 3, axis=0)
    summed = np.stack(
        [np.bincount(triangles.ravel(), around[:, axis], len(vertices)) for axis in range(3)],
        axis=1,
    )
    length = np.linalg.norm(summed, axis=1, keepdims=True)
    return np.divide(summed, length, out=np.zeros_like(summed), where=length > 0).astype(np.float32)


def bake_light(
    ctx: moderngl.Context, vertices: FloatArray, normals: FloatArray, triangles: IntArray
) -> FloatArray:
    """Measure how open each vertex is to the sky and to the key light.

    Args:
        ctx: The rendering context.
        vertices: Positions in cm, shape (n_vertices, 3).
        normals: Unit normals, shape (n_vertices, 3).
        triangles: Vertex numbers of everything that casts a shadow.

    Returns:
        Share of the hemisphere that is open, and share of the key light that arrives,
        each 0 to 1, shape (n_vertices, 2).
    """
    shadows = _ShadowMap(ctx, vertices, triangles)
    open_sky, possible = np.zeros(len(vertices)), np.full(len(vertices), 1e-6)
    for direction in _spread(64):
        facing = np.maximum(normals @ direction, 0)
        open_sky += facing * shadows.lit_from(direction)
        possible += facing
    key = [shadows.lit_from(KEY_DIRECTION + _KEY_SPREAD * jitter) for jitter in _spread(24)]
    shadows.release()
    light = np.stack([open_sky / possible, np.mean(key, axis=0)], axis=1)
    return np.asarray(light, dtype=np.float32)


class _ShadowMap:
    """Depth pictures of one mesh from far away."""

    def __init__(self, ctx: moderngl.Context, vertices: FloatArray, triangles: IntArray) -> None:
        self._vertices = vertices
        self._program = ctx.program(vertex_shader=_DEPTH_VERTEX, fragment_shader=_DEPTH_FRAGMENT)
        self._depth = ctx.depth_texture((_MAP_PX, _MAP_PX))
        self._target = ctx.framebuffer(depth_attachment=self._depth)
        self._mesh = ctx.vertex_array(
            self._program,
            [(ctx.buffer(vertices.astype("f4").tobytes()), "3f", "position")],
            ctx.buffer(triangles.astype("i4").tobytes()),
        )
        ctx.enable_only(moderngl.DEPTH_TEST)

    def lit_from(self, towards: FloatArray) -> FloatArray:
        """Return 1 for vertices that see a direction and 0 for the others."""
        matrix = _orthographic(towards / np.linalg.norm(towards))
        ortho: Any = self._program["ortho"]
        ortho.write(matrix.T.astype("f4").tobytes())
        self._target.use()
        self._target.clear()
        self._mesh.render()
        nearest = np.frombuffer(self._depth.read(), dtype=np.float32).reshape(_MAP_PX, _MAP_PX)
        place = (self._vertices @ matrix[:3, :3].T + matrix[:3, 3] + 1) / 2
        column, row = np.clip(place[:, :2] * _MAP_PX, 0, _MAP_PX - 1).astype(int).T
        hidden = place[:, 2] > nearest[row, column] + _BIAS_CM / (2 * _REACH_CM)
        return np.where(hidden, 0, 1).astype(np.float32)

    def release(self) -> None:
        """Free what is held on the device."""
        for held in (self._mesh, self._target, self._depth, self._program):
            held.release()


def _spread(n: int) -> FloatArray:
    """Return n directions spread evenly over the sphere."""
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(n)
    height = 1 - 2 * (np.arange(n) + 0.5) / n
    flat = np.sqrt(1 - height**2)
    around = np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], axis=1)
    return np.asarray(around, dtype=np.float32)


def _orthographic(towards: FloatArray) -> FloatArray:
    """Return the view from far away in a unit direction, looking at the neck."""
    helper = [0.0, 1.0, 0.0] if abs(towards[1]) < 0.9 else [1.0, 0.0, 0.0]
    across = np.cross(helper, towards)
    across /= np.linalg.norm(across)
    up = np.cross(towards, across)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([across, up, -towards]) / _REACH_CM
    matrix[:3, 3] = -matrix[:3, :3] @ _MIDDLE_CM
    return np.asarray(matrix, dtype=np.float32)
