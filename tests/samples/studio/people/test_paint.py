from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facesign.samples.studio.people.canvas import CANVAS_CM, PX_PER_CM, SHAPE
from facesign.samples.studio.people.paint import paint_relief, paint_skin
from facesign.samples.studio.people.person import PEOPLE, Person
from facesign.samples.studio.people.textures import TEXTURES
from facesign.samples.studio.people.tone import BLOOD, MELANIN

DANIEL = PEOPLE["daniel"]


def of_tone(tone: int, **more: object) -> Person:
    return replace(
        DANIEL, tone=tone, melanin=MELANIN[tone - 1], blood=BLOOD[tone - 1], stubble=0.0, **more
    )


def patch(paint: np.ndarray, x: float, y: float, half_cm: float = 0.3) -> np.ndarray:
    """Mean of a square around a place in cm."""
    column, row = (round((at - low) * PX_PER_CM) for at, low in ((x, CANVAS_CM[0]), (y, -18.0)))
    reach = round(half_cm * PX_PER_CM)
    square = paint[row - reach : row + reach, column - reach : column + reach]
    return square.reshape(-1, paint.shape[2]).astype(float).mean(axis=0)


def test_the_same_person_is_painted_the_same() -> None:
    first, again = paint_skin(DANIEL), paint_skin(DANIEL)
    assert first.shape == (*SHAPE, 4)
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("tone", [1, 7, 10])
def test_brows_stand_out_from_the_skin(tone: int) -> None:
    paint = paint_skin(of_tone(tone, hair=(26, 21, 19)))
    brow, forehead = patch(paint, 3.0, 5.95, 0.2), patch(paint, 3.0, 7.8)
    assert brow[1] < 0.8 * forehead[1]


@pytest.mark.parametrize("tone", [2, 6])
def test_lips_are_redder_than_the_skin_and_wetter(tone: int) -> None:
    paint = paint_skin(of_tone(tone))
    lip, cheek = patch(paint, 0.6, -3.95, 0.15), patch(paint, 4.6, -2.2)
    assert lip[0] / lip[1] > 1.1 * cheek[0] / cheek[1]
    assert lip[3] > 100 > cheek[3]


def test_lines_deepen_with_age() -> None:
    steep = {}
    for age in (22.0, 75.0):
        relief = paint_relief(replace(DANIEL, age_years=age)).astype(float) - 128
        steep[age] = (np.abs(relief[:, :, 1]) > 25).mean()
    assert steep[75.0] > 0.005
    assert steep[75.0] > 20 * steep[22.0]


def test_families_differ_in_unevenness() -> None:
    spread = {}
    for family in TEXTURES:
        paint = paint_skin(of_tone(3, texture=family))[..., 1].astype(float)
        middle = slice(round((18 - 2) * PX_PER_CM), round((18 + 2) * PX_PER_CM))
        spread[family] = paint[middle, round(13.5 * PX_PER_CM) : round(15.5 * PX_PER_CM)].std()
    assert spread["freckled"] > 1.5 * spread["smooth"]
    assert spread["blotchy"] > 1.3 * spread["smooth"]
    assert spread["porous"] > 1.2 * spread["smooth"]


def test_a_shaven_beard_darkens_the_chin_only() -> None:
    bare, shaven = (paint_skin(replace(DANIEL, stubble=s)) for s in (0.0, 0.5))
    assert patch(shaven, 1.5, -6.5)[1] < 0.9 * patch(bare, 1.5, -6.5)[1]
    np.testing.assert_allclose(patch(shaven, 2.0, 8.5)[:3], patch(bare, 2.0, 8.5)[:3], atol=1.0)
