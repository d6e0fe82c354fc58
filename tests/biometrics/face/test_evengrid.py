from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facesign.biometrics.face.evengrid import EvenGrid, GridRows
from facesign.biometrics.face.signals import SIGNALS
from facesign.biometrics.stream import BoolArray, FloatArray, TimeArray

N = len(SIGNALS)


def rows_of(time_s: TimeArray, values: TimeArray, valid: BoolArray | None = None) -> GridRows:
    wide, known = spread(values), np.ones((len(time_s), N), np.bool_)
    if valid is not None:
        known[:] = valid[:, None]
    grid = EvenGrid()
    parts = [grid.push(time_s, wide, known), grid.finish()]
    return joined(parts)


def spread(values: TimeArray) -> FloatArray:
    return np.repeat(values.astype(np.float32)[:, None], N, axis=1)


def joined(parts: list[GridRows]) -> GridRows:
    return GridRows(
        *(np.concatenate([getattr(p, n) for p in parts]) for n in ("time_s", "values", "valid"))
    )


def test_thirty_frames_a_second_pass_unchanged() -> None:
    values = np.random.default_rng(0).normal(size=60)
    rows = rows_of(np.arange(60) / 30, values)
    np.testing.assert_allclose(rows.time_s, np.arange(60) / 30)
    np.testing.assert_array_equal(rows.values, spread(values))
    assert rows.valid.all()


@pytest.mark.parametrize("rate_hz", [15, 24, 25, 60, 120])
def test_a_slow_sine_comes_out_whatever_the_rate(rate_hz: int) -> None:
    time_s = np.arange(4 * rate_hz) / rate_hz
    rows = rows_of(time_s, np.sin(2 * np.pi * 1.5 * time_s))
    assert rows.valid.all()
    expected = np.sin(2 * np.pi * 1.5 * rows.time_s)
    # The first row has frames on one side alone.
    np.testing.assert_allclose(rows.values[1:, 0], expected[1:], atol=0.06)


def test_between_two_frames_a_row_lies_on_the_line() -> None:
    # Frames at 0, 1/20, 2/20; the row at 1/30 is two thirds of the way to the second.
    rows = rows_of(np.arange(3) / 20, np.array([0.0, 3.0, 6.0]))
    assert rows.values[1, 0] == pytest.approx(2.0)


def test_frames_that_lie_denser_than_rows_are_averaged() -> None:
    time_s = np.arange(240) / 120
    noisy = np.random.default_rng(1).normal(size=240)
    rows = rows_of(time_s, noisy)
    # The row at 1 s has the frames after 0.98333 up to 1.01667.
    assert rows.values[30, 0] == pytest.approx(noisy[119:123].mean(), abs=1e-6)


def test_a_row_beside_a_frame_that_is_not_valid_is_not_valid() -> None:
    valid = np.ones(40, np.bool_)
    valid[20] = False
    rows = rows_of(np.arange(40) / 20, np.zeros(40), valid)
    near = np.abs(rows.time_s - 1.0) < 0.05 - 1e-6
    assert not rows.valid[near].any()
    assert rows.valid[~near].all()


def test_a_hole_of_more_than_a_tenth_of_a_second_is_not_bridged() -> None:
    time_s = np.concatenate([np.arange(15) / 30, 0.9 + np.arange(15) / 30])
    rows = rows_of(time_s, np.zeros(30))
    inside = (rows.time_s > 14 / 30 + 1e-6) & (rows.time_s < 0.9 - 1e-6)
    assert not rows.valid[inside].any()
    assert rows.valid[~inside].all()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=20), st.sampled_from([17, 30, 50, 90]))
def test_pieces_of_any_size_give_the_same_bits(sizes: list[int], rate_hz: int) -> None:
    rng = np.random.default_rng(rate_hz)
    time_s = np.sort(np.arange(120) / rate_hz + rng.uniform(-0.3, 0.3, 120) / rate_hz)
    time_s -= min(time_s[0], 0.0)
    values, valid = spread(rng.normal(size=120)), rng.random((120, N)) > 0.1
    whole = EvenGrid()
    at_once = joined([whole.push(time_s, values, valid), whole.finish()])
    grid, parts, begin = EvenGrid(), [], 0
    for size in [*sizes, 120]:
        end = min(begin + size, 120)
        if end > begin:
            parts.append(grid.push(time_s[begin:end], values[begin:end], valid[begin:end]))
        begin = end
    in_pieces = joined([*parts, grid.finish()])
    for name in ("time_s", "values", "valid"):
        np.testing.assert_array_equal(getattr(in_pieces, name), getattr(at_once, name))
