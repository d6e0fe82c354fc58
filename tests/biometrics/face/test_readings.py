from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_face import even_times

from facesign.biometrics.face.readings import (
    BURST_LATE_S,
    BandEnergy,
    DoubleArray,
    Slope,
    robust_spread,
)
from facesign.biometrics.stream import TimeArray

RATES_HZ = (15.0, 24.0, 30.0, 60.0)


def burst(time_s: TimeArray, values: DoubleArray, rate_hz: float) -> DoubleArray:
    return BandEnergy(rate_hz, 1).push(time_s, values[:, None])[:, 0]


def sine(time_s: TimeArray, hz: float) -> DoubleArray:
    return np.asarray(np.sin(2 * np.pi * hz * time_s))


def uneven_times(seconds: float, seed: int) -> TimeArray:
    """Frames 20 to 46.7 ms apart, 33.3 ms on average."""
    steps = np.random.default_rng(seed).uniform(0.020, 0.0467, round(seconds * 30))
    return np.cumsum(steps)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_sine_in_the_band_gives_its_rms_back(rate_hz: float) -> None:
    time_s = even_times(6, rate_hz)
    settled = burst(time_s, 2.0 * sine(time_s, 5.0), rate_hz)[time_s > 2]
    assert np.sqrt(np.mean(settled**2)) == pytest.approx(2.0 / math.sqrt(2), rel=0.1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_slow_drift_is_suppressed(rate_hz: float) -> None:
    time_s = even_times(10, rate_hz)
    settled = burst(time_s, sine(time_s, 0.5), rate_hz)[time_s > 3]
    assert settled.max() < 0.1 / math.sqrt(2)


def test_a_variable_frame_rate_does_not_shift_the_band() -> None:
    time_s = uneven_times(8, seed=0)
    in_band = burst(time_s, sine(time_s, 5.0), 30.0)[time_s > 2]
    assert np.sqrt(np.mean(in_band**2)) == pytest.approx(1 / math.sqrt(2), rel=0.1)
    below = burst(time_s, sine(time_s, 0.5), 30.0)[time_s > 3]
    assert below.max() < 0.1 / math.sqrt(2)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("length_s", [0.1, 0.2, 0.3])
def test_a_pulse_bursts_at_most_the_declared_time_late(rate_hz: float, length_s: float) -> None:
    for shift in np.linspace(0, 1 / rate_hz, 5):
        time_s = even_times(4, rate_hz)
        phase = np.clip((time_s - 2 - shift + length_s / 2) / length_s, 0, 1)
        values = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
        late_s = time_s[np.nanargmax(burst(time_s, values, rate_hz))] - 2 - shift
        assert 0 < late_s <= BURST_LATE_S


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_pulse_bursts_as_strongly_at_any_frame_rate(rate_hz: float) -> None:
    time_s = even_times(4, rate_hz)
    pulse = 0.5 - 0.5 * np.cos(2 * np.pi * np.clip((time_s - 1.85) / 0.3, 0, 1))
    assert np.nanmax(burst(time_s, pulse, rate_hz)) == pytest.approx(0.365, abs=0.01)


def test_the_first_quarter_second_of_a_run_has_no_burst() -> None:
    time_s = even_times(1)
    values = burst(time_s, sine(time_s, 5), 30.0)
    assert np.isnan(values[time_s < 0.23]).all()
    assert np.isfinite(values[time_s >= 0.25]).all()


def test_a_value_that_always_stood_there_does_not_ring() -> None:
    time_s = even_times(2)
    np.testing.assert_allclose(burst(time_s, np.full(60, 7.0), 30.0)[8:], 0, atol=1e-9)


def test_a_rate_too_low_for_the_band_gives_no_burst() -> None:
    time_s = even_times(4, 5.0)
    assert np.isnan(burst(time_s, sine(time_s, 1.0), 5.0)).all()


def test_the_sizes_in_which_frames_come_change_nothing() -> None:
    time_s = uneven_times(4, seed=1)
    values = np.random.default_rng(2).normal(size=(len(time_s), 3))
    whole_burst = BandEnergy(30.0, 3).push(time_s, values)
    whole_slope = Slope(3).push(time_s, values)
    energy, slope = BandEnergy(30.0, 3), Slope(3)
    cuts = np.split(np.arange(len(time_s)), [1, 2, 9, 40, 41, 77])
    bursts = np.concatenate([energy.push(time_s[rows], values[rows]) for rows in cuts])
    slopes = np.concatenate([slope.push(time_s[rows], values[rows]) for rows in cuts])
    np.testing.assert_allclose(bursts, whole_burst, rtol=1e-9)
    np.testing.assert_allclose(slopes, whole_slope, rtol=1e-9)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_slope_of_a_ramp_is_its_steepness(rate_hz: float) -> None:
    time_s = 100 + even_times(2, rate_hz)
    slope = Slope(2).push(time_s, np.stack([3.5 * time_s + 1, -0.2 * time_s], axis=1))
    assert np.isnan(slope[0]).all()
    np.testing.assert_allclose(slope[1:], [[3.5, -0.2]] * (len(time_s) - 1), rtol=1e-6)


def test_the_slope_is_fitted_over_the_last_tenth_of_a_second() -> None:
    time_s = np.array([0.0, 0.05, 0.10, 0.15, 0.20])
    slope = Slope(1).push(time_s, np.array([[9.0], [0.0], [0.0], [1.0], [0.0]]))
    # Over 0.10, 0.15, 0.20: values 0, 1, 0 are symmetric. Over 0.05, 0.10, 0.15: 0, 0, 1.
    assert slope[4, 0] == pytest.approx(0.0, abs=1e-9)
    assert slope[3, 0] == pytest.approx(0.05 * 1.0 / (2 * 0.05**2))


def test_median_and_deviation_leave_lost_frames_out() -> None:
    values = np.array([[1.0, 0.0], [2.0, 0.0], [np.nan, 5.0], [4.0, 0.0], [9.0, 6.0]])
    median, mad = robust_spread(values)
    np.testing.assert_array_equal(median, [3.0, 0.0])
    np.testing.assert_array_equal(mad, [1.5, 0.0])


def test_nothing_finite_has_neither_median_nor_deviation() -> None:
    median, mad = robust_spread(np.full((4, 2), np.nan))
    assert np.isnan(median).all()
    assert np.isnan(mad).all()


def test_two_frames_of_one_time_do_not_stop_the_burst() -> None:
    time_s = even_times(2)
    time_s[1] = time_s[0]
    assert np.isfinite(burst(time_s, sine(time_s, 5), 30.0)[time_s >= 0.25]).all()
