from __future__ import annotations

import numpy as np
import pytest

from facesign.samples.studio.camera.clock import capture_times
from facesign.samples.studio.camera.settings import CameraSettings


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("rate_hz", [15, 24, 30, 60])
def test_a_steady_camera_takes_a_picture_every_interval(rate_hz: int) -> None:
    settings = CameraSettings.model_validate({"rate_hz": rate_hz})
    time_s = capture_times(settings, 2.0, rng())
    np.testing.assert_allclose(time_s, np.arange(2 * rate_hz) / rate_hz)


def test_jitter_has_the_spread_that_was_asked_for() -> None:
    time_s = capture_times(CameraSettings(jitter_ms=4), 60.0, rng())
    late_ms = 1000 * (time_s - np.arange(1800) / 30)
    assert late_ms.std() == pytest.approx(4, rel=0.1)
    assert np.all(np.diff(time_s) > 0)


def test_the_strongest_jitter_keeps_the_order() -> None:
    time_s = capture_times(CameraSettings(jitter_ms=50), 60.0, rng())
    assert np.diff(time_s).min() > 0


def test_slow_times_have_half_the_rate_and_the_share_that_was_asked_for() -> None:
    time_s = capture_times(CameraSettings(slowed_share=0.4), 600.0, rng())
    steps = np.rint(np.diff(time_s) * 30).astype(int)
    assert set(steps) == {1, 2}
    slow_s = (steps == 2).sum() / 15
    assert slow_s / 600 == pytest.approx(0.4, abs=0.06)


def test_a_camera_that_is_always_slow_runs_at_half_the_rate() -> None:
    time_s = capture_times(CameraSettings(slowed_share=1.0), 20.0, rng())
    assert len(time_s) == pytest.approx(300, abs=10)


def test_the_same_seed_gives_the_same_times() -> None:
    settings = CameraSettings(jitter_ms=3, slowed_share=0.3)
    first = capture_times(settings, 10.0, rng())
    np.testing.assert_array_equal(first, capture_times(settings, 10.0, rng()))
