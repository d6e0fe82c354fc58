"""What is worn: a pullover, a shirt, a blazer over a shirt, or a V-neck."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.normals import vertex_normals
from facesign.samples.studio.people.bust import drape, sew_bust
from facesign.samples.studio.people.parts import Mesh, Part, linear
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.people.skull import grid_triangles

__all__ = ["clothes", "neckline_cm"]

_AXIS_CM = np.array([0.0, -16.0, -1.0], dtype=np.float32)
"""A point inside every garment, on the axis of the neck."""
_N_AROUND, _N_DOWN = 128, 60
_V_EDGE = PchipInterpolator([0.0, 0.35, 0.9, 1.5, np.pi], [0.56, 0.49, 0.33, 0.20, 0.16])
"""Where a V-neck begins below the collar, by angle from the front."""
_JACKET_EDGE = PchipInterpolator(
    [0.0, 0.10, 0.38, 0.85, 1.4, np.pi], [0.97, 0.90, 0.62, 0.33, 0.19, 0.15]
)
_SHIRTS = ((226, 228, 232), (202, 214, 230), (214, 206, 196), (54, 58, 70))


def clothes(person: Person) -> list[Part]:
    """Return the garments of a person, from the inside outwards."""
    if person.cut == "round":
        return [_pullover(person)]
    tint = linear(person.clothes)
    if person.cut == "v_neck":
        return [_garment("clothes", _edged(_V_EDGE), tint), _hem(_V_EDGE, 0.9 * tint)]
    if person.cut == "shirt":
        return [_garment("clothes", _edged(None), tint, placket=1.0), *_collar(tint)]
    rng = np.random.default_rng([person.seed, 7])
    shirt = linear(_SHIRTS[int(rng.integers(len(_SHIRTS)))])
    return [
        _garment("clothes.shirt", _edged(None), shirt, placket=1.0),
        *_collar(shirt),
        _garment("clothes.jacket", _edged(_JACKET_EDGE, lift_cm=0.45), 0.75 * tint),
        *(_lapel(side, 0.75 * tint) for side in (1.0, -1.0)),
    ]


def neckline_cm(person: Person, around: FloatArray) -> FloatArray:
    """Return the height of the innermost garment's upper edge, by angle from the front."""
    start = _V_EDGE(np.abs(around)) if person.cut == "v_neck" else np.full_like(around, 0.13)
    height: FloatArray = drape(around, start)[..., 1]
    return height


def _pullover(person: Person) -> Part:
    bust = sew_bust()
    return Part(
        name="clothes",
        material="cloth",
        triangles=bust.triangles,
        mesh=Mesh(bust.vertices, share=0.0),
        arrays={"weave": bust.weave},
        uniforms={"tint": linear(person.clothes)},
    )


def _edged(edge: PchipInterpolator | None, *, lift_cm: float = 0.0) -> FloatArray:
    """Lay cloth from an edge around the neck down to the waist."""
    around = np.linspace(-np.pi, np.pi, _N_AROUND)[:, None]
    start: FloatArray = np.full_like(around, 0.13) if edge is None else edge(np.abs(around))
    down = start + (1 - start) * np.linspace(0, 1, _N_DOWN)[None, :]
    return drape(around, down, lift_cm=lift_cm)


def _garment(name: str, places: FloatArray, tint: FloatArray, *, placket: float = 0.0) -> Part:
    triangles = grid_triangles(*places.shape[:2])
    flat = np.ascontiguousarray(places.reshape(-1, 3), dtype=np.float32)
    outward = vertex_normals(flat, triangles) * (flat - _AXIS_CM)
    if outward.sum() < 0:
        triangles = triangles[:, ::-1]
    return Part(
        name=name,
        material="fabric",
        triangles=triangles,
        mesh=Mesh(flat, share=0.0),
        uniforms={"tint": tint, "placket": placket},
        two_sided=True,
        shadow_cm=None,
    )


def _hem(edge: PchipInterpolator, tint: FloatArray) -> Part:
    """Return the ribbed edge of a V-neck, a little raised."""
    around = np.linspace(-np.pi, np.pi, _N_AROUND)[:, None]
    across = np.linspace(0, 1, 7)[None, :]
    start = edge(np.abs(around))
    raised = 0.22 * np.sin(np.pi * across) + 0.03
    places = drape(around, start - 0.012 + 0.05 * across)
    places[..., 2] += raised * np.cos(around)
    places[..., 0] += raised * np.sin(around)
    places[..., 1] += 0.5 * raised
    return _garment("clothes.hem", places, tint)


def _collar(tint: FloatArray) -> list[Part]:
    """Return a shirt's collar: it stands around the neck and folds over, open in front."""
    around = np.linspace(0.07, 2 * np.pi - 0.07, 121)[:, None]
    fold = np.linspace(0, 1, 25)[None, :]
    from_front = np.minimum(around, 2 * np.pi - around)
    ahead, behind = np.clip(np.cos(around), 0, 1), np.clip(-np.cos(around), 0, 1)
    ridge = np.stack(
        np.broadcast_arrays(
            6.25 * np.sin(around),
            -10.75 + 1.1 * behind - 2.1 * ahead**1.5,
            5.35 * np.cos(around) - 1.0 + 0.25 * ahead,
        ),
        axis=-1,
    )
    # The points of the collar reach lower in front.
    point = np.exp(-((from_front / 0.36) ** 1.3))
    lower = drape(around, 0.39 + 0.20 * point, lift_cm=0.55)
    stand = ridge + np.array([0.0, -2.2, 0.0]) - 0.25 * _flat(ridge)
    rise, fall = np.clip(fold / 0.3, 0, 1)[..., None], np.clip((fold - 0.3) / 0.7, 0, 1)[..., None]
    places = stand + rise * (ridge - stand) + fall * (lower - ridge)
    bulge = 0.55 * np.sin(np.pi * np.clip(fall, 0, 1)) ** 0.8
    places = places + bulge * _flat(ridge) + np.array([0.0, 0.35, 0.0]) * bulge
    return [_garment("clothes.collar", places, 0.94 * tint)]


def _flat(places: FloatArray) -> FloatArray:
    """Return unit vectors away from the neck's axis, without their height."""
    away = (places - _AXIS_CM) * np.array([1.0, 0.0, 1.0])
    return np.asarray(away / np.linalg.norm(away, axis=-1, keepdims=True))


def _lapel(side: float, tint: FloatArray) -> Part:
    """Return one lapel, folded back from the jacket's edge, notched below the collar."""
    along = np.linspace(0, 1, 90)[:, None]
    across = np.linspace(0, 1, 16)[None, :]
    around = 1.6 - 1.52 * along**0.8
    wide = 0.17 * np.sin(np.pi * np.clip(0.12 + 0.84 * along, 0, 1)) ** 0.6
    notch = 1 - 0.5 * np.exp(-(((along - 0.47) / 0.028) ** 2))
    reach = across * notch
    turned = around + 1.5 * wide * reach * along
    down = _JACKET_EDGE(around) - 0.012 + 0.62 * wide * reach * (1 - 0.35 * along)
    places = drape(side * turned, down, lift_cm=0.62)
    roll = 0.45 * np.sin(np.pi * np.clip(0.12 + 0.62 * across, 0, 1))
    places = places + (roll * np.ones_like(along))[..., None] * _flat(places)
    return _garment(f"clothes.lapel.{'left' if side > 0 else 'right'}", places, 0.88 * tint)
