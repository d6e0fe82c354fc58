"""The compiled materials, and how numbers and pictures reach them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import moderngl
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.errors import SettingsError
from facesign.samples.studio.people.parts import Image
from facesign.samples.studio.rig import IntArray
from facesign.samples.studio.stage.shaders import MATERIALS

__all__ = ["Programs", "Uniforms", "as_texture", "buffer_of"]

_GRAIN_PX = 256
_GRAIN_UNIT = 0


class Uniforms:
    """Numbers of one part, packed once and written before each of its draws."""

    def __init__(self, program: moderngl.Program, values: Mapping[str, npt.ArrayLike]) -> None:
        self._written = [
            (program[name], _packed(value)) for name, value in values.items() if name in program
        ]

    def write(self) -> None:
        """Hand the numbers to the program."""
        member: Any
        for member, data in self._written:
            member.write(data)


class Programs:
    """One program a material, shared by everybody in the picture."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._programs = {
            name: ctx.program(vertex_shader=vertex, fragment_shader=fragment)
            for name, (vertex, fragment) in MATERIALS.items()
        }
        self._users: dict[str, list[Any]] = {}
        self._grain = _grain(ctx)
        self._grain.use(_GRAIN_UNIT)

    def __getitem__(self, material: str) -> moderngl.Program:
        """Return the program of a material.

        Raises:
            SettingsError: There is no such material.
        """
        if material not in self._programs:
            raise SettingsError(
                f"no material named {material!r}; there are {', '.join(self._programs)}"
            )
        return self._programs[material]

    def set(self, name: str, value: npt.ArrayLike) -> None:
        """Set a uniform of every program that has it."""
        if name not in self._users:
            programs = self._programs.values()
            self._users[name] = [program[name] for program in programs if name in program]
        data = _packed(value)
        for member in self._users[name]:
            member.write(data)

    def vertex_array(
        self,
        material: str,
        buffers: Mapping[str, tuple[moderngl.Buffer, int]],
        triangles: IntArray,
    ) -> moderngl.VertexArray:
        """Bind buffers to a material by the names that its source gives them.

        Args:
            material: Name of the material.
            buffers: Name to buffer of float32 and how many of them a vertex has.
            triangles: Vertex numbers, shape (n_triangles, 3).

        Raises:
            SettingsError: A buffer is missing or has too few numbers a vertex.
        """
        program = self[material]
        content = []
        for name, attribute in _attributes(program):
            wanted, (buffer, held) = attribute.dimension, buffers.get(name, (None, 0))
            if buffer is None or held < wanted:
                raise SettingsError(
                    f"material {material} needs {name} with {wanted} numbers a vertex"
                )
            skipped = f" {held - wanted}x4" if held > wanted else ""
            content.append((buffer, f"{wanted}f{skipped}", name))
        index = self._ctx.buffer(np.ascontiguousarray(triangles, dtype="i4").tobytes())
        return self._ctx.vertex_array(program, content, index)


def as_texture(ctx: moderngl.Context, image: Image) -> moderngl.Texture:
    """Put a picture on the device, with smaller copies of it for a distance."""
    height, width, channels = image.shape
    texture = ctx.texture(
        (width, height), channels, np.ascontiguousarray(image).tobytes(), alignment=1
    )
    texture.build_mipmaps()
    texture.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
    texture.repeat_x = texture.repeat_y = False
    return texture


def _packed(value: npt.ArrayLike) -> bytes:
    """Return a uniform's bytes; matrices go column by column."""
    return np.ascontiguousarray(np.asarray(value).T, dtype="f4").tobytes()


def _attributes(program: moderngl.Program) -> Iterator[tuple[str, moderngl.Attribute]]:
    for name in program:
        member = program[name]
        if isinstance(member, moderngl.Attribute) and not name.startswith("gl_"):
            yield name, member


def _grain(ctx: moderngl.Context) -> moderngl.Texture:
    """Return white noise that repeats without a seam: strands and threads."""
    noise = np.random.default_rng(3).integers(0, 256, (_GRAIN_PX, _GRAIN_PX), dtype=np.uint8)
    return ctx.texture((_GRAIN_PX, _GRAIN_PX), 1, noise.tobytes())


def buffer_of(ctx: moderngl.Context, array: FloatArray) -> tuple[moderngl.Buffer, int]:
    """Put numbers on the device; returns the buffer and the numbers a vertex."""
    columns = 1 if array.ndim == 1 else array.shape[1]
    return ctx.buffer(np.ascontiguousarray(array, dtype="f4").tobytes()), columns
