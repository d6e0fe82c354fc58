"""A headscarf: cloth around the face's oval, gathered in folds around the neck."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.bust import drape
from facesign.samples.studio.people.parts import Mesh, Part, linear, neck_share
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.people.skull import CENTRE_CM, Skull, grid_triangles

__all__ = ["headscarf"]

_N_AROUND, _N_BACK, _N_DOWN = 144, 48, 40
_OPENING = CubicSpline(
    np.radians([-90, -60, -25, 0, 30, 60, 90, 120, 150, 180, 205, 240, 270]),
    [57, 57, 53, 50, 42, 33.5, 31, 33.5, 42, 50, 53, 57, 57],
    bc_type="periodic",
)
"""Angle from straight ahead at which the scarf begins, around the face from its left, degrees."""


def headscarf(person: Person, skull: Skull) -> list[Part]:
    """Return the scarf in two pieces, or nothing for who wears none."""
    if not person.headscarf:
        return []
    rng = np.random.default_rng([person.seed, 6])
    tint = linear(person.scarf)
    pieces = {"headscarf.head": _around_head(skull, rng), "headscarf.neck": _around_neck(rng)}
    return [
        Part(
            name=name,
            material="fabric",
            triangles=grid_triangles(*places.shape[:2]),
            mesh=Mesh(flat, share=np.maximum(neck_share(flat), 0.0)),
            uniforms={"tint": tint, "placket": 0.0},
            two_sided=True,
        )
        for name, places in pieces.items()
        if (flat := places.reshape(-1, 3).astype(np.float32)) is not None
    ]


def _around_head(skull: Skull, rng: np.random.Generator) -> FloatArray:
    around = np.linspace(-np.pi / 2, 1.5 * np.pi, _N_AROUND)[:, None]
    back = np.linspace(0, 1, _N_BACK)[None, :]
    opening = _OPENING(around)
    tilt = np.radians(opening + (176 - opening) * back**1.15)
    towards = np.stack(
        np.broadcast_arrays(
            np.sin(tilt) * np.cos(around), np.sin(tilt) * np.sin(around), np.cos(tilt)
        ),
        axis=-1,
    )
    phase = rng.uniform(0, 2 * np.pi, 3)
    folds = 0.17 * np.sin(9 * around + 7 * back + phase[0]) * np.clip(back / 0.3, 0, 1)
    folds += 0.09 * np.sin(17 * around - 9 * back + phase[1]) * np.clip(back / 0.2, 0, 1)
    hem = 0.16 * np.exp(-((back / 0.035) ** 2))
    above = 0.34 + hem + 0.75 * np.clip(back / 0.45, 0, 1) + folds
    # The hem turns in to the skin, or one looks under it from the side.
    above = above * np.clip(0.15 + back / 0.02, 0, 1)
    places = skull.surface(towards, above)
    # Cloth spans hollows, such as those around the ears.
    reach = np.linalg.norm(places - CENTRE_CM, axis=-1)
    taut = gaussian_filter1d(gaussian_filter1d(reach, 3.0, axis=0, mode="wrap"), 2.0, axis=1)
    share = np.clip(back / 0.12, 0, 1)
    places = CENTRE_CM + towards * (reach + share * (taut + 0.12 - reach))[..., None]
    # Below the jaw the cloth draws in, to end under the folds around the neck.
    below = np.clip((-8.0 - places[..., 1]) / 4.0, 0, 1)[..., None]
    neck = np.stack([5.6 * places[..., 0] / 9.0, np.maximum(places[..., 1], -11.0)], axis=-1)
    places[..., :2] += below * (neck - places[..., :2])
    places[..., 2] += below[..., 0] * (0.72 * places[..., 2] - places[..., 2])
    return np.asarray(places, dtype=np.float32)


def _around_neck(rng: np.random.Generator) -> FloatArray:
    """Lay the scarf's ends in folds from below the jaw over the shoulders and the chest."""
    around = np.linspace(-np.pi, np.pi, _N_AROUND)[:, None]
    down = np.linspace(0, 1, _N_DOWN)[None, :]
    phase = rng.uniform(0, 2 * np.pi, 4)
    ahead = 0.5 + 0.5 * np.cos(around)
    slant = 2.2 * np.sin(around + phase[0])
    folds = 0.5 * np.sin(15 * down + slant + phase[1])
    folds = folds + 0.15 * np.sin(29 * down - 1.5 * slant + phase[2])
    folds = folds * (0.4 + 0.6 * ahead) * np.sin(np.pi * np.clip(down, 0, 1)) ** 0.5
    top = np.stack(
        np.broadcast_arrays(
            (7.3 + folds) * np.sin(around),
            -7.9 + 2.4 * (1 - ahead) ** 1.5 + 0 * down,
            np.where(np.cos(around) > 0, 7.2 + folds, 7.9 + folds) * np.cos(around) - 0.8,
        ),
        axis=-1,
    )
    on_cloth = drape(around, 0.24 + 0.26 * down + 0.10 * ahead * down, lift_cm=1.15)
    on_cloth = on_cloth + (folds * (1 - 0.6 * down))[..., None] * np.array([0.0, 0.6, 0.6])
    share = np.clip(down / 0.62, 0, 1)
    share = (share * share * (3 - 2 * share) * np.ones_like(around))[..., None]
    return np.asarray(top + share * (on_cloth - top), dtype=np.float32)
