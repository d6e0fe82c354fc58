"""Every face in a frame, by MediaPipe's detector: who else is in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from facesign.biometrics.face.mesh import BLANK, load_mediapipe, on_this_thread, quiet_native
from facesign.biometrics.stream import FloatArray, Frame

__all__ = ["FaceBox", "FaceFinder", "box_of"]

LEAST_CROP_PX = 16
CLOSE_FACES = 3
IN_PLACE_WIDTHS = 0.5
"""Detector and mesh put their boxes on one face closer together than this."""
RESIZED_RATIO = 2.0
"""A face this many times larger or smaller than a moment ago did not walk there."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """One face as a box, in pixels."""

    x_px: float
    """Centre, from the left edge."""
    y_px: float
    """Centre, from the top edge."""
    size_px: float
    """Width of the face from cheek to cheek."""
    score: float = 1.0
    """The detector's score, 0 to 1."""

    def distance_to(self, other: FaceBox) -> float:
        """Return the distance of the centres in widths of this face."""
        across, down = self.x_px - other.x_px, self.y_px - other.y_px
        return float((across**2 + down**2) ** 0.5) / max(self.size_px, 1.0)

    def size_ratio_to(self, other: FaceBox) -> float:
        """Return the larger of the two sizes over the smaller one, 1 or more."""
        ratio = max(self.size_px, 1.0) / max(other.size_px, 1.0)
        return max(ratio, 1 / ratio)

    def resized_from(self, other: FaceBox) -> bool:
        """Tell whether this face is half as large as the other or twice, or beyond."""
        return self.size_ratio_to(other) >= RESIZED_RATIO


class FaceFinder:
    """MediaPipe's short-range detector: faces down to about a tenth of the picture's width.

    The full-range model also finds smaller ones but costs three times as much and drops
    near faces that are turned or partly covered. The detector alone takes a blurred
    bookshelf for a face, so `confirm` looks at a find again, enlarged.
    """

    models: tuple[str, ...] = ("face_detection_short_range", "face_landmark_with_attention")

    def __init__(self, *, min_confidence: float = 0.5) -> None:
        self._min_confidence = min_confidence
        self._closer: Any = None
        with quiet_native():
            load_mediapipe()
            from mediapipe.python.solutions.face_detection import FaceDetection

            self._solution = on_this_thread(FaceDetection)(
                model_selection=0, min_detection_confidence=min_confidence
            )
            self._solution.process(BLANK)

    def find(self, frame: Frame) -> tuple[FaceBox, ...]:
        """Return all faces seen in one frame, best score first."""
        height, width = frame.image.shape[:2]
        boxes = []
        for detection in self._solution.process(frame.image).detections or ():
            box = detection.location_data.relative_bounding_box
            boxes.append(
                FaceBox(
                    x_px=(box.xmin + box.width / 2) * width,
                    y_px=(box.ymin + box.height / 2) * height,
                    size_px=box.width * width,
                    score=float(detection.score[0]),
                )
            )
        return tuple(sorted(boxes, key=lambda box: -box.score))

    def confirm(self, frame: Frame, box: FaceBox) -> bool:
        """Tell whether a face mesh, looking closer, sees a face where a find is."""
        if self._closer is None:
            self._closer = self._open_closer()
        reach = 0.9 * box.size_px
        height, width = frame.image.shape[:2]
        rows = slice(max(0, int(box.y_px - reach)), min(height, int(box.y_px + reach)))
        columns = slice(max(0, int(box.x_px - reach)), min(width, int(box.x_px + reach)))
        surroundings = np.ascontiguousarray(frame.image[rows, columns])
        if min(surroundings.shape[:2]) < LEAST_CROP_PX:
            return False
        # A large find reaches to other faces: only one in its own place confirms it.
        left, top = max(0, columns.start), max(0, rows.start)
        high, wide = surroundings.shape[:2]
        for face in self._closer.process(surroundings).multi_face_landmarks or ():
            points = np.array([(p.x * wide + left, p.y * high + top) for p in face.landmark])
            seen = box_of(points)
            if box.distance_to(seen) < IN_PLACE_WIDTHS and not box.resized_from(seen):
                return True
        return False

    def close(self) -> None:
        """Free the native graphs."""
        self._solution.close()
        if self._closer is not None:
            self._closer.close()

    def _open_closer(self) -> Any:
        with quiet_native():
            from mediapipe.python.solutions.face_mesh import FaceMesh

            closer = on_this_thread(FaceMesh)(
                static_image_mode=True,
                max_num_faces=CLOSE_FACES,
                min_detection_confidence=self._min_confidence,
            )
            closer.process(BLANK)
        return closer


def box_of(landmarks: FloatArray) -> FaceBox:
    """Return the box of a face mesh, landmarks (n_points, 2 or 3) in pixels."""
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    centre = (low + high) / 2
    return FaceBox(float(centre[0]), float(centre[1]), float(high[0] - low[0]))
