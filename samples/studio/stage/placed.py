"""Where in the room a person sits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.stage.view import Camera, rotation

__all__ = ["Placed"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A person in a place of the room."""

    person: Person
    at_cm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Away from the applicant's chair: to the subject's left, up, and towards the camera."""
    facing_deg: float = 0.0
    """Body turned to the own left from the applicant's direction."""
    size: float = 1.0
    """Against an adult."""

    @property
    def facing(self) -> FloatArray:
        """Rotation of the body in the room, shape (3, 3)."""
        return rotation(self.facing_deg, 0, 0)

    def in_room(self, points_cm: FloatArray) -> FloatArray:
        """Return places in the room of points of the body, shape (n, 3)."""
        return np.asarray(self.size * points_cm @ self.facing.T + np.asarray(self.at_cm))

    def camera_from(self, eyes_cm: FloatArray, camera: Camera) -> tuple[float, float, float]:
        """Return where the camera is from between the eyes of the head at rest.

        Args:
            eyes_cm: Eyeball centres of the body, shape (2, 3).
            camera: The room's camera.

        Returns:
            To the person's left, up and ahead, in cm of the person's own size.
        """
        middle = self.in_room(eyes_cm).mean(axis=0)
        left, up, ahead = (camera.at_cm - middle) @ self.facing / self.size
        return float(left), float(up), float(ahead)
