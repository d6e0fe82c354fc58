"""The neutral head of one person: identity, lids, and ears that hair presses flat."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.eyelids import lid_offsets
from facesign.samples.studio.people.hairstyles import covers_ears
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.people.skull import over_ear
from facesign.samples.studio.rig import Rig

__all__ = ["shape_head"]

_EAR_ROOT_CM = 7.15
_WIDEST_NECK_CM = 5.75
_FLAT = 0.22
"""Share of an ear's width that stays under hair or cloth."""


def shape_head(rig: Rig, person: Person) -> FloatArray:
    """Return the person's neutral vertices in cm, shape (n_vertices, 3)."""
    head = rig.head(person.identity_weights)
    head = head + lid_offsets(rig, person, head)
    if covers_ears(person):
        ears = over_ear(rig.neutral)
        beyond = np.abs(head[ears, 0]) - _EAR_ROOT_CM
        kept = _EAR_ROOT_CM + np.where(beyond > 0, _FLAT, 1.0) * beyond
        head[ears, 0] = np.sign(head[ears, 0]) * kept
    head[:] = _slim_neck(rig, head)
    return np.asarray(head, dtype=np.float32)


def _slim_neck(rig: Rig, head: FloatArray) -> FloatArray:
    """Bring the neck's sides inside every collar, whatever the identity."""
    y = rig.neutral[:, 1]
    in_collar = np.clip((-8.2 - y) / 2.0, 0, 1) * np.clip((y + 13.5) / 1.5, 0, 1)
    over = np.maximum(np.abs(head[:, 0]) - _WIDEST_NECK_CM, 0)
    slim = head.copy()
    slim[:, 0] -= np.sign(head[:, 0]) * in_collar * np.where(over < 3.5, 0.85 * over, 0)
    return slim
