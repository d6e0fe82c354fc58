"""Which shapes of the rig do what a facial channel measures.

Sides are the subject's own. A channel that no shape of the rig drives is not listed:
the rig has none for AU23 (lip tightener) and AU38 (nostril dilator).
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SHAPES_OF"]

_PAIRED = {
    "au1": "browInnerUp",
    "au2": "browOuterUp",
    "au4": "browDown",
    "au5": "eyeWide",
    "au6": "cheekRaiser",
    "au7": "eyeSquint",
    "au9": "noseSneer",
    "au10": "mouthUpperUp",
    "au12": "mouthSmile",
    "au14": "mouthDimple",
    "au15": "mouthFrown",
    "au16": "mouthLowerDown",
    "au20": "mouthStretch",
    "au45": "eyeBlink",
    "gaze.vertical": "eyeLookUp",
}
_SINGLE: Mapping[str, tuple[str, ...]] = {
    "gaze.horizontal.left": ("eyeLookOut_L",),
    "gaze.horizontal.right": ("eyeLookIn_R",),
    "au17": ("mouthShrugLower",),
    "au18": ("mouthPucker",),
    "au22": ("mouthFunnel",),
    "au24": ("mouthPress_L", "mouthPress_R"),
    "au25": ("mouthLowerDown_L", "mouthLowerDown_R", "mouthUpperUp_L", "mouthUpperUp_R"),
    "au26": ("jawOpen",),
    "au28": ("mouthRollLower", "mouthRollUpper"),
    "jaw.sideways": ("jawLeft",),
    "jaw.thrust": ("jawForward",),
}

SHAPES_OF: Mapping[str, tuple[str, ...]] = {
    f"{stem}.{side}": (f"{shape}_{side[0].upper()}",)
    for stem, shape in _PAIRED.items()
    for side in ("left", "right")
} | dict(_SINGLE)
"""Channel to expression names of the rig, all of which rise with the channel."""
