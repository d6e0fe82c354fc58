"""What a face does at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["FaceState"]


@dataclass(frozen=True, slots=True)
class FaceState:
    """What the face does at one moment."""

    weights: Mapping[str, float] = field(default_factory=dict)
    """Expression name of the rig to weight."""
    yaw_deg: float = 0.0
    """Head turned to the subject's left."""
    pitch_deg: float = 0.0
    """Head raised."""
    roll_deg: float = 0.0
    """Head tilted to the subject's left shoulder."""
    shift_cm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Head moved to the subject's left, up, and towards the camera."""
    gaze_yaw_deg: float = 0.0
    """Both eyes turned to the subject's left, relative to the head."""
    gaze_pitch_deg: float = 0.0
    """Both eyes raised, relative to the head."""
