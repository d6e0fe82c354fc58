"""One person's meshes, colours and light on the graphics device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import moderngl
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import BoolArray, FloatArray
from facesign.samples.studio.people.bust import sew_bust
from facesign.samples.studio.people.hair import grow_hair
from facesign.samples.studio.people.paint import CANVAS_CM, paint_skin
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import EYE_RADIUS, IntArray, Rig
from facesign.samples.studio.stage import shaders
from facesign.samples.studio.stage.backdrop import paint_backdrop
from facesign.samples.studio.stage.light import bake_light, vertex_normals
from facesign.samples.studio.stage.view import CAMERA_CM, PIVOT_CM, view_projection

__all__ = ["Scene"]

_PROGRAMS = {
    "skin": shaders.SKIN,
    "mouth": shaders.MOUTH,
    "eye": shaders.EYE,
    "lid_line": shaders.LID_LINE,
    "hair": shaders.HAIR,
    "cloth": shaders.CLOTH,
    "backdrop": shaders.BACKDROP,
}
_SHADED = ("M_Face", "M_BackHead", "sockets", "M_GumsTongue", "M_Teeth")
"""Parts that need normals."""
_GRAIN_PX = 256
_PUPIL = 0.36
"""Radius relative to the iris."""


class Scene:
    """What is drawn, apart from how the face moves."""

    def __init__(
        self, ctx: moderngl.Context, rig: Rig, person: Person, size: tuple[int, int]
    ) -> None:
        self._ctx = ctx
        self._head = rig.head(person.identity_weights)
        self._shaded = np.concatenate([rig.parts[part] for part in _SHADED])
        self._programs = {
            name: ctx.program(vertex_shader=vertex, fragment_shader=fragment)
            for name, (vertex, fragment) in _PROGRAMS.items()
        }
        self._meshes: dict[str, moderngl.VertexArray] = {}
        self._build_person(rig)
        self._build_room()
        self._textures = {
            "skin": _texture(ctx, paint_skin(person)),
            "backdrop": _texture(ctx, paint_backdrop(*size)),
        }
        self._grain = _grain(ctx)
        self._colour(person)
        self.set("view_projection", view_projection(size[0] / size[1]))

    @property
    def head(self) -> FloatArray:
        """The person's neutral vertices in cm, shape (n_vertices, 3)."""
        return self._head

    def move(self, vertices: FloatArray) -> None:
        """Put the head's vertices elsewhere; cm, shape (n_vertices, 3)."""
        self._moving["position"].write(vertices.tobytes())
        self._moving["normal"].write(vertex_normals(vertices, self._shaded).tobytes())

    def set(self, name: str, value: npt.ArrayLike, program: str | None = None) -> None:
        """Set a uniform of one program, or of every program that has it."""
        data = np.ascontiguousarray(np.asarray(value).T, dtype="f4").tobytes()
        for shader in [self._programs[program]] if program else self._programs.values():
            if name in shader:
                uniform: Any = shader[name]
                uniform.write(data)

    def draw(self, mesh: str) -> None:
        """Draw one mesh with its program."""
        self._textures.get(mesh, self._grain).use(0)
        self._meshes[mesh].render()

    def _build_person(self, rig: Rig) -> None:
        hair, bust = grow_hair(rig), sew_bust()
        outside = np.concatenate([rig.parts["M_Face"], rig.parts["M_BackHead"]])
        normals = vertex_normals(self._head, self._shaded)
        cloth_normals = vertex_normals(bust.vertices, bust.triangles)
        hairy = self._head + 0.7 * hair.comb[:, 3:] * normals
        light = bake_light(
            self._ctx,
            np.concatenate([hairy, bust.vertices]),
            np.concatenate([normals, cloth_normals]),
            np.concatenate([outside, bust.triangles + len(hairy)]),
        )
        self._moving = self._upload(
            position=self._head,
            normal=normals,
            rest=rig.neutral,
            shade=light[: len(hairy)],
            comb=hair.comb,
            strand=hair.strand,
            uv=rig.uv,
        )
        cloth = self._upload(
            position=bust.vertices,
            normal=cloth_normals,
            shade=light[len(hairy) :],
            weave=bust.weave,
        )
        self._add("skin", "skin", self._moving, outside[_bare(rig, outside)])
        self._add("socket", "mouth", self._moving, rig.parts["sockets"])
        self._add("gums", "mouth", self._moving, rig.parts["M_GumsTongue"])
        self._add("teeth", "mouth", self._moving, rig.parts["M_Teeth"])
        self._add("lid_line", "lid_line", self._moving, rig.parts["M_EyeOcclusion"])
        self._add("hair", "hair", self._moving, hair.triangles)
        self._add("cloth", "cloth", cloth, bust.triangles)

    def _build_room(self) -> None:
        sphere, triangles = _half_sphere()
        self._add("eye", "eye", self._upload(position=sphere), triangles)
        corners = np.array([[-1, -1], [3, -1], [-1, 3]], dtype=np.float32)
        whole = np.array([[0, 1, 2]], dtype=np.int32)
        self._add("backdrop", "backdrop", self._upload(corner=corners), whole)

    def _colour(self, person: Person) -> None:
        self.set("camera", CAMERA_CM)
        self.set("pivot", PIVOT_CM)
        self.set("canvas", CANVAS_CM)
        self.set("tint", np.array(person.hair) / 255, "hair")
        self.set("tint", np.array(person.clothes) / 255, "cloth")
        self.set("iris", np.array(person.iris) / 255)
        self.set("pupil", _PUPIL)
        self.set("radius", EYE_RADIUS)

    def _upload(self, **arrays: FloatArray) -> dict[str, moderngl.Buffer]:
        return {name: self._ctx.buffer(a.astype("f4").tobytes()) for name, a in arrays.items()}

    def _add(
        self, mesh: str, program: str, buffers: Mapping[str, moderngl.Buffer], triangles: IntArray
    ) -> None:
        shader = self._programs[program]
        members = ((name, shader[name]) for name in shader)
        content = [
            (buffers[name], f"{member.dimension}f", name)
            for name, member in members
            if isinstance(member, moderngl.Attribute)
        ]
        index = self._ctx.buffer(triangles.astype("i4").tobytes())
        self._meshes[mesh] = self._ctx.vertex_array(shader, content, index)


