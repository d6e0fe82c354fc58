from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.speakers.crosstalk import LATEST_S, measure_echo
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray

MARGIN = round(LATEST_S * SAMPLE_RATE_HZ)


def noise(n_samples: int, seed: int) -> FloatArray:
    return np.random.default_rng(seed).standard_normal(n_samples).astype(np.float32) * 0.1


@pytest.mark.parametrize("lag_s", [0.0125, 0.25])
def test_a_later_quieter_copy_is_all_echo(lag_s: float) -> None:
    other = noise(24_000 + 2 * MARGIN, 0)
    lag = round(lag_s * SAMPLE_RATE_HZ)
    heard = 0.2 * other[MARGIN - lag : MARGIN - lag + 24_000]
    echo = measure_echo(heard, other)
    assert echo.lag_s == pytest.approx(lag_s)
    assert echo.share > 0.98


def test_where_the_other_track_comes_later_it_is_the_echo() -> None:
    other = noise(24_000 + 2 * MARGIN, 0)
    heard = other[MARGIN + 800 : MARGIN + 800 + 24_000]
    assert measure_echo(heard, other).lag_s == pytest.approx(-0.05)


def test_unrelated_tracks_hold_no_echo() -> None:
    echo = measure_echo(noise(24_000, 1), noise(24_000 + 2 * MARGIN, 2))
    assert echo.share < 0.05


def test_share_is_the_share_of_power() -> None:
    other = noise(64_000 + 2 * MARGIN, 0)
    mine = noise(64_000, 1)
    heard = mine + other[MARGIN - 1600 : MARGIN - 1600 + 64_000]
    assert measure_echo(heard, other).share == pytest.approx(0.5, abs=0.06)


def test_a_silent_track_has_no_echo_to_give() -> None:
    assert measure_echo(noise(24_000, 1), np.zeros(24_000 + 2 * MARGIN, np.float32)).share == 0.0
