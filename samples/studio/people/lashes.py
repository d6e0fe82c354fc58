"""Lashes: strips of the rig that move with the lids, cut into single hairs."""

from __future__ import annotations

import numpy as np

from facesign.samples.studio.people.hair import hair_colour
from facesign.samples.studio.people.parts import Part
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import Rig

__all__ = ["lashes"]

_ROWS = np.array([0.0142, 0.1803, 0.3463, 0.5159, 0.6819, 0.8479])
"""Where the strips start in the rig's texture tile: three of the lower lid, three of the upper."""
_HIGH = 0.1398


def lashes(rig: Rig, person: Person) -> Part:
    """Return the lashes of both eyes, drawn over the lids' line."""
    u, v = rig.uv.T
    row = np.clip(np.searchsorted(_ROWS - 0.01, v) - 1, 0, len(_ROWS) - 1)
    from_tip = np.clip((v - _ROWS[row]) / _HIGH, 0, 1)
    across = np.abs(u - 0.5) * 2
    strands = np.column_stack([across, 1 - from_tip, row]).astype(np.float32)
    full = {"female": 1.0, "male": 0.72}[person.sex]
    return Part(
        name="lashes",
        material="lashes",
        triangles=rig.parts["M_EyeLashes"],
        arrays={"lash": strands},
        uniforms={"tint": 0.35 * hair_colour(person, 0.0), "fullness": full},
        blended=True,
        two_sided=True,
        shadow_cm=None,
    )
