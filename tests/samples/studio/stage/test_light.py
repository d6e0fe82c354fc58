from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from pydantic import ValidationError

from facesign.samples.studio.stage.light import (
    LIGHTS,
    LightFamily,
    LightSettings,
    draw_light,
)


def test_every_family_has_its_light() -> None:
    assert set(LIGHTS) == set(get_args(LightFamily))
    assert all(light.family == name for name, light in LIGHTS.items())


@pytest.mark.parametrize("family", LIGHTS)
def test_directions_have_length_one(family: LightFamily) -> None:
    light = draw_light(LightSettings(family=family), np.random.default_rng(1))
    for towards in (light.key_towards, light.fill_towards, light.rim_towards):
        assert np.linalg.norm(towards) == pytest.approx(1.0, abs=0.02)


def test_half_the_strength_is_half_of_every_colour() -> None:
    plain = {"warmth": (0, 0), "jitter_deg": (0, 0), "mirrored": False}
    settings = LightSettings.model_validate({"strength": (0.5, 0.5), **plain})
    light = draw_light(settings, np.random.default_rng(0))
    np.testing.assert_allclose(
        light.key_colour, np.array(LIGHTS["window"].key_colour) / 2, rtol=1e-6
    )
    np.testing.assert_allclose(light.room, np.array(LIGHTS["window"].room) / 2, rtol=1e-6)
    assert light.key_towards == pytest.approx(LIGHTS["window"].key_towards, abs=1e-3)


def test_a_mirrored_window_is_on_the_other_side() -> None:
    light = draw_light(LightSettings(mirrored=True, jitter_deg=(0, 0)), np.random.default_rng(0))
    assert light.key_towards[0] == pytest.approx(0.50, abs=1e-3)
    assert light.glow[0] == pytest.approx(1.05)


def test_warm_light_is_redder_and_less_blue() -> None:
    settings = LightSettings(family="office", warmth=(1, 1), strength=(1, 1))
    red, green, blue = draw_light(settings, np.random.default_rng(0)).key_colour
    usual = LIGHTS["office"].key_colour
    np.testing.assert_allclose([red, green, blue], np.array(usual) * [1.3, 1.0, 0.65], rtol=1e-6)


def test_the_same_seed_draws_the_same_light() -> None:
    settings = LightSettings(family="side")
    first = draw_light(settings, np.random.default_rng(4))
    assert first == draw_light(settings, np.random.default_rng(4))
    assert first != draw_light(settings, np.random.default_rng(5))


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(ValidationError, match="'window', 'office'"):
        LightSettings.model_validate({"family": "moon"})
