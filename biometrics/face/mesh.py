"""Face landmarks from MediaPipe, behind one interface with two back ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from facesign.biometrics.face.geometry import N_LANDMARKS
from facesign.biometrics.stream import FloatArray, Frame
from facesign.errors import ModelFileError

__all__ = [
    "BundledMesh",
    "FaceMesh",
    "TaskMesh",
    "load_mediapipe",
    "on_this_thread",
    "quiet_native",
    "read_landmarks",
]

# One landmark on the wire: message tag, length 15, then x, y, z as tag and little-endian float.
_WIRE = np.dtype([("head", "V2"), *((a, [("tag", "u1"), ("v", "<f4")]) for a in "xyz")])
_WIRE_HEAD = b"\x0a\x0f\x0d"
_PLOTTING = ("matplotlib", "matplotlib.pyplot")
BLANK = np.zeros((64, 64, 3), np.uint8)
"""A first frame for a new graph, whose threads report as they start."""


class FaceMesh(Protocol):
    """Finds the landmarks of one face in frames that arrive in time order."""

    models: tuple[str, ...]
    """Registry names of the weights behind it."""

    def find(self, frame: Frame) -> FloatArray | None:
        """Return landmarks in pixels, shape (478, 3), or None where no face is seen.

        x runs right, y down, z away from the camera on the scale of x.
        """
        ...

    def forget(self) -> None:
        """Drop the tracked face; the next frame is searched afresh."""
        ...

    def close(self) -> None:
        """Free the native graph."""
        ...


class BundledMesh:
    """`solutions.face_mesh`, refined, one face; its models lie in MediaPipe's wheel."""

    models: tuple[str, ...] = ("face_landmark_with_attention", "face_detection_short_range")

    def __init__(self, *, min_confidence: float = 0.5) -> None:
        with quiet_native():
            load_mediapipe()
            from mediapipe.python.solutions.face_mesh import FaceMesh as Solution

            self._solution = on_this_thread(Solution)(
                max_num_faces=1,
                refine_landmarks=True,
                min_detection_confidence=min_confidence,
                min_tracking_confidence=min_confidence,
            )
            self._solution.process(BLANK)
        self._seen = False

    def find(self, frame: Frame) -> FloatArray | None:
        """Return landmarks in pixels, shape (478, 3), or None where no face is seen."""
        # The landmark model warns once, when it meets its first face.
        with contextlib.nullcontext() if self._seen else quiet_native():
            faces = _run(self._solution, frame)
        if not faces:
            return None
        self._seen = True
        return _to_pixels(read_landmarks(faces[0]), frame)

    def forget(self) -> None:
        """Drop the tracked face; the next frame is searched afresh."""
        with quiet_native():
            self._solution.reset()
            self._solution.process(BLANK)

    def close(self) -> None:
        """Free the native graph."""
        self._solution.close()


class TaskMesh:
    """A Face Landmarker `.task` file in video mode.

    Two faces are asked for, because with one the task smooths landmarks over time, which
    flattens brief movements; the larger face is taken.
    """

    models: tuple[str, ...] = ("face_landmarker",)

    def __init__(self, task_file: Path, *, min_confidence: float = 0.5) -> None:
        if not task_file.is_file():
            raise ModelFileError(f"{task_file}: no such face landmarker file")
        self._task_file = task_file
        self._min_confidence = min_confidence
        self._last_ms = -1
        self._seen = False
        self._landmarker = self._open()

    def _open(self) -> Any:
        with quiet_native():
            load_mediapipe()
            from mediapipe.tasks.python.core.base_options import BaseOptions
            from mediapipe.tasks.python.vision import (
                FaceLandmarker,
                FaceLandmarkerOptions,
                RunningMode,
            )

            options = FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_buffer=self._task_file.read_bytes()),
                running_mode=RunningMode.VIDEO,
                num_faces=2,
                min_face_detection_confidence=self._min_confidence,
                min_face_presence_confidence=self._min_confidence,
                min_tracking_confidence=self._min_confidence,
            )
            try:
                return FaceLandmarker.create_from_options(options)
            except (RuntimeError, ValueError) as error:
                raise ModelFileError(
                    f"{self._task_file}: not a MediaPipe Face Landmarker .task file"
                ) from error

    def find(self, frame: Frame) -> FloatArray | None:
        """Return landmarks in pixels, shape (478, 3), or None where no face is seen."""
        from mediapipe.python import packet_creator
        from mediapipe.python._framework_bindings import _packet_getter
        from mediapipe.python._framework_bindings.image_frame import ImageFormat

        self._last_ms = max(self._last_ms + 1, round(frame.time_s * 1000))
        image = packet_creator.create_image(frame.image, image_format=ImageFormat.SRGB)
        # The public call builds 478 Python objects a face; its own runner gives the message.
        inputs = {
            "image_in": image.at(self._last_ms * 1000),
            "norm_rect_in": _whole_image().at(self._last_ms * 1000),
        }
        with contextlib.nullcontext() if self._seen else quiet_native():
            out = self._landmarker._process_video_data(inputs)
        if out["norm_landmarks"].is_empty():
            return None
        self._seen = True
        faces = [
            _to_pixels(read_landmarks(face), frame)
            for face in _packet_getter._get_serialized_proto_list(out["norm_landmarks"])
        ]
        return max(faces, key=lambda face: float(np.ptp(face[:, 0])), default=None)

    def forget(self) -> None:
        """Drop the tracked faces; the next frame is searched afresh."""
        self.close()
        self._landmarker = self._open()

    def close(self) -> None:
        """Free the native graph."""
        self._landmarker.close()


