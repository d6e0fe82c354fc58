"""Families of skin texture: what the eye reads as smooth, porous, freckled or blotchy.

A family belongs to the person, so that an evaluation can leave one out of training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.people.canvas import blob, grid, mottle, spots
from facesign.samples.studio.people.person import Texture

__all__ = ["TEXTURES", "Family", "blood_pattern", "melanin_pattern"]


@dataclass(frozen=True, slots=True)
class Family:
    """How uneven skin is; shares of the mean unless said otherwise."""

    mottle: float
    """Standard deviation of melanin, from pores to patches."""
    pores: float
    """Standard deviation of the finest noise."""
    blotches: float
    """Standard deviation of blood in patches of half a centimetre to two."""
    n_freckles: int
    """Spots of melanin that are tried on the cheeks and the nose."""
    n_moles: int
    gloss: float
    """Shine of forehead, nose and cheeks, 0 to 1."""


TEXTURES: Mapping[Texture, Family] = {
    "smooth": Family(0.05, 0.03, 0.10, 30, 3, 0.22),
    "porous": Family(0.08, 0.11, 0.16, 60, 5, 0.42),
    "freckled": Family(0.07, 0.04, 0.14, 3600, 6, 0.20),
    "blotchy": Family(0.10, 0.05, 0.34, 160, 8, 0.26),
}


def melanin_pattern(family: Family, melanin: float, rng: np.random.Generator) -> FloatArray:
    """Return melanin relative to the person's own, of the canvas's shape.

    Args:
        family: How uneven the skin is.
        melanin: The person's own strength.
        rng: Where patches, freckles and moles lie.
    """
    # Light skin is uneven by multiples of its little melanin, dark skin by small shares.
    contrast = float(np.sqrt(0.06 / (0.06 + melanin)))
    amount = family.mottle * mottle(rng, [(0.12, 0.5), (0.5, 0.6), (2.0, 0.6)])
    amount += family.pores * mottle(rng, [(0.045, 1.0)])
    amount += 0.16 * blob(3.0, 2.5, 1.3, 0.6) + 0.12 * blob(3.2, 4.5, 1.6, 0.6)
    amount += 0.10 * blob(0.0, 9.0, 5.0, 2.2)
    across_nose = np.clip(blob(3.4, 0.9, 2.3, 1.6) + blob(0.0, 1.6, 1.3, 1.6), 0, 1)
    anywhere = 0.06 + 0.94 * across_nose
    amount += (0.5 + 0.06 / (melanin + 0.01)) * spots(
        rng, 12 * family.n_freckles, radius_cm=(0.02, 0.065), within=anywhere
    )
    face = np.clip(blob(3.5, 0.0, 3.5, 6.0), 0, 1)
    amount += (4.0 + 0.3 / (melanin + 0.01)) * spots(
        rng, 2 * family.n_moles, radius_cm=(0.05, 0.12), within=face
    )
    return np.clip(1 + contrast * amount, 0.3, 12).astype(np.float32)


def blood_pattern(family: Family, rng: np.random.Generator) -> FloatArray:
    """Return blood relative to the person's own, of the canvas's shape."""
    x, _ = grid()
    flush = 1.05 * blob(4.4, 0.2, 1.8, 1.7) + 0.95 * blob(0.0, 0.0, 1.25, 1.2)
    flush += 0.7 * blob(0.0, -6.4, 1.7, 1.0) + 0.45 * blob(2.9, 2.5, 1.2, 0.5)
    flush += 0.35 * blob(3.2, 4.2, 1.5, 0.6)
    flush += 1.2 / (1 + np.exp((7.9 - np.abs(x)) / 0.2))
    patches = family.blotches * mottle(rng, [(0.4, 0.7), (1.6, 0.7)])
    return np.clip(1 + flush + patches * (1 + flush), 0.4, 5).astype(np.float32)
