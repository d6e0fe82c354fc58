"""Where the camera stands and how large the face is in its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field, model_validator

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.settings import Section, Span, draw

__all__ = ["Camera", "View", "ViewSettings", "camera_on", "draw_view", "rotation"]

_DEFAULT_PX = (1280, 720)
_NEAR_CM, _FAR_CM = 10.0, 400.0
_LEAST_CM, _MOST_CM = 32.0, 150.0
"""Between the eyes and the camera; closer than a hand or farther than a desk is no interview."""
_EYE_LINE = (0.395, 0.48)
"""How far below the picture's top the eyes are aimed at, as a share of its height."""
_HEAD_ABOVE = 2.0
"""Height of hair and forehead above the eyes over the distance between these."""
_LARGEST = 0.30
"""Of the distance between the eyes over the picture's shorter side: the face must fit."""


def _even(size_px: int) -> int:
    if size_px % 2:
        raise ValueError(f"must be even for the video codec, got {size_px}")
    return size_px


_Doubles: TypeAlias = npt.NDArray[np.float64]
_Size: TypeAlias = Annotated[int, Field(ge=240, le=1920), AfterValidator(_even)]


def _within(low: float, high: float) -> AfterValidator:
    def check(span: tuple[float, float]) -> tuple[float, float]:
        if span[0] < low or span[1] > high:
            raise ValueError(f"must be within {low:g} and {high:g}, got {list(span)}")
        return span

    return AfterValidator(check)


class ViewSettings(Section):
    """The picture and the place of the camera."""

    width_px: _Size = _DEFAULT_PX[0]
    """Width of the picture."""
    height_px: _Size = _DEFAULT_PX[1]
    """Height of the picture; more than the width for a telephone held upright."""
    eyes_px: Annotated[Span, _within(40, 250)] = (126.0, 126.0)
    """Distance between the centres of the applicant's eyes, in pixels."""
    field_deg: Annotated[Span, _within(30, 90)] = (53.0, 53.0)
    """Angle of view along the picture's longer side; with it the distance follows."""
    height_deg: Annotated[Span, _within(-20, 20)] = (-3.0, -3.0)
    """Height of the camera seen from the eyes: below zero it looks up at the face."""
    aside_deg: Annotated[Span, _within(-20, 20)] = (0.0, 0.0)
    """Camera to the subject's left of where the body faces."""

    @model_validator(mode="after")
    def _face_fits(self) -> ViewSettings:
        most = _LARGEST * min(self.width_px, self.height_px)
        if self.eyes_px[1] > most:
            raise ValueError(
                f"eyes_px must not be above {most:.0f} in {self.width_px}x{self.height_px}, "
                f"got {self.eyes_px[1]:g}"
            )
        return self


@dataclass(frozen=True, slots=True)
class View:
    """What was drawn from the settings; see there."""

    width_px: int
    height_px: int
    eyes_px: float
    field_deg: float
    height_deg: float
    aside_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A camera in the room, ready to project."""

    at_cm: FloatArray
    """Its place, shape (3,)."""
    focal_px: float
    to_clip: FloatArray
    """Matrix from centimetres to clip space, shape (4, 4)."""


def draw_view(settings: ViewSettings, rng: np.random.Generator) -> View:
    """Draw one view within the settings."""
    return View(
        width_px=settings.width_px,
        height_px=settings.height_px,
        eyes_px=draw(rng, settings.eyes_px),
        field_deg=draw(rng, settings.field_deg),
        height_deg=draw(rng, settings.height_deg),
        aside_deg=draw(rng, settings.aside_deg),
    )


def camera_on(view: View, eyes_cm: FloatArray) -> Camera:
    """Place the camera so that a pair of eyes is as far apart in the picture as wanted.

    The angle of view gives way where it would put the camera out of an interview's reach.

    Args:
        view: The picture that is wanted.
        eyes_cm: Centres of both eyeballs of a face at rest, shape (2, 3).
    """
    middle = np.asarray(eyes_cm, dtype=np.float64).mean(axis=0)
    apart_cm = float(np.linalg.norm(eyes_cm[0] - eyes_cm[1]))
    longer_px = max(view.width_px, view.height_px)
    focal_px = longer_px / 2 / np.tan(np.radians(view.field_deg) / 2)
    away_cm = float(np.clip(focal_px * apart_cm / view.eyes_px, _LEAST_CM, _MOST_CM))
    focal_px = view.eyes_px * away_cm / apart_cm
    aside, height = np.radians([view.aside_deg, view.height_deg])
    towards = np.array(
        [np.sin(aside) * np.cos(height), np.sin(height), np.cos(aside) * np.cos(height)]
    )
    at_cm = middle + away_cm * towards
    eye_line = np.clip(_HEAD_ABOVE * view.eyes_px / view.height_px, *_EYE_LINE)
    drop_cm = float(0.5 - eye_line) * view.height_px * away_cm / focal_px
    look = _look_at(at_cm, middle - [0, drop_cm, 0])
    focal_px *= float((look[2, :3] @ (at_cm - middle)) / away_cm)
    return Camera(
        at_cm=at_cm.astype(np.float32),
        focal_px=focal_px,
        to_clip=(_projection(focal_px, view) @ look).astype(np.float32),
    )


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> FloatArray:
    """Return a turn to the subject's left, then up, then a tilt to the left shoulder.

    Returns:
        Rotation matrix, shape (3, 3).
    """
    yaw, pitch, roll = np.radians([yaw_deg, -pitch_deg, -roll_deg])
    turn = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    nod = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    tilt = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return (np.array(turn) @ np.array(nod) @ np.array(tilt)).astype(np.float32)


def _look_at(at_cm: _Doubles, target_cm: _Doubles) -> _Doubles:
    back = (at_cm - target_cm) / np.linalg.norm(at_cm - target_cm)
    across = np.cross([0.0, 1.0, 0.0], back)
    across /= np.linalg.norm(across)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([across, np.cross(back, across), back])
    matrix[:3, 3] = -matrix[:3, :3] @ at_cm
    return matrix


def _projection(focal_px: float, view: View) -> _Doubles:
    depth = _FAR_CM - _NEAR_CM
    projection = np.zeros((4, 4))
    projection[0, 0] = 2 * focal_px / view.width_px
    projection[1, 1] = 2 * focal_px / view.height_px
    projection[2, 2:] = -(_FAR_CM + _NEAR_CM) / depth, -2 * _FAR_CM * _NEAR_CM / depth
    projection[3, 2] = -1
    return projection
