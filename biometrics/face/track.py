"""One person's face through a stream of frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from facesign.biometrics.face.faces import FaceBox, FaceFinder, box_of
from facesign.biometrics.face.geometry import N_LANDMARKS
from facesign.biometrics.face.mesh import FaceMesh
from facesign.biometrics.face.quality import PictureQuality, measure_picture
from facesign.biometrics.stream import FloatArray, Frame

__all__ = ["Face", "FaceTracker", "PictureGauge"]

FIND_EVERY_S = 0.5
MEASURE_EVERY_S = 0.25
# A face this many widths from where it was a moment ago did not walk there.
JUMP_WIDTHS = 1.0
JUMP_WITHIN_S = 1.0
SAME_FACE_WIDTHS = 0.6
"""Detector and mesh put their boxes on one face closer together than this."""

LOST = np.full((N_LANDMARKS, 3), np.nan, dtype=np.float32)
LOST.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """The applicant's face in one frame, and who else was seen."""

    time_s: float
    landmarks: FloatArray = field(repr=False)
    """Pixels, shape (478, 3); all NaN where the applicant's face is not seen."""
    box: FaceBox | None
    """Where the applicant's face is; None where it is not seen."""
    jumped: bool
    """The face stands where the applicant could not have gone since the last frame."""
    others: tuple[FaceBox, ...] | None
    """Further faces; None in a frame that was not searched for them."""
    picture: PictureQuality | None = None
    """None in a frame that was not measured."""
    flow: FloatArray | None = field(default=None, repr=False)
    """How the skin at `flow.POINTS` stands against a moment before, in inter-ocular
    distances, x right and y down of the upright face, shape (n_points, 2); None where there
    is no moment before."""

    @property
    def found(self) -> bool:
        """Whether the applicant's face is seen."""
        return self.box is not None


class FaceTracker:
    """Follow the applicant: the first face, and after it the face that continues its place."""

    def __init__(self, mesh: FaceMesh, finder: FaceFinder) -> None:
        self._mesh = mesh
        self._finder = finder
        self._last: tuple[float, FaceBox] | None = None
        self._find_at_s = -np.inf

    def push(self, frame: Frame) -> Iterator[Face]:
        """Take one frame and yield its face, its pixels not measured."""
        landmarks = self._mesh.find(frame)
        box = _box(landmarks)
        jumped = box is not None and self._has_jumped(frame.time_s, box)
        others = self._find_others(frame, box, search_now=jumped)
        place = None if self._last is None else self._last[1]
        if jumped and box is not None and place is not None and _near(place, others or ()):
            # The mesh went over to another person while the applicant is still in place.
            elsewhere = (f for f in others or () if f.distance_to(place) >= JUMP_WIDTHS)
            others = (*elsewhere, box)
            landmarks = self._call_back(frame, place, astray=box)
            box, jumped = _box(landmarks), False
            self._last = (frame.time_s, place)
        if box is not None:
            self._last = (frame.time_s, box)
        yield Face(
            time_s=frame.time_s,
            landmarks=LOST if landmarks is None else landmarks,
            box=box,
            jumped=jumped,
            others=others,
        )

    def finish(self) -> Iterator[Face]:
        """Free the native graphs; nothing is held back."""
        self._mesh.close()
        self._finder.close()
        yield from ()

    def _call_back(self, frame: Frame, place: FaceBox, *, astray: FaceBox) -> FloatArray | None:
        """Search the applicant afresh, with the face that drew the mesh away covered."""
        image = frame.image.copy()
        across, down = 0.5 * astray.size_px, 0.75 * astray.size_px
        left, right = max(0, int(astray.x_px - across)), max(0, int(astray.x_px + across))
        top, bottom = max(0, int(astray.y_px - down)), max(0, int(astray.y_px + down))
        image[top:bottom, left:right] = 0
        self._mesh.forget()
        landmarks = self._mesh.find(Frame(frame.time_s, image))
        found = _box(landmarks)
        return landmarks if found is not None and _near(place, (found,)) else None

    def _has_jumped(self, time_s: float, box: FaceBox) -> bool:
        if self._last is None or time_s - self._last[0] > JUMP_WITHIN_S:
            return False
        before = self._last[1]
        return before.distance_to(box) > JUMP_WIDTHS or box.resized_from(before)

    def _find_others(
        self, frame: Frame, box: FaceBox | None, *, search_now: bool
    ) -> tuple[FaceBox, ...] | None:
        if frame.time_s < self._find_at_s and not search_now:
            return None
        self._find_at_s = frame.time_s + FIND_EVERY_S
        found = self._finder.find(frame)
        if box is not None:
            others = [face for face in found if box.distance_to(face) >= SAME_FACE_WIDTHS]
        elif self._last is not None:
            # Without the applicant's own landmarks, a face near their last place is theirs.
            here = self._last[1]
            others = [face for face in found if here.distance_to(face) >= JUMP_WIDTHS]
        else:
            others = list(found[1:])
        return tuple(face for face in others if self._finder.confirm(frame, face))


class PictureGauge:
    """Measure the pixels of the applicant's face, four times a second."""

    def __init__(self) -> None:
        self._measure_at_s = -np.inf

    def measured(self, face: Face, frame: Frame) -> Face:
        """Return the face with what its frame's pixels say, where it is time to look."""
        if not face.found or frame.time_s < self._measure_at_s:
            return face
        self._measure_at_s = frame.time_s + MEASURE_EVERY_S
        return replace(face, picture=measure_picture(frame.image, face.landmarks))


def _box(landmarks: FloatArray | None) -> FaceBox | None:
    return None if landmarks is None else box_of(landmarks)


def _near(place: FaceBox, faces: tuple[FaceBox, ...]) -> bool:
    return any(place.distance_to(face) < JUMP_WIDTHS for face in faces)
