from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from pydantic import ValidationError

from facesign.samples.studio.stage.backdrop import (
    Backdrop,
    BackdropFamily,
    BackdropSettings,
    draw_backdrop,
    paint_backdrop,
)
from facesign.samples.studio.stage.light import LIGHTS
from facesign.samples.studio.stage.rooms import ROOMS

SIZE_PX = (160, 120)
DAY = LIGHTS["window"]


def test_every_family_has_its_room() -> None:
    assert set(ROOMS) == set(get_args(BackdropFamily))


@pytest.mark.parametrize("family", ROOMS)
@pytest.mark.parametrize("size_px", [SIZE_PX, (120, 160)])
def test_a_room_fills_pictures_of_any_shape(
    family: BackdropFamily, size_px: tuple[int, int]
) -> None:
    room = paint_backdrop(Backdrop(family, seed=1, blur=0.0), DAY, size_px)
    assert room.shape == (size_px[1], size_px[0], 3)
    assert room.std() > 2


@pytest.mark.parametrize("family", ROOMS)
def test_another_seed_furnishes_another_room(family: BackdropFamily) -> None:
    rooms = [paint_backdrop(Backdrop(family, seed, 0.5), DAY, SIZE_PX) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(rooms[0], rooms[1])
    assert np.abs(rooms[0].astype(int) - rooms[2]).mean() > 2


def test_blur_takes_edges_away() -> None:
    sharp, soft = (
        paint_backdrop(Backdrop("office", 3, blur), DAY, SIZE_PX).astype(int) for blur in (0.0, 1.0)
    )
    assert np.abs(np.diff(sharp, axis=1)).max() > 3 * np.abs(np.diff(soft, axis=1)).max()


def test_rooms_are_as_bright_as_their_light() -> None:
    def mean(family: str) -> float:
        light = next(light for name, light in LIGHTS.items() if name == family)
        return float(paint_backdrop(Backdrop("plain", 2, 1.0), light, SIZE_PX).mean())

    assert mean("dim") < 60 < mean("evening") < mean("office") < 230 < mean("backlight")


def test_a_curtained_window_lets_the_day_in_but_not_at_night() -> None:
    by_day, at_night = (
        paint_backdrop(Backdrop("curtain", 2, 0.0), LIGHTS[name], SIZE_PX)[80, 84]
        for name in ("window", "dim")
    )
    assert by_day.min() > 235
    assert at_night.max() < 140


def test_a_drawn_room_is_in_focus_as_asked() -> None:
    backdrop = draw_backdrop(
        BackdropSettings(family="bank", blur=(0.2, 0.3)), np.random.default_rng(0)
    )
    assert backdrop.family == "bank"
    assert 0.2 <= backdrop.blur <= 0.3


def test_less_than_sharp_is_refused() -> None:
    with pytest.raises(ValidationError, match="must not be below 0"):
        BackdropSettings(blur=(-1.0, 1.0))
