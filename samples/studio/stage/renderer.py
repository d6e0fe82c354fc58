"""Draw people on an EGL context, without a window: one RGB picture a state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import moderngl
import numpy as np

from facesign.errors import MissingLibraryError
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.parts import Image
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.stage.backdrop import DEFAULT_BACKDROP, Backdrop, paint_backdrop
from facesign.samples.studio.stage.light import LIGHTS, Light
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.scene import Scene
from facesign.samples.studio.stage.view import Camera, View

__all__ = ["Renderer"]

_VIEW = View(1280, 720, eyes_px=126.0, field_deg=53.0, height_deg=-3.0, aside_deg=0.0)
_SMALL_PX = 640 * 480


class Renderer:
    """People in front of one backdrop, seen by one camera.

    Args:
        rig: The face rig.
        people: Who is there, the applicant first: the camera is set on them.
        light: The room's light.
        view: Size of the picture, and the camera's place.
        backdrop: The room behind.

    Raises:
        MissingLibraryError: There is no EGL driver.
    """

    def __init__(
        self,
        rig: Rig,
        people: Sequence[Placed],
        *,
        light: Light = LIGHTS["window"],
        view: View = _VIEW,
        backdrop: Backdrop = DEFAULT_BACKDROP,
    ) -> None:
        self._size = (view.width_px, view.height_px)
        self._ctx = _context()
        drawn = _drawn_size(view)
        self._target = _framebuffer(self._ctx, drawn)
        painted = paint_backdrop(backdrop, light, self._size)
        wall = np.asarray(cv2.resize(painted, drawn), dtype=np.uint8)
        opaque = np.full((*wall.shape[:2], 1), 255, dtype=np.uint8)
        self._empty_room = _framebuffer(self._ctx, drawn, np.dstack([wall, opaque]))
        self._scene = Scene(self._ctx, rig, people, light, view)

    @property
    def camera(self) -> Camera:
        """Where the camera stands and what it sees."""
        return self._scene.camera

    def draw(self, states: Sequence[FaceState | None]) -> Image:
        """Render one moment.

        Args:
            states: What each person does; None for somebody who is not in the picture.

        Returns:
            sRGB, shape (height, width, 3).

        Raises:
            SettingsError: A weight names no shape of the rig.
        """
        self._ctx.copy_framebuffer(self._target, self._empty_room)
        self._target.use()
        self._scene.draw(states, self._target)
        pixels = np.frombuffer(self._target.read(components=4), dtype=np.uint8)
        width, height = self._target.size
        drawn = cv2.resize(
            pixels.reshape(height, width, 4), self._size, interpolation=cv2.INTER_AREA
        )
        return np.asarray(cv2.cvtColor(drawn[::-1], cv2.COLOR_RGBA2RGB), np.uint8)

    def close(self) -> None:
        """Free the graphics context."""
        self._ctx.release()


def _context() -> moderngl.Context:
    create: Any = moderngl.create_context
    try:
        context: moderngl.Context = create(standalone=True, backend="egl")
    except Exception as error:
        # glcontext raises bare Exception, whatever is missing.
        libraries = ["libegl1", "libgl1-mesa-dri"]
        raise MissingLibraryError(libraries, f"sudo apt install {' '.join(libraries)}") from error
    return context


def _drawn_size(view: View) -> tuple[int, int]:
    """Return how finely a picture is drawn before it is brought to its size.

    This is cheaper in software than multisampling, which draws each triangle four times, and
    smooths hair and highlights too. Large pictures need less of it.
    """
    finer = 2.0 if view.width_px * view.height_px <= _SMALL_PX else 1.5
    return round(finer * view.width_px), round(finer * view.height_px)


def _framebuffer(
    ctx: moderngl.Context, size: tuple[int, int], pixels: Image | None = None
) -> moderngl.Framebuffer:
    """Return an empty picture with depth, or RGBA pixels far away, first row at the bottom."""
    texture = ctx.texture(size, 4)
    buffer = ctx.framebuffer([texture], ctx.depth_renderbuffer(size))
    buffer.clear()
    if pixels is not None:
        texture.write(pixels.tobytes())
    return buffer
