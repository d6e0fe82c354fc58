"""Light that reaches each vertex, baked once per person from shadow maps."""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.normals import triangles_around
from facesign.samples.studio.people.figure import Figure
from facesign.samples.studio.rig import IntArray
from facesign.samples.studio.stage.light import Light

__all__ = ["bake_figure"]

_RIM_SPREAD = 0.25
_N_SMOOTHINGS = 3
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


def bake_figure(
    ctx: moderngl.Context,
    figure: Figure,
    normals: FloatArray,
    light: Light,
    facing: FloatArray,
) -> dict[str | None, FloatArray]:
    """Bake the light that reaches a person at rest.

    Args:
        ctx: The rendering context.
        figure: The person.
        normals: Unit normals of the head, shape (n_vertices, 3).
        light: The room's light.
        facing: Rotation of the body in the room, shape (3, 3).

    Returns:
        Light as `_bake` measures it: of each mesh by its part's name, and of the head as None.
    """
    own = [(part, part.mesh) for part in figure.parts if part.mesh and part.eye is None]
    on_head = [p for p in figure.parts if p.mesh is None and p.shadow_cm is not None]
    height = np.zeros(len(figure.head), dtype=np.float32)
    for part in on_head:
        height = np.maximum(height, np.asarray(part.shadow_cm, dtype=np.float32))
    vertices = [figure.head + height[:, None] * normals]
    directions, casting = [normals], [part.triangles for part in on_head]
    starts = {}
    for part, mesh in own:
        starts[part.name] = sum(len(block) for block in vertices)
        vertices.append(mesh.vertices)
        directions.append(part.own_normals())
        if part.shadow_cm is not None:
            casting.append(part.triangles + starts[part.name])
    baked = _bake(
        ctx,
        np.concatenate(vertices),
        np.concatenate(directions),
        np.concatenate(casting),
        key_towards=np.asarray(light.key_towards) @ facing,
        key_spread=light.key_spread,
        rim_towards=np.asarray(light.rim_towards) @ facing,
    )
    shades: dict[str | None, FloatArray] = {None: baked[: len(figure.head)]}
    for part, mesh in own:
        start = starts[part.name]
        shades[part.name] = baked[start : start + len(mesh.vertices)]
    return shades


def _bake(
    ctx: moderngl.Context,
    vertices: FloatArray,
    normals: FloatArray,
    triangles: IntArray,
    *,
    key_towards: FloatArray,
    key_spread: float,
    rim_towards: FloatArray,
) -> FloatArray:
    """Measure how open each vertex is to the sky and to the key light.

    Args:
        ctx: The rendering context.
        vertices: Positions in cm, shape (n_vertices, 3).
        normals: Unit normals, shape (n_vertices, 3).
        triangles: Vertex numbers of everything that casts a shadow.
        key_towards: Unit direction to the key light, shape (3,).
        key_spread: Size of the key light over its distance.
        rim_towards: Unit direction to the rim light, shape (3,).

    Returns:
        Share of the hemisphere that is open, and shares of the key light and of the rim light
        that arrive, each 0 to 1, shape (n_vertices, 3).
    """
    shadows = _ShadowMap(ctx, vertices, triangles)
    open_sky, possible = np.zeros(len(vertices)), np.full(len(vertices), 1e-6)
    for direction in _spread(40):
        facing = np.maximum(normals @ direction, 0)
        open_sky += facing * shadows.lit_from(direction)
        possible += facing
    key = [shadows.lit_from(key_towards + key_spread * jitter) for jitter in _spread(24)]
    rim = [shadows.lit_from(rim_towards + _RIM_SPREAD * jitter) for jitter in _spread(6)]
    shadows.release()
    light = np.stack([open_sky / possible, np.mean(key, axis=0), np.mean(rim, axis=0)], axis=1)
    return _smoothed(np.asarray(light, dtype=np.float32), triangles)


def _smoothed(light: FloatArray, triangles: IntArray) -> FloatArray:
    """Average over the neighbours, for a shadow map is coarser than the mesh of a face."""
    to_triangle = triangles_around(triangles, len(light))
    n_around = np.asarray(to_triangle.sum(axis=1), dtype=np.float32)
    met = n_around[:, 0] > 0
    smooth = light.copy()
    for _ in range(_N_SMOOTHINGS):
        within = smooth[triangles].mean(axis=1)
        smooth[met] = (to_triangle @ within)[met] / n_around[met]
    return smooth


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
        matrix = _orthographic(np.asarray(towards / np.linalg.norm(towards), np.float32))
        ortho: Any = self._program["ortho"]
        ortho.write(matrix.T.astype("f4").tobytes())
        self._target.use()
        self._target.clear()
        self._mesh.render()
        nearest = np.frombuffer(self._depth.read(), dtype=np.float32).reshape(_MAP_PX, _MAP_PX)
        place = (self._vertices @ matrix[:3, :3].T + matrix[:3, 3] + 1) / 2
        column, row = np.clip(place[:, :2] * _MAP_PX, 0, _MAP_PX - 1).astype(int).T
        within = np.all((place[:, :2] > 0) & (place[:, :2] < 1), axis=1)
        hidden = within & (place[:, 2] > nearest[row, column] + _BIAS_CM / (2 * _REACH_CM))
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
