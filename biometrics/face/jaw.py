"""Chin and jaw channels: AU17, AU26, jaw sideways, jaw thrust.

Every formula takes place centres (see `sides.place_centres`) in unit inter-ocular distance,
and returns one value per frame, shape (n_frames,), in inter-ocular distances; NaN where the
face was lost. Source: own, after FACS (Ekman, Friesen and Hager 2002).
"""

from __future__ import annotations

from facesign.biometrics.face.sides import at
from facesign.biometrics.stream import FloatArray

__all__ = ["chin_raiser", "jaw_drop", "jaw_sideways", "jaw_thrust"]


def chin_raiser(centres: FloatArray) -> FloatArray:
    """Measure how far the lower lip is pushed up from the chin's edge (AU17)."""
    return at(centres, "lip_lower_edge")[:, 1] - at(centres, "chin")[:, 1]


def jaw_drop(centres: FloatArray) -> FloatArray:
    """Measure how far the chin hangs below the nose base (AU26)."""
    return at(centres, "nose_base")[:, 1] - at(centres, "chin")[:, 1]


def jaw_sideways(centres: FloatArray) -> FloatArray:
    """Measure how far the jaw stands to the subject's left of the nose root."""
    return at(centres, "jaw_front")[:, 0] - at(centres, "nose_root")[:, 0]


def jaw_thrust(centres: FloatArray) -> FloatArray:
    """Measure how far forward the chin stands."""
    return at(centres, "chin")[:, 2] - at(centres, "nose_root")[:, 2]
