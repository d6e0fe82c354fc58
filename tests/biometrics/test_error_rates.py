from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.error_rates import (
    cllr,
    det,
    eer,
    fmr_at,
    fnmr_at,
    min_cllr,
    min_dcf,
)
from facesign.errors import ItemError, ShapeError

GENUINE = np.array([4.0, 3.0, 2.0, 0.0])
IMPOSTOR = np.array([2.5, 1.0, -1.0, -2.0])


def test_a_score_at_the_threshold_is_a_match() -> None:
    assert fmr_at(2.5, IMPOSTOR) == 0.25
    assert fnmr_at(2.0, GENUINE) == 0.25


def test_the_curve_runs_from_all_matches_to_none() -> None:
    curve = det(GENUINE, IMPOSTOR)
    assert curve.threshold.tolist() == [-2.0, -1.0, 0.0, 1.0, 2.0, 2.5, 3.0, 4.0, np.inf]
    assert curve.fmr.tolist() == [1.0, 0.75, 0.5, 0.5, 0.25, 0.25, 0.0, 0.0, 0.0]
    assert curve.fnmr.tolist() == [0.0, 0.0, 0.0, 0.25, 0.25, 0.5, 0.5, 0.75, 1.0]


def test_eer_is_where_the_rates_meet() -> None:
    assert eer(GENUINE, IMPOSTOR) == 0.25


def test_eer_lies_on_the_line_between_two_thresholds() -> None:
    """From FMR 1/2, FNMR 0 to FMR 0, FNMR 1/3: they meet at 1/2 - 0.6 / 2 = 0.2."""
    genuine, impostor = np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0])
    assert eer(genuine, impostor) == pytest.approx(0.2)


def test_scores_that_say_nothing_have_an_eer_of_a_half() -> None:
    assert eer(np.ones(7), np.ones(3)) == pytest.approx(0.5)


def test_scores_that_part_all_trials_have_no_error() -> None:
    assert eer(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 0.0
    assert min_cllr(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 0.0
    assert min_dcf(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 0.0


def test_scores_in_the_wrong_order_are_always_wrong() -> None:
    assert eer(np.array([1.0]), np.array([2.0])) == pytest.approx(1.0)


def test_detection_cost_takes_the_cheapest_threshold() -> None:
    """At a prior of 1/5 and threshold 3, half of the genuine trials miss: 0.2 * 0.5 / 0.2."""
    assert min_dcf(GENUINE, IMPOSTOR, prior=0.2) == pytest.approx(0.5)


def test_detection_cost_is_never_above_deciding_without_looking() -> None:
    assert min_dcf(IMPOSTOR, GENUINE, prior=0.01) == pytest.approx(1.0)


def test_likelihood_ratios_of_one_cost_one_bit() -> None:
    assert cllr(np.zeros(5), np.zeros(2)) == pytest.approx(1.0)


def test_likelihood_ratios_cost_what_the_formula_says() -> None:
    """LR 3 for the genuine trial, 1/3 for the impostor: log2(1 + 1/3) each."""
    value = cllr(np.log([3.0]), np.log([1.0 / 3.0]))
    assert value == pytest.approx(np.log2(4.0 / 3.0))


def test_the_best_cost_pools_scores_in_the_wrong_order() -> None:
    """Scores 1 g, 2 i are pooled to a posterior of 1/2; 0 i and 3 g are certain."""
    assert min_cllr(np.array([1.0, 3.0]), np.array([0.0, 2.0])) == pytest.approx(0.5)


def test_the_best_cost_does_not_depend_on_the_scale() -> None:
    rng = np.random.default_rng(0)
    genuine, impostor = rng.normal(1.0, 1.0, 300), rng.normal(-1.0, 1.0, 200)
    best = min_cllr(genuine, impostor)
    assert min_cllr(np.exp(genuine), np.exp(impostor)) == pytest.approx(best)
    assert best < cllr(5.0 * genuine, 5.0 * impostor)


def test_likelihood_ratios_of_two_bells_are_almost_at_their_best() -> None:
    """Bells at +1 and -1 with variance 1 have the log-likelihood ratio 2x."""
    rng = np.random.default_rng(1)
    genuine, impostor = rng.normal(1.0, 1.0, 20_000), rng.normal(-1.0, 1.0, 20_000)
    spent = cllr(2.0 * genuine, 2.0 * impostor)
    assert 0.0 < spent - min_cllr(genuine, impostor) < 0.005


@pytest.mark.parametrize("measure", [det, eer, min_dcf, cllr, min_cllr])
def test_trials_of_one_kind_alone_have_no_error_rate(measure) -> None:
    with pytest.raises(ShapeError, match=r"impostor must have shape .* one or more"):
        measure(GENUINE, np.zeros(0))


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ItemError, match="genuine must be numbers, got 1 NaN"):
        eer(np.array([1.0, np.nan]), IMPOSTOR)
