from __future__ import annotations

import json
import math

import numpy as np
import pytest
from voiceprints import MODEL, two_bells, voiceprint

from facesign.biometrics.error_rates import cllr, min_cllr
from facesign.biometrics.voiceprint.calibration import Calibration, fit_calibration, terms_of
from facesign.errors import CalibrationError

LINE = Calibration(
    model=MODEL,
    intercept=-1.0,
    weights=(2.0, 0.5, 0.0, 1.0),
    centre=(0.5, 0.0, 0.0, 2.0),
    fitted_on="nothing",
    n_genuine=1,
    n_impostor=1,
)


def rows(scores: np.ndarray) -> np.ndarray:
    """Terms of trials that differ by score alone."""
    return np.column_stack([scores, *np.tile([[2.0], [2.0], [3.0]], len(scores))])


def test_terms_are_score_speech_of_both_and_the_noisier_side() -> None:
    a = voiceprint(1.0, net_speech_s=20.0, snr_db=25.0)
    b = voiceprint(1.0, net_speech_s=2.0, snr_db=15.0)
    expected = [0.7, math.log(2.0), math.log(20.0), 1.5]
    np.testing.assert_allclose(terms_of(0.7, a, b), expected)
    np.testing.assert_allclose(terms_of(0.7, b, a), expected)


def test_terms_stay_within_what_was_measured() -> None:
    a = voiceprint(1.0, net_speech_s=600.0, snr_db=60.0)
    b = voiceprint(1.0, net_speech_s=0.1, snr_db=None)
    np.testing.assert_allclose(terms_of(0.0, a, b), [0.0, math.log(0.5), math.log(60.0), 4.0])


def test_an_unknown_term_counts_as_its_mean() -> None:
    """2 * (1 - 0.5) + 0.5 * 0 - 1, with the noise left at its centre."""
    a, b = (voiceprint(1.0, net_speech_s=1.0, snr_db=None) for _ in range(2))
    assert LINE.llr(1.0, a, b) == pytest.approx(0.0)


def test_the_line_adds_up_its_terms() -> None:
    """2 * (1 - 0.5) + 0.5 * ln 4 + (3 - 2) - 1."""
    a, b = voiceprint(1.0, net_speech_s=4.0, snr_db=30.0), voiceprint(1.0, net_speech_s=9.0)
    assert LINE.llr(1.0, a, b) == pytest.approx(1.0 + 0.5 * math.log(4.0))


def test_two_bells_get_the_line_that_they_were_drawn_by() -> None:
    trials = two_bells(200, 50, distance=2.0)
    found = fit_calibration(rows(trials.score), trials.is_genuine, model=MODEL, fitted_on="bells")
    llrs = found.llrs(rows(np.array([-1.0, 0.0, 1.0])))
    np.testing.assert_allclose(llrs, [-2.0, 0.0, 2.0], atol=0.1)
    assert (found.n_genuine, found.n_impostor) == (10_000, 10_000)


def test_more_impostor_trials_do_not_move_the_line() -> None:
    trials = two_bells(100, 40, distance=2.0)
    many = np.concatenate(
        [np.flatnonzero(trials.is_genuine)[::4], np.flatnonzero(~trials.is_genuine)]
    )
    found = fit_calibration(
        rows(trials.score[many]), trials.is_genuine[many], model=MODEL, fitted_on="bells"
    )
    assert found.llrs(rows(np.array([0.0])))[0] == pytest.approx(0.0, abs=0.15)


def test_calibration_costs_hardly_more_than_the_best() -> None:
    trials = two_bells(100, 40, distance=3.0)
    found = fit_calibration(
        rows(7.0 * trials.score + 3.0), trials.is_genuine, model=MODEL, fitted_on="bells"
    )
    fresh = two_bells(100, 40, distance=3.0, seed=1)
    llrs = found.llrs(rows(7.0 * fresh.score + 3.0))
    genuine, impostor = llrs[fresh.is_genuine], llrs[~fresh.is_genuine]
    assert cllr(genuine, impostor) - min_cllr(genuine, impostor) < 0.02


def test_short_speech_that_shrinks_scores_gets_its_own_threshold() -> None:
    """Genuine trials of short speech lie 2 lower, impostors too: speech must be weighed in."""
    trials = two_bells(100, 40, distance=4.0)
    terms = rows(trials.score)
    short = np.arange(len(terms)) % 2 == 0
    terms[short, 0] -= 2.0
    terms[short, 1] = 0.0
    found = fit_calibration(terms, trials.is_genuine, model=MODEL, fitted_on="bells")
    edges = found.llrs(np.array([[-2.0, 0.0, 2.0, 3.0], [0.0, 2.0, 2.0, 3.0]]))
    np.testing.assert_allclose(edges, 0.0, atol=0.3)


def test_scores_that_tell_nothing_are_refused() -> None:
    trials = two_bells(50, 20, distance=-2.0)
    with pytest.raises(CalibrationError, match="do not score higher than impostor"):
        fit_calibration(rows(trials.score), trials.is_genuine, model=MODEL, fitted_on="bells")


def test_trials_of_one_kind_are_refused() -> None:
    with pytest.raises(CalibrationError, match="3 genuine and 0 impostor trials"):
        fit_calibration(rows(np.ones(3)), np.ones(3, bool), model=MODEL, fitted_on="bells")


def test_a_calibration_comes_back_from_json() -> None:
    assert Calibration.from_dict(json.loads(json.dumps(LINE.to_dict()))) == LINE


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"schema": 2}, "written by another version"),
        ({"terms": ["score"]}, "written by another version"),
        ({"weights": None}, "no number"),
    ],
)
def test_what_is_no_calibration_is_refused(change: dict[str, object], line: str) -> None:
    with pytest.raises(CalibrationError, match=line):
        Calibration.from_dict(LINE.to_dict() | change)