def _half_sphere() -> tuple[FloatArray, IntArray]:
    """Return the front of a unit sphere, its pole on the line of sight."""
    n_rings, n_around = 40, 64
    tilt, around = np.meshgrid(
        np.linspace(0, 0.62 * np.pi, n_rings),
        np.linspace(0, 2 * np.pi, n_around, endpoint=False),
        indexing="ij",
    )
    flat = np.sin(tilt)
    points = np.stack([flat * np.cos(around), flat * np.sin(around), np.cos(tilt)], axis=-1)
    i, j = np.meshgrid(np.arange(n_rings - 1), np.arange(n_around), indexing="ij")
    a, b = i * n_around + j, i * n_around + (j + 1) % n_around
    triangles = np.stack([a, a + n_around, b, b, a + n_around, b + n_around], axis=-1)
    return points.reshape(-1, 3).astype(np.float32), triangles.reshape(-1, 3).astype(np.int32)


def _bare(rig: Rig, triangles: IntArray) -> BoolArray:
    """Tell which skin is not under the pullover, where it might poke through."""
    x, y, z = rig.neutral[triangles].mean(axis=1).T
    beyond_collar = (x / 7.2) ** 2 + ((z + 1.0) / 5.9) ** 2 > 1
    bare: BoolArray = ~(beyond_collar & (y < -11.5)) & (y > -17)
    return bare


def _grain(ctx: moderngl.Context) -> moderngl.Texture:
    """Return white noise that repeats without a seam: strands and threads."""
    noise = np.random.default_rng(3).integers(0, 256, (_GRAIN_PX, _GRAIN_PX), dtype=np.uint8)
    return ctx.texture((_GRAIN_PX, _GRAIN_PX), 1, noise.tobytes())


def _texture(ctx: moderngl.Context, image: npt.NDArray[np.uint8]) -> moderngl.Texture:
    height, width, channels = image.shape
    texture = ctx.texture((width, height), channels, np.ascontiguousarray(image).tobytes())
    texture.build_mipmaps()
    texture.repeat_x = texture.repeat_y = False
    return texture
