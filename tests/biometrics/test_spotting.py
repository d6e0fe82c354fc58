from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.spotting import Spotting, calibration_error, match, strs, uf1_uar
from facesign.errors import ShapeError


def test_spans_that_share_half_of_their_union_are_the_same() -> None:
    # 1.0-2.0 and 1.5-2.25 share 0.5 of 1.25, which is 0.4; 1.25-2.25 share 0.75 of 1.25.
    assert match([(1.0, 2.0)], [(1.5, 2.25)]) == []
    assert match([(1.0, 2.0)], [(1.25, 2.25)]) == [(0, 0)]


def test_each_true_span_is_found_once() -> None:
    found = [(1.0, 2.0), (1.05, 2.05), (5.0, 6.0)]
    assert match(found, [(1.05, 2.0), (5.0, 6.1)]) == [(0, 0), (2, 1)] or match(
        found, [(1.05, 2.0), (5.0, 6.1)]
    ) == [(1, 0), (2, 1)]


def test_the_pairs_with_the_largest_overlap_in_all_are_taken() -> None:
    # The first could take either; only if it leaves the second's, both find one.
    found, true = [(0.0, 1.0), (0.3, 1.0)], [(0.3, 1.0), (0.0, 0.9)]
    assert match(found, true) == [(0, 1), (1, 0)]


def test_nothing_found_matches_nothing() -> None:
    assert match([], [(0.0, 1.0)]) == []
    assert match([(0.0, 1.0)], []) == []


def test_precision_recall_and_f1_by_hand() -> None:
    counts = Spotting(n_true=4, n_found=5, n_hit=3) + Spotting(n_true=4, n_found=1, n_hit=1)
    assert counts.precision == pytest.approx(4 / 6)
    assert counts.recall == pytest.approx(4 / 8)
    assert counts.f1 == pytest.approx(8 / 14)


def test_scores_without_a_trial_are_nan() -> None:
    nothing = Spotting(0, 0, 0)
    assert all(np.isnan(v) for v in (nothing.precision, nothing.recall, nothing.f1))
    assert Spotting(3, 0, 0).f1 == 0.0


def test_unweighted_scores_count_every_class_alike() -> None:
    true = ["a", "a", "a", "a", "b", "b"]
    predicted = ["a", "a", "a", "b", "b", None]
    # a: 3 hits of 4 true, 3 given; F1 6/7. b: 1 hit of 2 true, 2 given; F1 1/2. c never occurs.
    uf1, uar = uf1_uar(true, predicted, ("a", "b", "c"))
    assert uf1 == pytest.approx((6 / 7 + 1 / 2) / 2)
    assert uar == pytest.approx((3 / 4 + 1 / 2) / 2)


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(ShapeError, match="predicted"):
        uf1_uar(["a"], [], ("a",))


def test_the_score_of_both_steps_is_their_product() -> None:
    assert strs(0.5, 0.4) == pytest.approx(0.2)


def test_calibration_error_by_hand() -> None:
    probability = np.array([0.95, 0.95, 0.15, 0.15], np.float32)
    hit = np.array([True, False, False, False])
    # |0.5 - 0.95| and |0 - 0.15|, half of the samples each.
    assert calibration_error(probability, hit) == pytest.approx(0.5 * 0.45 + 0.5 * 0.15)
    assert np.isnan(calibration_error(probability[:0], hit[:0]))