def read_landmarks(message: bytes) -> FloatArray:
    """Read a landmark message into an array without a loop over points.

    Args:
        message: A serialized `NormalizedLandmarkList` of 478 points.

    Returns:
        Shape (478, 3), in image widths and heights as MediaPipe gives them.
    """
    if len(message) == N_LANDMARKS * _WIRE.itemsize and message.startswith(_WIRE_HEAD):
        points = np.frombuffer(message, _WIRE)
        return np.stack([points[axis]["v"] for axis in "xyz"], axis=1)
    from mediapipe.framework.formats.landmark_pb2 import NormalizedLandmarkList

    parsed = NormalizedLandmarkList.FromString(message)
    return np.array([(p.x, p.y, p.z) for p in parsed.landmark], dtype=np.float32)


@contextlib.contextmanager
def quiet_native() -> Iterator[None]:
    """Keep what native code writes to file descriptor 2 away from the user meanwhile."""
    sys.stderr.flush()
    kept = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def on_this_thread(solution: type[Any]) -> type[Any]:
    """Return a solution whose graph runs on the thread that asks, not on threads of its own.

    A graph hands each of its steps to another thread, which beside other work on the machine
    waits for a core each time; its steps follow one another, so nothing is lost.
    """

    class OnThisThread(solution):  # type: ignore[misc]
        def _initialize_graph_interface(self, *args: Any, **kwargs: Any) -> Any:
            config = super()._initialize_graph_interface(*args, **kwargs)
            unnamed = [executor for executor in config.executor if not executor.name]
            default = unnamed[0] if unnamed else config.executor.add()
            default.type = "ApplicationThreadExecutor"
            default.ClearField("options")
            return config

    return OnThisThread


def load_mediapipe() -> None:
    """Import MediaPipe without matplotlib, which it wants for a plot that is never drawn.

    Loading matplotlib takes seconds and writes a list of fonts into the user's cache.
    """
    missing = [name for name in _PLOTTING if name not in sys.modules]
    sys.modules.update({name: ModuleType(name) for name in missing})
    try:
        import_module("mediapipe")
    finally:
        for name in missing:
            del sys.modules[name]


def _run(solution: Any, frame: Frame) -> list[bytes]:
    """Run a mesh's graph over one frame at the frame's own time; return a message a face.

    `process` would count 33.333 ms a frame, and builds a class and a tree of objects each time.
    """
    from mediapipe.python import packet_creator
    from mediapipe.python._framework_bindings import _packet_getter
    from mediapipe.python._framework_bindings.image_frame import ImageFormat

    at_us = max(solution._simulated_timestamp + 1, round(frame.time_s * 1e6))
    solution._simulated_timestamp = at_us
    solution._graph_outputs.clear()
    packet = packet_creator.create_image_frame(frame.image, image_format=ImageFormat.SRGB)
    solution._graph.add_packet_to_input_stream("image", packet.at(at_us))
    solution._graph.wait_until_idle()
    found = solution._graph_outputs.get("multi_face_landmarks")
    if found is None or found.is_empty():
        return []
    faces: list[bytes] = _packet_getter._get_serialized_proto_list(found)
    return faces


def _to_pixels(normalised: FloatArray, frame: Frame) -> FloatArray:
    height, width = frame.image.shape[:2]
    return normalised * np.array([width, height, width], dtype=np.float32)


def _whole_image() -> Any:
    from mediapipe.python import packet_creator
    from mediapipe.tasks.python.components.containers.rect import NormalizedRect

    rect = NormalizedRect(x_center=0.5, y_center=0.5, width=1.0, height=1.0, rotation=0.0)
    return packet_creator.create_proto(rect.to_pb2())
