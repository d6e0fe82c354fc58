from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.interview.media.sound_clock import Piece, SoundClock


def click_times_s(pieces: Iterable[Piece]) -> list[float]:
    """Time of the largest sample of every piece that holds a click."""
    return [
        time_s + int(np.argmax(np.abs(samples))) / SAMPLE_RATE_HZ
        for time_s, samples in pieces
        if np.abs(samples).max() > 0.15
    ]


def packet(n_samples: int, *clicks: int) -> FloatArray:
    samples = np.zeros(n_samples, np.float32)
    samples[list(clicks)] = 1.0
    return samples


def pushed(
    clock: SoundClock, packets: Iterable[tuple[FloatArray, int, float | None]]
) -> list[Piece]:
    pieces = [piece for item in packets for piece in clock.push(*item)]
    return [*pieces, *clock.finish()]


@pytest.mark.slow
@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 44_100, 48_000])
def test_clicks_stay_in_place_over_an_hour(rate_hz: int) -> None:
    expected = [0.25, 600.25, 1800.25, 3599.25]
    seconds = (
        (packet(rate_hz, rate_hz // 4) if s + 0.25 in expected else packet(rate_hz), s)
        for s in range(3600)
    )

    found = click_times_s(pushed(SoundClock(), ((x, rate_hz, float(s)) for x, s in seconds)))

    np.testing.assert_allclose(found, expected, atol=0.001)


def test_pieces_are_a_tenth_of_a_second_and_lose_no_sample() -> None:
    pieces = pushed(SoundClock(), [(packet(1024), 44_100, i * 1024 / 44_100) for i in range(100)])

    assert [len(samples) for _, samples in pieces[:-1]] == [1600] * 23
    assert sum(len(samples) for _, samples in pieces) == round(102_400 * 16_000 / 44_100)
    np.testing.assert_allclose([t for t, _ in pieces], np.arange(24) * 0.1, atol=1e-9)


def test_sizes_of_the_packets_change_no_bit() -> None:
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 44_100).astype(np.float32)

    def cut(size: int) -> list[Piece]:
        starts = range(0, len(sound), size)
        return pushed(SoundClock(), [(sound[i : i + size], 44_100, i / 44_100) for i in starts])

    for (time_a, small), (time_b, large) in zip(cut(441), cut(10_000), strict=True):
        assert time_a == time_b
        np.testing.assert_array_equal(small, large)


def test_sound_starts_at_its_own_time() -> None:
    pieces = pushed(SoundClock(), [(packet(8000, 4100), 8_000, 2.43)])

    assert pieces[0][0] == 2.43
    np.testing.assert_allclose(click_times_s(pieces), [2.9425], atol=0.001)


def test_a_gap_moves_what_follows_to_its_own_time() -> None:
    clock = SoundClock()

    pieces = pushed(clock, [(packet(16_000), 16_000, 0.0), (packet(16_000, 800), 16_000, 1.5)])

    np.testing.assert_allclose(click_times_s(pieces), [1.55], atol=0.001)
    assert (clock.gaps, round(clock.gap_s, 3)) == (1, 0.5)


def test_times_rounded_to_a_millisecond_make_no_gap() -> None:
    clock = SoundClock()
    packets = [(packet(1024), 44_100, round(i * 1024 / 44_100, 3)) for i in range(2000)]

    pieces = pushed(clock, packets)

    assert (clock.gaps, clock.repaired) == (0, 0)
    assert pieces[-1][0] == pytest.approx(46.4)


def test_overlapping_sound_is_given_once() -> None:
    clock = SoundClock()

    pieces = pushed(clock, [(packet(16_000), 16_000, 0.0), (packet(16_000, 8000), 16_000, 0.75)])

    assert sum(len(samples) for _, samples in pieces) == 28_000
    np.testing.assert_allclose(click_times_s(pieces), [1.25], atol=0.001)
    assert clock.repaired == 1


@pytest.mark.parametrize("skew", [0.0005, -0.0005])
def test_a_clock_that_runs_off_is_followed_within_thirty_milliseconds(skew: float) -> None:
    clock = SoundClock()
    true_s = np.arange(3000) * 0.1 * (1 + skew)
    packets = [(packet(1600, 400), 16_000, float(t)) for t in true_s]

    pieces = pushed(clock, packets)

    starts_s = np.array([t for t, _ in pieces])
    assert np.all(np.diff(starts_s) >= 0)
    assert pieces[-1][0] == pytest.approx(true_s[-1], abs=0.1 + 0.03)
    assert 5 <= clock.repaired <= 20


def test_a_change_of_rate_keeps_the_time() -> None:
    packets = [(packet(22_050), 22_050, 0.0), (packet(44_100, 22_050), 44_100, 1.0)]

    np.testing.assert_allclose(click_times_s(pushed(SoundClock(), packets)), [1.5], atol=0.001)


def test_packets_without_a_time_follow_each_other() -> None:
    packets = [(packet(8000), 16_000, None), (packet(8000, 4000), 16_000, None)]

    np.testing.assert_allclose(click_times_s(pushed(SoundClock(), packets)), [0.75], atol=0.001)


def test_a_restarted_container_clock_does_not_lose_sound() -> None:
    clock = SoundClock()
    first = [(packet(1600), 16_000, i * 0.1) for i in range(100)]
    second = [(packet(1600), 16_000, i * 0.1) for i in range(50)]

    pieces = pushed(clock, first + second)

    assert sum(len(samples) for _, samples in pieces) == 150 * 1600
    assert pieces[-1][0] == pytest.approx(14.9)


def test_samples_beyond_full_scale_are_clipped() -> None:
    pieces = pushed(SoundClock(), [(np.full(1600, 1.7, np.float32), 16_000, 0.0)])

    assert float(pieces[0][1].max()) == 1.0
