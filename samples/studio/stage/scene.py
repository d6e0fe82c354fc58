"""Everybody in one room, on the graphics device."""

from __future__ import annotations

from collections.abc import Sequence

import moderngl

from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.stage.body import Body
from facesign.samples.studio.stage.light import Light
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.programs import Programs
from facesign.samples.studio.stage.view import Camera, View, camera_on

__all__ = ["Scene"]


class Scene:
    """The room, the light and the people in it.

    Args:
        ctx: The graphics context.
        rig: The face rig.
        people: Who is there; the camera is set on the first.
        light: The room's light.
        view: The picture that is wanted.
    """

    def __init__(
        self,
        ctx: moderngl.Context,
        rig: Rig,
        people: Sequence[Placed],
        light: Light,
        view: View,
    ) -> None:
        self._ctx = ctx
        self._programs = Programs(ctx)
        self._bodies = [Body(ctx, self._programs, rig, placed, light) for placed in people]
        self._camera = camera_on(view, self._bodies[0].eyes_cm)
        self._programs.set("view_projection", self._camera.to_clip)
        self._programs.set("camera", self._camera.at_cm)
        self._set_light(light)

    @property
    def camera(self) -> Camera:
        """The camera, set on the first person."""
        return self._camera

    def draw(self, states: Sequence[FaceState | None], target: moderngl.Framebuffer) -> None:
        """Draw everybody who is there into a target, the farthest first."""
        present = [
            (body, state)
            for body, state in zip(self._bodies, states, strict=True)
            if state is not None
        ]
        for body, state in sorted(present, key=lambda pair: pair[0].depth_cm):
            body.move(state, self._camera.at_cm)
            body.draw(target)

    def _set_light(self, light: Light) -> None:
        for name in ("key", "fill", "rim"):
            self._programs.set(f"{name}_towards", getattr(light, f"{name}_towards"))
            self._programs.set(f"{name}_colour", getattr(light, f"{name}_colour"))
        for name in ("sky", "ground", "exposure"):
            self._programs.set(name, getattr(light, name))
