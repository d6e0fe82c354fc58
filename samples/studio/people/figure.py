"""A person as meshes: the neutral head, where the eyes sit, and all parts to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import BoolArray, FloatArray
from facesign.samples.studio.people.beard import beard_parts
from facesign.samples.studio.people.canvas import CANVAS_CM
from facesign.samples.studio.people.clothes import clothes, neckline_cm
from facesign.samples.studio.people.eyeballs import eyeballs
from facesign.samples.studio.people.glasses import glasses
from facesign.samples.studio.people.hairstyles import hair_parts
from facesign.samples.studio.people.head import shape_head
from facesign.samples.studio.people.headscarf import headscarf
from facesign.samples.studio.people.lashes import lashes
from facesign.samples.studio.people.paint import paint_relief, paint_skin
from facesign.samples.studio.people.parts import Part, linear
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.people.skull import Skull
from facesign.samples.studio.rig import IntArray, Rig

__all__ = ["Figure", "figure_of"]

_MOUTH = {
    "gums": ("M_GumsTongue", (153, 84, 82), 1.0),
    "teeth": ("M_Teeth", (230, 219, 199), 1.0),
}
"""Material of the rig, colour and wetness of what lies behind the lips."""

_VISIBLE_CM = 6.0
"""How far to the front the mouth's inside is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One person, ready to be drawn."""

    head: FloatArray
    """Neutral vertices in cm, shape (n_vertices, 3)."""
    eyes: FloatArray
    """Eyeball centres in cm, left first, shape (2, 3)."""
    parts: tuple[Part, ...]


def figure_of(rig: Rig, person: Person) -> Figure:
    """Build a person from the rig."""
    head = shape_head(rig, person)
    eyes = rig.eye_centres(person.identity_weights)
    skull = Skull.of(rig, head)
    parts = (
        _skin(rig, person),
        *_mouth(rig),
        *eyeballs(person, eyes),
        *clothes(person),
        *headscarf(person, skull),
        _lid_line(rig),
        lashes(rig, person),
        *beard_parts(rig, person),
        *glasses(rig, person, head, eyes),
        *hair_parts(rig, person, skull),
    )
    return Figure(head, eyes, parts)


def _skin(rig: Rig, person: Person) -> Part:
    outside = np.concatenate([rig.parts["M_Face"], rig.parts["M_BackHead"]])
    return Part(
        name="skin",
        material="skin",
        triangles=outside[_bare(rig, person, outside)],
        uniforms={"canvas": CANVAS_CM},
        textures={"paint": paint_skin(person), "relief": paint_relief(person)},
    )


def _mouth(rig: Rig) -> list[Part]:
    sockets = Part(
        name="sockets",
        material="mouth",
        triangles=_in_front(rig, rig.parts["sockets"]),
        uniforms={"tint": linear((107, 51, 46)), "wet": 0.0},
        shadow_cm=None,
        two_sided=True,
    )
    inside = [
        Part(
            name=name,
            material="mouth",
            triangles=_in_front(rig, rig.parts[part]),
            uniforms={"tint": linear(tint), "wet": wet},
            shadow_cm=None,
        )
        for name, (part, tint, wet) in _MOUTH.items()
    ]
    return [sockets, *inside]


def _in_front(rig: Rig, triangles: IntArray) -> IntArray:
    """Return what can be seen between the lips: all further back is black."""
    seen: IntArray = triangles[rig.neutral[triangles, 2].max(axis=1) > _VISIBLE_CM]
    return seen


def _lid_line(rig: Rig) -> Part:
    return Part(
        name="lid_line",
        material="lid_line",
        triangles=rig.parts["M_EyeOcclusion"],
        arrays={"uv": rig.uv},
        blended=True,
        two_sided=True,
        shadow_cm=None,
    )


def _bare(rig: Rig, person: Person, triangles: IntArray) -> BoolArray:
    """Tell which skin is not under cloth, where it might poke through."""
    x, y, z = rig.neutral[triangles].mean(axis=1).T
    wide, deepest_cm = (7.2, -17) if person.cut == "round" else (8.6, -19)
    in_collar = ((x / wide) ** 2 + ((z + 1.0) / 5.9) ** 2 < 1) & (y > deepest_cm)
    around = np.arctan2(x, z + 1.0)
    # In front cloth stands well off the chest; elsewhere skin close to its edge pokes through.
    above_edge = y > neckline_cm(person, around) - np.where(np.cos(around) > 0.6, 2.0, 0.0)
    bare: BoolArray = in_collar | above_edge
    return bare
