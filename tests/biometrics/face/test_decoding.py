from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facesign.biometrics.face.decoding import Decoder, RawMovement, Scores


def scores(movement: list[float], apex: list[float] | None = None) -> Scores:
    """Rows at 30 a second from 1 s on; edges say 0.1 s back and 0.2 s ahead of the peak."""
    n = len(movement)
    peak = int(np.argmax(apex if apex is not None else movement))
    time_s = 1.0 + np.arange(n) / 30
    away_s = time_s - time_s[peak]
    channels = np.zeros((n, 44), np.float32)
    channels[:, 3] = 0.9
    kinds = np.tile(np.array([0.1, 0.6, 0.2, 0.1], np.float32), (n, 1))
    return Scores(
        time_s=time_s,
        movement=np.array(movement, np.float32),
        probability=0.5 * np.array(movement, np.float32),
        apex=np.array(apex if apex is not None else movement, np.float32),
        edges_s=np.stack([0.1 + away_s, 0.2 - away_s], axis=1).astype(np.float32),
        channels=channels,
        kinds=kinds,
    )


NOTHING = scores([0.0]).rows(slice(0, 0))


def decoded(rows: Scores, piece: int = 4) -> list[RawMovement]:
    decoder, found = Decoder(), []
    for begin in range(0, len(rows.time_s), piece):
        found += decoder.push(rows.rows(slice(begin, begin + piece)))
    return [*found, *decoder.finish()]


def test_a_run_of_high_rows_is_one_movement_with_its_edges() -> None:
    (one,) = decoded(scores([0.1, 0.4, 0.8, 0.9, 0.8, 0.4, 0.1, 0.0]))
    assert one.apex_s == pytest.approx(1.1, abs=1e-3)
    assert one.onset_s == pytest.approx(1.0, abs=1e-4)
    assert one.offset_s == pytest.approx(1.3, abs=1e-4)
    assert one.probability == pytest.approx(0.45)
    assert int(np.argmax(one.channels)) == 3
    assert int(np.argmax(one.kinds)) == 1


def test_a_movement_is_under_way_from_behind_its_apex_until_it_is_told() -> None:
    rows = scores([0.1, 0.4, 0.8, 0.9, 0.8, 0.7, 0.7, 0.4, 0.1, 0.0, 0.0])
    decoder, seen, told = Decoder(), [], []
    for index in range(len(rows.time_s)):
        told += [index] * len(list(decoder.push(rows.rows(slice(index, index + 1)))))
        for one in decoder.under_way(NOTHING):
            assert one.offset_s == pytest.approx(1.3, abs=1e-4)
            seen.append(index)
    # Three rows behind the apex say where the edges are; two without a run end it.
    assert (seen, told) == ([6, 7, 8], [9])


def test_what_is_said_of_rows_to_come_shows_a_movement_earlier_and_is_not_kept() -> None:
    rows = scores([0.1, 0.4, 0.8, 0.9, 0.8, 0.7, 0.7, 0.4, 0.1, 0.0, 0.0])
    decoder = Decoder()
    assert list(decoder.push(rows.rows(slice(0, 3)))) == []
    (one,) = decoder.under_way(rows.rows(slice(3, 7)))
    assert one.apex_s == pytest.approx(1.1, abs=1e-3)
    assert list(decoder.under_way(rows.rows(slice(3, 6)))) == []


def test_two_movements_at_once_are_under_way_and_one_over_the_other_is_one() -> None:
    first = scores([0.1, 0.8, 0.9, 0.8, 0.1])
    second = replace(first, time_s=first.time_s + 0.4)
    decoder = Decoder()
    assert list(decoder.push(first)) == []
    assert len(list(decoder.under_way(second))) == 2
    over = replace(first, time_s=first.time_s + 4 / 30).rows(slice(1, 5))
    assert len(list(decoder.under_way(over))) == 1


def test_a_run_that_never_gets_high_is_nothing() -> None:
    assert decoded(scores([0.1, 0.4, 0.49, 0.4, 0.1])) == []


def test_a_dip_that_stays_above_the_lower_threshold_does_not_cut() -> None:
    assert len(decoded(scores([0.1, 0.6, 0.35, 0.7, 0.1]))) == 1


def test_two_runs_that_claim_the_same_time_are_merged_to_the_surer_one() -> None:
    (one,) = decoded(scores([0.1, 0.6, 0.1, 0.9, 0.1]))
    assert one.probability == pytest.approx(0.45)


def test_the_apex_lies_between_rows_where_its_neighbours_say_so() -> None:
    apex = [0.01, 0.1, 0.5, 0.5, 0.1, 0.01]
    (one,) = decoded(scores([0.1, 0.7, 0.9, 0.9, 0.7, 0.1], apex))
    assert one.apex_s == pytest.approx(1.0 + 2.5 / 30, abs=2e-3)


def test_a_movement_longer_than_a_brief_one_is_left_out() -> None:
    rows = scores([0.1, 0.7, 0.9, 0.7, 0.1])
    rows.edges_s[:] = 0.4
    assert decoded(rows) == []


@pytest.mark.parametrize("piece", [1, 2, 3, 8])
def test_pieces_of_any_size_give_the_same_movements(piece: int) -> None:
    rng = np.random.default_rng(0)
    rows = scores(list(np.clip(np.convolve(rng.random(200), np.ones(4) / 3, "same"), 0, 1)))
    rows.movement[::9] = 0.1
    rows.edges_s[:] = 0.05
    by_piece = [(m.onset_s, m.apex_s, m.offset_s) for m in decoded(rows, piece)]
    assert by_piece == [(m.onset_s, m.apex_s, m.offset_s) for m in decoded(rows, 200)]
    assert len(by_piece) > 3
