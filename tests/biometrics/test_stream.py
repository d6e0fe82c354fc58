from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facesign.biometrics.stream import BLOCK_FRAMES, BLOCK_S, BlockGrid, Frame, Sound
from facesign.errors import ItemError, ShapeError


def cut(times_s: list[float]) -> list[list[float]]:
    grid: BlockGrid[float] = BlockGrid(lambda time_s: time_s)
    blocks = [block for time_s in times_s for block in grid.push(time_s)]
    return [*blocks, *grid.finish()]


def test_a_block_closes_after_eight_frames() -> None:
    assert [len(block) for block in cut([n / 60 for n in range(20)])] == [8, 8, 4]


def test_a_block_closes_before_the_frame_a_quarter_of_a_second_on() -> None:
    assert cut([0.0, 0.1, 0.2, 0.25, 0.4, 0.51]) == [[0.0, 0.1, 0.2], [0.25, 0.4], [0.51]]


def test_the_eighth_frame_closes_its_block_at_once() -> None:
    grid: BlockGrid[float] = BlockGrid(lambda time_s: time_s)
    closed = [len(list(grid.push(n / 60))) for n in range(9)]
    assert closed == [0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_slow_frames_are_blocks_of_their_own() -> None:
    assert cut([0.0, 1.0, 2.0]) == [[0.0], [1.0], [2.0]]


def test_an_empty_stream_has_no_block() -> None:
    assert cut([]) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.001, 0.5), max_size=60))
def test_every_item_is_in_one_block_that_is_neither_too_long_nor_too_short(
    steps_s: list[float],
) -> None:
    times_s = np.cumsum(steps_s).tolist()
    blocks = cut(times_s)
    assert [time_s for block in blocks for time_s in block] == times_s
    for block, after in pairwise(blocks):
        assert block[-1] - block[0] < BLOCK_S
        assert len(block) == BLOCK_FRAMES or after[0] - block[0] >= BLOCK_S


def test_a_frame_must_be_rgb_and_shows_no_pixels() -> None:
    assert repr(Frame(1.5, np.zeros((4, 6, 3), np.uint8))) == "Frame(time_s=1.500, 6x4)"
    with pytest.raises(ShapeError, match=r"image must have shape \(height, width, 3\)"):
        Frame(0.0, np.zeros((4, 6), np.uint8))


def test_sound_ends_with_its_last_sample_and_shows_no_samples() -> None:
    sound = Sound(2.0, np.zeros(8000, np.float32))
    assert sound.end_s == 2.5
    assert repr(sound) == "Sound(time_s=2.000, n_samples=8000, mixed)"
    with pytest.raises(ShapeError, match=r"samples must have shape \(n_samples,\)"):
        Sound(0.0, np.zeros((2, 8), np.float32))


def test_a_frame_must_hold_bytes() -> None:
    with pytest.raises(ItemError, match="image must be uint8, got float32"):
        Frame(0.0, np.zeros((4, 6, 3), np.float32))


def test_sound_must_hold_single_precision() -> None:
    with pytest.raises(ItemError, match="samples must be float32, got int16"):
        Sound(0.0, np.zeros(8, np.int16))


@pytest.mark.parametrize("time_s", [float("nan"), float("inf"), -0.5])
def test_an_item_stands_at_a_time_from_zero_on(time_s: float) -> None:
    message = f"time_s must be finite and not negative, got {time_s}"
    with pytest.raises(ItemError, match=message):
        Frame(time_s, np.zeros((4, 6, 3), np.uint8))
    with pytest.raises(ItemError, match=message):
        Sound(time_s, np.zeros(8, np.float32))
