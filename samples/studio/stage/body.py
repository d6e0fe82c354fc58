"""One person on the graphics device: buffers that move with the face, and parts to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import moderngl
import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.normals import Normals
from facesign.samples.studio.people.figure import figure_of
from facesign.samples.studio.people.parts import Image, Part, neck_share
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.stage.gaze import eye_turns
from facesign.samples.studio.stage.light import Light
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.programs import Programs, Uniforms, as_texture, buffer_of
from facesign.samples.studio.stage.relief import lit_skin
from facesign.samples.studio.stage.shadow import bake_figure
from facesign.samples.studio.stage.view import rotation

__all__ = ["PIVOT_CM", "Body"]

PIVOT_CM = np.array([0.0, -5.0, -1.0])
"""Where the neck turns."""
_STIFF = ("M_BackHead", "sockets", "M_GumsTongue", "M_Teeth")
"""Parts of the rig that keep their normals: their light hardly changes with the face."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """A part with its buffers, numbers and pictures on the device."""

    part: Part
    mesh: moderngl.VertexArray
    uniforms: Uniforms
    textures: tuple[tuple[int, moderngl.Texture], ...]


class Body:
    """One placed person.

    Args:
        ctx: The graphics context.
        programs: The materials.
        rig: The face rig.
        placed: Who, and where.
        light: The room's light, which is baked into the person at rest.
    """

    def __init__(
        self, ctx: moderngl.Context, programs: Programs, rig: Rig, placed: Placed, light: Light
    ) -> None:
        self._ctx, self._rig, self._programs = ctx, rig, programs
        self._figure = figure_of(rig, placed.person)
        self._placed = placed
        self._normals = Normals(
            self._figure.head,
            moving=rig.parts["M_Face"],
            still=np.concatenate([rig.parts[part] for part in _STIFF]),
        )
        normals = self._normals.of(self._figure.head)
        shades = bake_figure(ctx, self._figure, normals, light, placed.facing)
        self._moving = {
            "position": buffer_of(ctx, self._figure.head),
            "normal": buffer_of(ctx, normals),
            "rest": buffer_of(ctx, rig.neutral),
            "share": buffer_of(ctx, neck_share(rig.neutral)),
            "shade": buffer_of(ctx, shades[None]),
        }
        drawn = [self._uploaded(part, shades.get(part.name), light) for part in self._figure.parts]
        self._solid = [one for one in drawn if not one.part.blended]
        self._blended = [one for one in drawn if one.part.blended]

    @property
    def depth_cm(self) -> float:
        """Distance to the camera's side of the room."""
        return self._placed.at_cm[2]

    @property
    def eyes_cm(self) -> FloatArray:
        """Centres of the eyeballs in the room with the head at rest, shape (2, 3)."""
        return self._placed.in_room(self._figure.eyes)

    def move(self, state: FaceState, camera_cm: FloatArray) -> None:
        """Take on a state: face, head and eyes.

        Raises:
            SettingsError: A weight names no shape of the rig.
        """
        vertices = self._rig.pose(self._figure.head, self._figure.eyes, state.weights)
        self._moving["position"][0].write(vertices.tobytes())
        self._moving["normal"][0].write(self._normals.of(vertices).tobytes())
        self._state = state
        turn = rotation(state.yaw_deg, state.pitch_deg, state.roll_deg)
        eyes_cm = (self._figure.eyes - PIVOT_CM) @ turn.T + PIVOT_CM + state.shift_cm
        self._eye_turns = eye_turns(
            state, self._placed.in_room(eyes_cm), self._placed.facing @ turn, camera_cm
        )
        self._head_turn = turn

    def draw(self, target: moderngl.Framebuffer) -> None:
        """Draw all parts, what is solid first."""
        for name, value in (
            ("turn", self._head_turn),
            ("shift", self._state.shift_cm),
            ("stand", self._placed.size * self._placed.facing),
            ("stand_at", self._placed.at_cm),
        ):
            self._programs.set(name, value)
        for one in self._solid:
            self._render(one, moderngl.DEPTH_TEST)
        target.depth_mask = False
        for one in self._blended:
            self._render(one, moderngl.DEPTH_TEST | moderngl.BLEND)
        target.depth_mask = True

    def _render(self, one: _Drawn, flags: int) -> None:
        self._ctx.enable_only(flags if one.part.two_sided else flags | moderngl.CULL_FACE)
        if one.part.eye is not None:
            self._programs.set("gaze", self._eye_turns[one.part.eye])
        one.uniforms.write()
        for unit, texture in one.textures:
            texture.use(unit)
        one.mesh.render(instances=one.part.n_layers)

    def _uploaded(self, part: Part, shade: FloatArray | None, light: Light) -> _Drawn:
        ctx, program = self._ctx, self._programs[part.material]
        more = {name: buffer_of(ctx, array) for name, array in part.arrays.items()}
        buffers = dict(self._moving)
        if part.mesh is not None:
            own = {
                "position": part.mesh.vertices,
                "rest": part.mesh.vertices,
                "normal": part.own_normals(),
                "share": np.broadcast_to(part.mesh.share, len(part.mesh.vertices)),
                "shade": shade,
            }
            buffers = {n: buffer_of(ctx, a) for n, a in own.items() if a is not None}
        pictures = _pictures(part, light)
        units = {name: unit for unit, name in enumerate(pictures, start=1)}
        numbers = {"pivot": PIVOT_CM, "n_layers": part.n_layers, **part.uniforms}
        for name, unit in units.items():
            sampler: Any = program[name]
            sampler.value = unit
        return _Drawn(
            part=part,
            mesh=self._programs.vertex_array(part.material, buffers | more, part.triangles),
            uniforms=Uniforms(program, numbers),
            textures=tuple(
                (units[name], as_texture(ctx, image)) for name, image in pictures.items()
            ),
        )


def _pictures(part: Part, light: Light) -> dict[str, Image]:
    """Return a part's pictures by the shader's name, skin with its relief already lit."""
    pictures = dict(part.textures)
    relief = pictures.pop("relief", None)
    if relief is not None:
        pictures["paint"] = lit_skin(pictures["paint"], relief, light)
    return pictures
