"""Which shapes of the rig do what a facial channel measures.

Sides are the subject's own. The lip tightener, the nostril dilator and the larynx are
sculpted beside the rig's own shapes and have names like those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

__all__ = ["SCULPTED", "SHAPES_OF", "Side", "on_sides", "shapes_of"]

Side = Literal["left", "right", "both"]

SCULPTED = ("lipTighten", "nostrilDilate_L", "nostrilDilate_R", "throatSwallow")
"""Shapes that the rig lacks and the studio adds."""

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
    "au38": "nostrilDilate",
    "au45": "eyeBlink",
    "gaze.vertical": "eyeLookUp",
}
_SINGLE: Mapping[str, tuple[str, ...]] = {
    "gaze.horizontal.left": ("eyeLookOut_L",),
    "gaze.horizontal.right": ("eyeLookIn_R",),
    "au17": ("mouthShrugLower",),
    "au18": ("mouthPucker",),
    "au22": ("mouthFunnel",),
    "au23": ("lipTighten",),
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


def on_sides(unit: str, side: Side) -> tuple[str, ...]:
    """Return the channels of an action unit on a side; a midline one has only itself."""
    if unit not in _PAIRED:
        return (unit,)
    return tuple(f"{unit}.{s}" for s in ("left", "right") if side in (s, "both"))


def shapes_of(channels: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each shape when channels have the given amplitudes."""
    weights: dict[str, float] = {}
    for channel, amplitude in channels.items():
        for shape in SHAPES_OF[channel]:
            weights[shape] = weights.get(shape, 0.0) + amplitude
    return weights
