"""GLSL by material: vertex and fragment source, one module a material.

A part names its material; a vertex array, a uniform and a texture are found by the name
that the source gives them. Every source may use what `common.py` offers.
"""

from __future__ import annotations

from collections.abc import Mapping

from facesign.samples.studio.stage.shaders.cloth import CLOTH
from facesign.samples.studio.stage.shaders.eye import EYE
from facesign.samples.studio.stage.shaders.fabric import FABRIC
from facesign.samples.studio.stage.shaders.glasses import FRAME, GLASS
from facesign.samples.studio.stage.shaders.hair import HAIR
from facesign.samples.studio.stage.shaders.lashes import LASHES
from facesign.samples.studio.stage.shaders.lids import LID_LINE
from facesign.samples.studio.stage.shaders.locks import LOCKS
from facesign.samples.studio.stage.shaders.mouth import MOUTH
from facesign.samples.studio.stage.shaders.skin import SKIN

__all__ = ["MATERIALS"]

MATERIALS: Mapping[str, tuple[str, str]] = {
    "skin": SKIN,
    "mouth": MOUTH,
    "eye": EYE,
    "lid_line": LID_LINE,
    "hair": HAIR,
    "cloth": CLOTH,
    "fabric": FABRIC,
    "frame": FRAME,
    "glass": GLASS,
    "lashes": LASHES,
    "locks": LOCKS,
}
"""Name of a part's material to its vertex and fragment source."""
