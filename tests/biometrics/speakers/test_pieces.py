from __future__ import annotations

import itertools

import pytest

from facesign.biometrics.speakers.pieces import windows_over

S = 16_000


def test_three_seconds_are_three_windows_that_overlap_by_half() -> None:
    windows = list(windows_over(3 * S))
    assert [(w.start / S, w.end / S) for w in windows] == [(0, 1.5), (0.75, 2.25), (1.5, 3.0)]


def test_a_piece_is_what_lies_nearest_to_its_windows_middle() -> None:
    windows = list(windows_over(3 * S))
    pieces = [(w.piece_start / S, w.piece_end / S) for w in windows]
    assert pieces == [(0, 1.125), (1.125, 1.875), (1.875, 3.0)]


def test_the_last_window_is_flush_with_the_end() -> None:
    windows = list(windows_over(int(1.9 * S)))
    assert [(w.start, w.end) for w in windows] == [(0, 24_000), (6_400, 30_400)]


def test_a_short_run_is_one_shorter_window() -> None:
    (window,) = windows_over(S)
    assert (window.start, window.end, window.piece_start, window.piece_end) == (0, S, 0, S)


def test_under_half_a_second_is_not_embedded() -> None:
    assert list(windows_over(S // 2 - 1)) == []


@pytest.mark.parametrize("n_samples", [8_000, 23_999, 24_000, 24_001, 100_123, 320_000])
def test_pieces_cover_a_run_without_gap_or_overlap(n_samples: int) -> None:
    windows = list(windows_over(n_samples))
    assert windows[0].piece_start == 0
    assert windows[-1].piece_end == n_samples
    for one, after in itertools.pairwise(windows):
        assert one.piece_end == after.piece_start
        assert one.start <= one.piece_start < one.piece_end <= one.end
