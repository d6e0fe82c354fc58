"""A block of frames of one face, aligned and read: what the face formulas run on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.face.flow import POINTS
from facesign.biometrics.face.geometry import align
from facesign.biometrics.face.signals import channel_values
from facesign.biometrics.face.track import Face
from facesign.biometrics.stream import BoolArray, FloatArray, TimeArray

__all__ = ["FaceBlock", "read_block"]

_NO_FLOW = np.full((len(POINTS), 2), np.nan, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FaceBlock:
    """Up to 8 frames or 0.25 s of one face; a frame without the face is NaN."""

    time_s: TimeArray
    """Shape (n_frames,)."""
    channels: FloatArray
    """Shape (n_frames, 44), see `signals.CHANNELS`."""
    yaw_deg: FloatArray
    pitch_deg: FloatArray
    roll_deg: FloatArray
    inter_ocular_px: FloatArray
    """Each of shape (n_frames,)."""
    speaking: BoolArray
    """Whether the applicant was speaking, shape (n_frames,)."""
    brightness: float
    """Median luma of the face over the frames measured in this block; NaN if none was."""
    points: FloatArray | None = None
    """`flow.POINTS` in the canonical frame, shape (n_frames, n_points, 3); None where the skin
    is not followed."""
    flow: FloatArray | None = None
    """Their skin's flow, see `Face.flow`, shape (n_frames, n_points, 2); NaN without one."""
    quick: FloatArray | None = None
    """What is quick in each channel, see `sharpen.Sharpener`, shape (n_frames, 44); 0 in the
    first frame of a face, None where the skin is not followed."""

    @property
    def found(self) -> BoolArray:
        """Whether the face was found, shape (n_frames,)."""
        return np.isfinite(self.inter_ocular_px)

    def __repr__(self) -> str:
        """Show the number of frames, never the face."""
        return f"FaceBlock(n_frames={len(self.time_s)})"


def read_block(faces: Sequence[Face], speaking: BoolArray) -> FaceBlock:
    """Align and read a block of faces.

    Args:
        faces: One closed block, in time order.
        speaking: Whether the applicant was speaking at each of them, shape (n_frames,).

    Returns:
        The block.
    """
    aligned = align(np.stack([face.landmarks for face in faces]))
    luma = [face.picture.brightness for face in faces if face.picture is not None]
    return FaceBlock(
        time_s=np.array([face.time_s for face in faces], dtype=np.float64),
        channels=channel_values(aligned.points),
        yaw_deg=aligned.yaw_deg,
        pitch_deg=aligned.pitch_deg,
        roll_deg=aligned.roll_deg,
        inter_ocular_px=aligned.inter_ocular_px,
        speaking=speaking,
        brightness=float(np.median(luma)) if luma else float("nan"),
        points=aligned.points[:, POINTS],
        flow=np.stack([_NO_FLOW if face.flow is None else face.flow for face in faces]),
    )
