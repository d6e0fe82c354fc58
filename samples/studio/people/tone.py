"""The colour of skin from what absorbs light in it: melanin above, blood below.

Light crosses the epidermis twice, where melanin takes its share, and is scattered back by
the dermis, where blood takes its own. Both act over the visible spectrum; a table over
melanin and blood turns two painted maps into a coloured skin. The same model reaches from
the lightest to the darkest tone, so freckles, blush and lips fit every skin by themselves.

Source: Jacques, "Origins of tissue optical properties in the UVA, visible and NIR",
OSA TOPS 1996, and his skin optics summary 1998 (melanin, bloodless skin, scattering);
Prahl's table of oxyhaemoglobin; colour matching after Wyman et al., JCGT 2013.
Tones: Monk Skin Tone scale, Ellis Monk, CC BY 4.0.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray

__all__ = ["BLOOD", "MELANIN", "MONK_SRGB", "albedo", "skin_colour", "to_srgb"]

MONK_SRGB: tuple[tuple[int, int, int], ...] = (
    (246, 237, 228),
    (243, 231, 219),
    (247, 234, 208),
    (234, 218, 186),
    (215, 189, 150),
    (160, 126, 86),
    (130, 92, 67),
    (96, 65, 52),
    (58, 49, 42),
    (41, 36, 32),
)
"""The published swatches, from tone 1 to tone 10."""
MELANIN = (0.004, 0.008, 0.015, 0.027, 0.058, 0.165, 0.280, 0.440, 0.640, 0.950)
"""Strength of melanin in the epidermis, from tone 1 to tone 10, fitted to the swatches."""
BLOOD = (0.0095, 0.0100, 0.0105, 0.0110, 0.0115, 0.0130, 0.0145, 0.0175, 0.0190, 0.0200)
"""Volume share of blood in the dermis, from tone 1 to tone 10, fitted likewise."""

_WAVE_NM = np.arange(400.0, 701.0, 10.0)
_OXYHAEMOGLOBIN = np.array(
    [
        *(266232, 466840, 480360, 246072, 102580, 62816, 44480, 33209, 26629, 23684, 20933, 20035),
        *(24202, 39957, 53236, 43016, 32613, 44496, 50104, 14401, 3200, 1506, 942, 610, 442, 368),
        *(320, 294, 278, 276, 290),
    ],
    dtype=np.float64,
)
"""Molar extinction in 1/(cm M), every 10 nm from 400 nm."""
_EPIDERMIS_CM = 0.006
_SURFACE = 0.024 * (_WAVE_NM / 550) ** 2
"""Share that the uppermost layers scatter themselves, browned by their own melanin."""
_TO_SRGB = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)
_D65 = np.array([0.9505, 1.0, 1.089])
_MOST_MELANIN, _MOST_BLOOD = 2.5, 0.2
_N_STEPS = 64


def skin_colour(melanin: FloatArray, blood: FloatArray) -> FloatArray:
    """Look up the albedo of skin, texel by texel.

    Args:
        melanin: Strength in the epidermis, shape (height, width).
        blood: Volume share in the dermis, shape (height, width).

    Returns:
        Linear red, green and blue, 0 to 1, shape (height, width, 3).
    """
    column = np.sqrt(np.clip(melanin / _MOST_MELANIN, 0, 1)) * (_N_STEPS - 1)
    row = np.sqrt(np.clip(blood / _MOST_BLOOD, 0, 1)) * (_N_STEPS - 1)
    colour = cv2.remap(
        _table(), column.astype(np.float32), row.astype(np.float32), cv2.INTER_LINEAR
    )
    return np.asarray(colour, dtype=np.float32)


def albedo(melanin: float, blood: float) -> FloatArray:
    """Return the linear red, green and blue of one skin, 0 to 1, shape (3,)."""
    colour: FloatArray = _albedo(np.array([melanin]), np.array([blood]))[0]
    return colour


def to_srgb(linear: npt.ArrayLike) -> FloatArray:
    """Encode linear 0 to 1 as sRGB 0 to 255."""
    value = np.clip(np.asarray(linear, dtype=np.float32), 0, 1)
    curved = np.where(value < 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
    return np.asarray(255 * curved, dtype=np.float32)


@cache
def _table() -> FloatArray:
    """Tabulate the albedo, finer where little absorbs, shape (blood, melanin, 3)."""
    steps = np.linspace(0, 1, _N_STEPS) ** 2
    blood, melanin = np.meshgrid(_MOST_BLOOD * steps, _MOST_MELANIN * steps, indexing="ij")
    flat = _albedo(melanin.ravel(), blood.ravel())
    return flat.reshape(_N_STEPS, _N_STEPS, 3)


def _albedo(melanin: FloatArray, blood: FloatArray) -> FloatArray:
    m, b = melanin[:, None].astype(np.float64), blood[:, None].astype(np.float64)
    bloodless = 0.244 + 85.3 * np.exp(-(_WAVE_NM - 154) / 66.2)
    # In the living skin the slope is flatter than 3.33, that of melanosomes in suspension.
    in_epidermis = m * 680 * (_WAVE_NM / 500) ** -2.0 + bloodless
    passed = np.exp(-2 * in_epidermis * _EPIDERMIS_CM)
    # 150 g of haemoglobin a litre of blood, 64,500 g a mole.
    in_blood = 2.303 * _OXYHAEMOGLOBIN * 150 / 64_500
    ratio = (
        2 * (b * in_blood + (1 - b) * bloodless) / (1.1e12 * _WAVE_NM**-4 + 73.7 * _WAVE_NM**-0.22)
    )
    scattered = 1 + ratio - np.sqrt(ratio**2 + 2 * ratio)
    matching = _colour_matching()
    xyz = (_SURFACE + (1 - _SURFACE) * passed * scattered) @ matching / matching.sum(axis=0)
    colour = np.clip((xyz * _D65) @ _TO_SRGB.T, 0.002, 1)
    return np.asarray(colour, dtype=np.float32)


def _colour_matching() -> FloatArray:
    """Return the CIE 1931 functions as sums of lobes, shape (n_wavelengths, 3)."""

    def lobe(height: float, middle: float, below: float, above: float) -> FloatArray:
        width = np.where(middle > _WAVE_NM, below, above)
        return np.asarray(height * np.exp(-0.5 * ((_WAVE_NM - middle) * width) ** 2))

    x = (
        lobe(0.362, 442.0, 0.0624, 0.0374)
        + lobe(1.056, 599.8, 0.0264, 0.0323)
        - lobe(0.065, 501.1, 0.0490, 0.0382)
    )
    y = lobe(0.821, 568.8, 0.0213, 0.0247) + lobe(0.286, 530.9, 0.0613, 0.0322)
    z = lobe(1.217, 437.0, 0.0845, 0.0278) + lobe(0.681, 459.0, 0.0385, 0.0725)
    return np.stack([x, y, z], axis=1)
