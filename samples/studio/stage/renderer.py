"""Draw a person on an EGL context, without a window: one RGB picture a state."""

from __future__ import annotations

from typing import Any

import cv2
import moderngl
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.errors import MissingLibraryError
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.stage.scene import Scene
from facesign.samples.studio.stage.view import rotation

__all__ = ["Renderer"]

_N_HAIR_LAYERS = 7
_MOUTH = {
    "socket": ((0.42, 0.20, 0.18), 0.0),
    "gums": ((0.60, 0.33, 0.32), 1.0),
    "teeth": ((0.90, 0.86, 0.78), 1.0),
}
"""Colour and wetness of what lies behind the lips."""


class Renderer:
    """One person in front of one backdrop.

    Args:
        rig: The face rig.
        person: Who is drawn.
        width: Of the picture in pixels.
        height: Of the picture in pixels.

    Raises:
        MissingLibraryError: There is no EGL driver.
    """

    def __init__(self, rig: Rig, person: Person, *, width: int = 1280, height: int = 720) -> None:
        size = (width, height)
        self._rig = rig
        self._eyes = rig.eye_centres(person.identity_weights)
        self._ctx = _context()
        self._target = self._ctx.framebuffer(
            [self._ctx.renderbuffer(size, 4, samples=4)],
            self._ctx.depth_renderbuffer(size, samples=4),
        )
        self._resolved = self._ctx.framebuffer([self._ctx.renderbuffer(size, 4)])
        self._scene = Scene(self._ctx, rig, person, size)
        self._mark = _corner_mark(height)

    def draw(self, state: FaceState) -> npt.NDArray[np.uint8]:
        """Render one state.

        Returns:
            sRGB, shape (height, width, 3), with the corner mark.

        Raises:
            SettingsError: A weight names no shape of the rig.
        """
        self._scene.move(self._rig.pose(self._scene.head, self._eyes, state.weights))
        self._scene.set("turn", rotation(state.yaw_deg, state.pitch_deg, state.roll_deg))
        self._scene.set("shift", state.shift_cm)
        self._scene.set("gaze", rotation(state.gaze_yaw_deg, state.gaze_pitch_deg, 0))
        self._target.use()
        self._target.clear()
        self._draw_solid()
        self._draw_blended()
        self._ctx.copy_framebuffer(self._resolved, self._target)
        pixels = np.frombuffer(self._resolved.read(components=3), dtype=np.uint8)
        width, height = self._target.size
        return _stamped(pixels.reshape(height, width, 3)[::-1], self._mark)

    def close(self) -> None:
        """Free the graphics context."""
        self._ctx.release()

    def _draw_solid(self) -> None:
        self._ctx.enable_only(moderngl.DEPTH_TEST)
        for mesh in ("backdrop", "skin", "cloth"):
            self._scene.draw(mesh)
        for mesh, (tint, wet) in _MOUTH.items():
            self._scene.set("tint", tint, "mouth")
            self._scene.set("wet", wet, "mouth")
            self._scene.draw(mesh)
        for centre in self._eyes:
            self._scene.set("centre", centre)
            self._scene.draw("eye")

    def _draw_blended(self) -> None:
        """Draw what lets light through, hair in shells from the skin outwards."""
        self._ctx.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
        self._target.depth_mask = False
        self._scene.draw("lid_line")
        for layer in np.linspace(0, 1, _N_HAIR_LAYERS):
            self._scene.set("layer", layer)
            self._scene.draw("hair")
        self._target.depth_mask = True


def _context() -> moderngl.Context:
    create: Any = moderngl.create_context
    try:
        context: moderngl.Context = create(standalone=True, backend="egl")
    except Exception as error:
        # glcontext raises bare Exception, whatever is missing.
        libraries = ["libegl1", "libgl1-mesa-dri"]
        raise MissingLibraryError(libraries, f"sudo apt install {' '.join(libraries)}") from error
    return context


def _corner_mark(height: int) -> FloatArray:
    """Draw the word SYNTHETIC for the lower right, 0 to 1, shape (rows, columns, 1)."""
    scale = height / 720 * 0.55
    (columns, rows), below = cv2.getTextSize("SYNTHETIC", cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    margin = int(20 * scale)
    mark = np.zeros((rows + below + margin, columns + margin), dtype=np.uint8)
    at = (0, rows)
    cv2.putText(mark, "SYNTHETIC", at, cv2.FONT_HERSHEY_SIMPLEX, scale, (215,), 1, cv2.LINE_AA)
    return (mark[..., None] / np.float32(255)).astype(np.float32)


def _stamped(image: npt.NDArray[np.uint8], mark: FloatArray) -> npt.NDArray[np.uint8]:
    stamped = image.copy()
    corner = stamped[-mark.shape[0] :, -mark.shape[1] :]
    corner[:] = corner + mark * (255.0 - corner)
    return stamped
