from __future__ import annotations

import numpy as np
import pytest

from facesign.samples.studio.people.tone import (
    BLOOD,
    MELANIN,
    MONK_SRGB,
    albedo,
    skin_colour,
    to_srgb,
)


def lab(srgb: np.ndarray) -> np.ndarray:
    """CIE Lab of sRGB 0 to 255, D65."""
    value = np.asarray(srgb, dtype=np.float64) / 255
    linear = np.where(value > 0.04045, ((value + 0.055) / 1.055) ** 2.4, value / 12.92)
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.array(matrix) @ linear / [0.9505, 1.0, 1.089]
    f = [np.cbrt(t) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("tone", range(1, 11))
def test_each_tone_lies_near_its_swatch_and_is_not_cooler(tone: int) -> None:
    skin = to_srgb(albedo(MELANIN[tone - 1], BLOOD[tone - 1]))
    swatch = np.array(MONK_SRGB[tone - 1])
    assert np.linalg.norm(lab(skin) - lab(swatch)) < 15.5
    assert skin[0] > skin[1] > skin[2]
    assert lab(skin)[1] > lab(swatch)[1] - 1


def test_a_darker_tone_is_darker() -> None:
    bright = [albedo(m, b)[1] for m, b in zip(MELANIN, BLOOD, strict=True)]
    assert (np.diff(bright) < 0).all()


@pytest.mark.parametrize("tone", [1, 5, 9])
def test_blood_reddens_every_skin(tone: int) -> None:
    pale, flushed = (albedo(MELANIN[tone - 1], times * BLOOD[tone - 1]) for times in (1, 4))
    assert (flushed <= pale).all()
    assert flushed[0] / flushed[1] > 1.02 * pale[0] / pale[1]


def test_the_table_agrees_with_the_formula() -> None:
    melanin, blood = np.array([[0.004, 0.06, 0.3, 1.1]]), np.array([[0.01, 0.02, 0.015, 0.04]])
    looked_up = skin_colour(melanin, blood)[0]
    exact = [albedo(m, b) for m, b in zip(melanin[0], blood[0], strict=True)]
    np.testing.assert_allclose(looked_up, exact, atol=0.012)
