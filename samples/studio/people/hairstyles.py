"""Which hair each style is made of: shells on the scalp, strands over the skull."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from facesign.samples.studio.people.hair import grow_hair, hair_colour
from facesign.samples.studio.people.locks import (
    Locks,
    bangs,
    bun,
    curls,
    curtain,
    gathered,
    joined,
)
from facesign.samples.studio.people.parts import Mesh, Part, neck_share
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.people.skull import Skull
from facesign.samples.studio.rig import Rig

__all__ = ["covers_ears", "hair_parts"]

_SHORT = {
    "combed": {"top_cm": 1.4, "side_cm": 0.40},
    "cropped": {"top_cm": 0.45, "side_cm": 0.22},
    "receding": {"top_cm": 0.6, "side_cm": 0.32, "receded_cm": 2.4},
    "fringe": {"top_cm": 1.1, "side_cm": 0.55},
}

_UNDER = {"top_cm": 0.12, "side_cm": 0.10}
"""Roots below hanging or gathered hair, where the scalp would show."""


def covers_ears(person: Person) -> bool:
    """Tell whether hair or a scarf lies over the ears."""
    draped = person.hair_style in ("bob", "long") or (
        person.hair_style == "fringe" and person.sex == "female"
    )
    return person.headscarf or draped


def hair_parts(rig: Rig, person: Person, skull: Skull) -> list[Part]:
    """Return the hair of a person's head; none under a headscarf."""
    if person.headscarf or person.hair_style == "bald":
        return []
    parts = []
    if person.hair_style in _SHORT:
        parts.append(_shells(rig, person, _SHORT[person.hair_style], n_layers=7))
    else:
        parts.append(_shells(rig, person, _UNDER, n_layers=2))
    pieces = _pieces(person, skull)
    if pieces:
        parts += _strands(person, joined(pieces))
    return parts


def _pieces(person: Person, skull: Skull) -> list[Locks]:
    rng = np.random.default_rng([person.seed, 8])
    volume_cm = float(rng.uniform(0.9, 1.35))
    fringed = person.sex == "female" and bool(rng.random() < 0.3)
    part_deg = 72.0 if fringed else 36.0
    match person.hair_style:
        case "bob":
            tips_cm = float(rng.uniform(-7.0, -4.5))
            hair = [curtain(skull, tips_cm=tips_cm, volume_cm=volume_cm + 0.15, part_deg=part_deg)]
            return [*hair, bangs(skull)] if fringed else hair
        case "long":
            hair = [
                curtain(
                    skull,
                    tips_cm=float(rng.uniform(-18.0, -15.0)),
                    volume_cm=volume_cm,
                    part_deg=part_deg,
                )
            ]
            return [*hair, bangs(skull)] if fringed else hair
        case "bun":
            return [gathered(skull), bun(skull, radius_cm=float(rng.uniform(2.2, 2.9)))]
        case "curly":
            most = 3.4 if person.tone >= 7 else 2.2
            return [curls(skull, volume_cm=float(rng.uniform(1.2, most)))]
        case "fringe" if person.sex == "female":
            hair = [curtain(skull, tips_cm=-6.0, volume_cm=volume_cm, part_deg=72.0)]
            return [*hair, bangs(skull)]
        case "fringe":
            return [bangs(skull, tips_deg=22.0, half_width_deg=46.0)]
        case _:
            return []


def _shells(rig: Rig, person: Person, lengths: Mapping[str, float], *, n_layers: int) -> Part:
    hair = grow_hair(rig, **lengths)
    return Part(
        name="hair",
        material="hair",
        triangles=hair.triangles,
        arrays={"comb": hair.comb, "strand": hair.strand},
        uniforms={"tint": hair_colour(person, person.grey)},
        blended=True,
        n_layers=n_layers,
        shadow_cm=0.7 * hair.comb[:, 3],
    )


def _strands(person: Person, locks: Locks) -> list[Part]:
    """Return an opaque core, so that nothing shines through, and the shells over it."""
    curl = 1.0 if person.hair_style == "curly" else 0.0
    mesh = Mesh(locks.vertices, share=neck_share(locks.vertices))
    arrays = {"comb": locks.comb, "strand": locks.strand, "cover": locks.cover[:, None]}
    tint = hair_colour(person, person.grey)
    return [
        Part(
            name=f"locks.{name}",
            material="locks",
            triangles=locks.triangles,
            mesh=mesh,
            arrays=arrays,
            uniforms={"tint": tint, "curl": curl, "core": core},
            blended=core == 0.0,
            n_layers=n_layers,
            two_sided=core > 0,
            shadow_cm=0.0 if core else None,
        )
        for name, core, n_layers in (("core", 1.0, 1), ("shells", 0.0, 3))
    ]
