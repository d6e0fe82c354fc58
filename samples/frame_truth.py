"""What is true of each frame: `truth.npz`."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facesign.errors import MediaError, OutputError, ShapeError

__all__ = ["FrameTruth"]

_ARRAYS = ("time_s", "weights", "head_deg", "head_cm", "gaze_deg", "eyes_px")


@dataclass(frozen=True, slots=True, eq=False)
class FrameTruth:
    """The face in the applicant's place at each frame."""

    time_s: npt.NDArray[np.float64]
    """Presentation time, shape (n_frames,)."""
    shapes: tuple[str, ...]
    """Expression names of the rig."""
    weights: npt.NDArray[np.float32]
    """Weight of each shape, shape (n_frames, n_shapes)."""
    head_deg: npt.NDArray[np.float32]
    """Yaw to the subject's left, pitch up, roll to the left shoulder, shape (n_frames, 3)."""
    head_cm: npt.NDArray[np.float32]
    """Shift to the subject's left, up, and towards the camera, shape (n_frames, 3)."""
    gaze_deg: npt.NDArray[np.float32]
    """Yaw to the left and pitch up of both eyes relative to the head, shape (n_frames, 2)."""
    eyes_px: npt.NDArray[np.float32]
    """Where the left and the right eye are in the picture, x and y, shape (n_frames, 2, 2)."""

    def __post_init__(self) -> None:
        n = len(self.time_s)
        wanted = {
            "weights": (n, len(self.shapes)),
            "head_deg": (n, 3),
            "head_cm": (n, 3),
            "gaze_deg": (n, 2),
            "eyes_px": (n, 2, 2),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise ShapeError(name, str(shape), getattr(self, name).shape)

    @classmethod
    def joined(cls, parts: Sequence[FrameTruth]) -> FrameTruth:
        """Join the truth of runs of frames, one after another; at least one run."""
        arrays = {name: np.concatenate([getattr(p, name) for p in parts]) for name in _ARRAYS}
        return cls(shapes=parts[0].shapes, **arrays)

    def write(self, path: Path) -> None:
        """Write it as a compressed archive; the same arrays give the same bytes.

        Raises:
            OutputError: The file cannot be written.
        """
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        try:
            with path.open("wb") as file:
                np.savez_compressed(file, shapes=np.array(self.shapes, dtype=np.str_), **arrays)
        except OSError as error:
            raise OutputError(path, error.strerror or str(error)) from error

    @classmethod
    def read(cls, path: Path) -> FrameTruth:
        """Read it back.

        Raises:
            MediaError: The file cannot be read or lacks an array.
        """
        try:
            with np.load(path) as archive:
                arrays = {name: archive[name] for name in _ARRAYS}
                shapes = tuple(str(name) for name in archive["shapes"])
            return cls(shapes=shapes, **arrays)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise MediaError(path, f"not the truth of frames ({error})") from error
