"""The face tracker in a process of its own, so that the second core is used.

MediaPipe asks for the interpreter's lock several times a frame. In a thread it waits each
time for whatever the rest of the analysis is doing, and the two run one after the other.
"""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
import weakref
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.spawn import get_executable
from pathlib import Path
from socket import socketpair
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from facesign.biometrics.face.faces import FaceFinder
from facesign.biometrics.face.flow import SkinFlow
from facesign.biometrics.face.mesh import BundledMesh, FaceMesh, TaskMesh
from facesign.biometrics.face.track import Face, FaceTracker, PictureGauge
from facesign.biometrics.stream import Frame
from facesign.errors import ModelFileError, WorkerError

__all__ = ["TrackerProcess", "models_of", "serve"]

_N_SLOTS = 4
"""Frames under way at most. The caller's work comes in bursts, a block at a time; with two
the process would wait for it (0.87 of the bare mesh's speed, with four 0.90, eight 0.94)."""
_PATIENCE_S = 5.0
_SERVE = "from facesign.biometrics.face.tracker_process import serve; serve({}, {}, {!r})"


class TrackerProcess:
    """A `FaceTracker` that works on the next frames while the caller uses earlier faces.

    Frames pass through memory without a name, so no picture touches a disk. Results come in
    the order of the frames, each with the third frame after it: what is computed does not
    depend on timing.

    Args:
        task_file: A Face Landmarker `.task` file to use instead of the bundled mesh.
    """

    def __init__(self, task_file: Path | None = None) -> None:
        self._slots = [_Slot(os.memfd_create("facesign-frame")) for _ in range(_N_SLOTS)]
        self._process, self._wire = _start(self._slots, task_file)
        self._gauge = PictureGauge()
        self._n_sent = 0
        self._under_way: deque[Frame] = deque()
        self._end = weakref.finalize(self, _end, self._process, self._wire, self._slots)

    def push(self, frame: Frame) -> Iterator[Face]:
        """Start on a frame; yield the face of the frame three before.

        Raises:
            WorkerError: the process is gone.
            ModelFileError: the task file is none.
        """
        slot = self._n_sent % _N_SLOTS
        try:
            self._slots[slot].write(frame.image)
        except OSError as error:
            raise WorkerError("the face tracker", f"no memory for a frame: {error}") from error
        self._send((frame.time_s, frame.image.shape, slot))
        self._n_sent += 1
        self._under_way.append(frame)
        if len(self._under_way) == _N_SLOTS:
            yield from self._receive()

    def finish(self) -> Iterator[Face]:
        """Yield the faces that are still to come and end the process."""
        while self._under_way:
            yield from self._receive()
        self._end()

    def close(self) -> None:
        """End the process; the faces that are still to come are dropped."""
        self._under_way.clear()
        self._end()

    def _send(self, message: tuple[float, tuple[int, ...], int]) -> None:
        try:
            self._wire.send(message)
        except OSError:
            # Why it ended may still be there to be read.
            self._receive()
            raise self._gone() from None

    def _receive(self) -> list[Face]:
        try:
            answer = self._wire.recv()
        except (EOFError, OSError):
            raise self._gone() from None
        if isinstance(answer, Exception):
            self._end()
            raise answer
        frame = self._under_way.popleft()
        return [self._gauge.measured(face, frame) for face in answer]

    def _gone(self) -> WorkerError:
        self._end()
        return WorkerError("the face tracker", self._process.returncode)


class _Slot:
    """Memory that both processes see, as large as the largest frame so far."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._map: mmap.mmap | None = None

    def write(self, image: npt.NDArray[np.uint8]) -> None:
        """Put a picture into the memory."""
        if self._map is None or len(self._map) < image.nbytes:
            os.ftruncate(self.fd, image.nbytes)
            self._map = mmap.mmap(self.fd, image.nbytes)
        np.frombuffer(self._map, np.uint8, image.size).reshape(image.shape)[...] = image

    def read(self, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
        """Return the picture in the memory; it holds until the slot is written again."""
        size = int(np.prod(shape))
        if self._map is None or len(self._map) < size:
            self._map = mmap.mmap(self.fd, size, prot=mmap.PROT_READ)
        return np.frombuffer(self._map, np.uint8, size).reshape(shape)


def models_of(task_file: Path | None) -> tuple[str, ...]:
    """Return the registry names of the weights that a tracker runs."""
    mesh = BundledMesh.models if task_file is None else TaskMesh.models
    return (*mesh, *FaceFinder.models)


def serve(wire_fd: int, slot_fds: list[int], task_file: str | None) -> None:
    """Track the faces of one session until the other end is closed; runs in the child."""
    # Helpers of its own would wait by spinning, on the core that the caller needs.
    cv2.setNumThreads(1)
    wire: Connection[Any, Any] = Connection(wire_fd)
    slots = [_Slot(fd) for fd in slot_fds]
    try:
        tracker, flow = _open(None if task_file is None else Path(task_file)), SkinFlow()
        # Both leave the interpreter's lock for most of their time: the skin of one frame is
        # followed while the mesh looks at the next.
        with ThreadPoolExecutor(1) as behind:
            while True:
                time_s, shape, slot = wire.recv()
                frame = Frame(time_s, slots[slot].read(shape))
                faces = list(tracker.push(frame))
                behind.submit(_answer, wire, flow, faces, frame)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except ModelFileError as error:
        wire.send(ModelFileError(str(error)))
    except Exception as error:
        wire.send(WorkerError("the face tracker", f"{type(error).__name__}: {error}"))


def _answer(wire: Connection[Any, Any], flow: SkinFlow, faces: list[Face], frame: Frame) -> None:
    """Send the faces of a frame with their skin's flow, or what went wrong."""
    try:
        wire.send([flow.measured(face, frame) for face in faces])
    except OSError:
        return
    except Exception as error:
        wire.send(WorkerError("the face tracker", f"{type(error).__name__}: {error}"))


def _open(task_file: Path | None) -> FaceTracker:
    mesh: FaceMesh = BundledMesh() if task_file is None else TaskMesh(task_file)
    return FaceTracker(mesh, FaceFinder())


def _start(
    slots: list[_Slot], task_file: Path | None
) -> tuple[subprocess.Popen[bytes], Connection[Any, Any]]:
    """Start the child; not by multiprocessing, which would run the caller's script again."""
    ours, theirs = socketpair()
    fds = [slot.fd for slot in slots]
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    with theirs:
        process = subprocess.Popen(
            [
                get_executable(),
                "-c",
                _SERVE.format(theirs.fileno(), fds, task_file and str(task_file.resolve())),
            ],
            env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=[theirs.fileno(), *fds],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("FACESIGN_DEBUG") else subprocess.DEVNULL,
            # Ctrl-C is for the caller alone, who then closes the wire.
            start_new_session=True,
        )
    return process, Connection(ours.detach())


def _end(process: subprocess.Popen[bytes], wire: Connection[Any, Any], slots: list[_Slot]) -> None:
    wire.close()
    for slot in slots:
        os.close(slot.fd)
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
