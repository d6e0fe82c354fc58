from __future__ import annotations

import json

import numpy as np
import pytest
from voiceprints import MODEL, two_bells, voiceprint

from facesign.biometrics.error_rates import fmr_at
from facesign.biometrics.resampling import TrialScores
from facesign.biometrics.voiceprint.calibration import Calibration
from facesign.biometrics.voiceprint.cohort import Cohort
from facesign.biometrics.voiceprint.fitting import (
    fmr_thresholds,
    held_out_llrs,
    require_enough,
)
from facesign.biometrics.voiceprint.matcher import CalibratedMatcher
from facesign.biometrics.voiceprint.operating import (
    NOT_VALIDATED,
    OperatingPoint,
    decide,
    least_fmr,
    measured_points,
)
from facesign.biometrics.voiceprint.scoring_file import (
    matcher_from_dict,
    matcher_to_dict,
    shipped_cohort,
    shipped_matcher,
)
from facesign.errors import CalibrationError, ItemError

LINE = Calibration(MODEL, 0.0, (10.0, 0.0, 0.0, 0.0), (0.5, 0.0, 0.0, 0.0), "nothing", 1, 1)
PROBE = voiceprint(1.0, 0.0)


def trials_between(n_pairs: int, genuine: list[float], impostor: list[float]) -> TrialScores:
    """Each impostor trial is of another pair, until the pairs are used up."""
    a = [0] * len(genuine) + [0] * len(impostor)
    b = [0] * len(genuine) + [1 + i % n_pairs for i in range(len(impostor))]
    is_genuine = [True] * len(genuine) + [False] * len(impostor)
    return TrialScores(np.array(genuine + impostor), np.array(is_genuine), np.array(a), np.array(b))


def points_of(thresholds: dict[str, float], trials: TrialScores) -> dict[str, OperatingPoint]:
    return measured_points(thresholds, trials, measured_on="ten pairs")


@pytest.mark.parametrize(
    ("llr", "decision"),
    [(2.0, "match"), (1.9, "inconclusive"), (-2.0, "inconclusive"), (-2.1, "no_match")],
)
def test_a_threshold_asks_as_much_of_either_answer(llr: float, decision: str) -> None:
    point = points_of({"cautious": 2.0}, trials_between(10, [3.0], [0.0] * 10))["cautious"]
    assert decide(llr, point, PROBE) == decision


def test_a_threshold_below_even_odds_leaves_nothing_open() -> None:
    point = points_of({"low": -1.0}, trials_between(10, [3.0], [0.0] * 10))["low"]
    assert decide(-1.0, point, PROBE) == "match"
    assert decide(-1.1, point, PROBE) == "no_match"


def test_less_than_a_second_of_speech_decides_nothing() -> None:
    point = points_of({"cautious": 2.0}, trials_between(10, [3.0], [0.0] * 10))["cautious"]
    assert decide(50.0, point, voiceprint(1.0, net_speech_s=0.9)) == "inconclusive"


def test_errors_are_counted_at_the_threshold() -> None:
    """Of 10 impostors 4 reach 1; of 4 genuine trials 2 do not, and 1 of them is below -1."""
    trials = trials_between(10, [2.0, 1.0, 0.0, -2.0], [1.5, 1.0, 1.0, 3.0] + [0.0] * 6)
    point = points_of({"one": 1.0}, trials)["one"]
    assert (point.fmr, point.fnmr, point.genuine_no_match) == (0.4, 0.5, 0.25)
    assert (point.n_false_matches, point.n_impostor_pairs) == (4, 10)
    assert (point.n_genuine, point.n_impostor) == (4, 10)
    assert point.validated_for == NOT_VALIDATED


def test_no_rate_is_named_that_so_few_pairs_cannot_show() -> None:
    """Ten pairs can show 3 / 10. Of 20 trials 2 reach 1 and none reaches 2 or 3."""
    trials = trials_between(10, [5.0], [1.0, 1.0] + [0.0] * 18)
    points = points_of({"zero": 0.0, "one": 1.0, "two": 2.0, "three": 3.0}, trials)
    assert {name: point.fmr for name, point in points.items()} == {"zero": 1.0, "one": 0.3}
    assert points["one"].n_false_matches == 2


def test_repeated_trials_of_the_same_pairs_show_no_lower_rate() -> None:
    assert trials_between(10, [1.0], [0.0] * 1000).n_impostor_pairs == 10
    assert least_fmr(10) == 0.3


def test_a_point_comes_back_from_json() -> None:
    point = points_of({"one": 1.0}, trials_between(10, [3.0, 0.0], [1.5] * 10))["one"]
    assert OperatingPoint.from_dict(json.loads(json.dumps(point.to_dict()))) == point


def test_thresholds_keep_the_rates_that_the_pairs_can_show() -> None:
    trials = two_bells(40, 100, distance=4.0)
    found = fmr_thresholds(trials)
    assert next(iter(found)) == "fmr-0.005"
    assert 3 / 0.005 < trials.n_impostor_pairs < 3 / 0.002
    for name, threshold in found.items():
        rate = fmr_at(threshold, trials.impostor)
        assert 0.8 * float(name.removeprefix("fmr-")) <= rate <= float(name.removeprefix("fmr-"))


def test_likelihood_ratios_come_from_fits_on_other_speakers() -> None:
    """What is told of speaker 0 stays the same when the labels of speaker 0 are turned round."""
    trials = two_bells(30, 40, distance=2.0)
    terms = np.column_stack([trials.score, *np.zeros((3, len(trials.score)))])
    llrs = held_out_llrs(terms, trials)
    assert not np.isnan(llrs).any()
    np.testing.assert_allclose(llrs, 2.0 * trials.score, atol=1.5)
    involved = (trials.speaker_a == 0) | (trials.speaker_b == 0)
    turned = TrialScores(
        trials.score, trials.is_genuine ^ involved, trials.speaker_a, trials.speaker_b
    )
    changed = held_out_llrs(terms, turned)
    np.testing.assert_array_equal(changed[involved], llrs[involved])
    assert not np.allclose(changed[~involved], llrs[~involved])


def test_too_few_pairs_of_impostors_are_refused() -> None:
    with pytest.raises(CalibrationError, match="11 speakers, 10 pairs of impostors and 12 genuine"):
        require_enough(trials_between(10, [1.0] * 12, [0.0] * 100))


def test_two_best_references_make_the_score() -> None:
    matcher = CalibratedMatcher(LINE, {})
    references = [voiceprint(1.0, 0.0), voiceprint(0.6, 0.8), voiceprint(0.0, 1.0)]
    found = matcher.compare(references, PROBE)
    assert found.score == pytest.approx(0.8)
    assert found.llr == pytest.approx(3.0, abs=1e-5)


def test_a_matcher_needs_a_reference() -> None:
    with pytest.raises(ItemError, match="references must be one or more"):
        CalibratedMatcher(LINE, {}).compare([], PROBE)


def test_a_calibration_and_a_cohort_belong_together() -> None:
    cohort = Cohort(np.eye(2, dtype=np.float32), MODEL)
    with pytest.raises(CalibrationError, match="fitted with another cohort"):
        CalibratedMatcher(LINE, {}, cohort)


def test_a_matcher_comes_back_from_json() -> None:
    points = points_of({"one": 1.0}, trials_between(10, [3.0], [1.5] * 10))
    stored = json.loads(json.dumps(matcher_to_dict(CalibratedMatcher(LINE, points))))
    found = matcher_from_dict(stored)
    assert found.calibration == LINE
    assert found.points == points


def test_a_calibration_whose_cohort_is_not_here_is_refused() -> None:
    stored = matcher_to_dict(CalibratedMatcher(LINE, {}))
    stored["calibration"]["cohort_sha256"] = "1" * 64
    with pytest.raises(CalibrationError, match="cohort that is not installed"):
        matcher_from_dict(stored)


def test_half_a_file_is_refused() -> None:
    with pytest.raises(CalibrationError, match="'points' is missing"):
        matcher_from_dict({"calibration": LINE.to_dict()})


def test_an_unknown_encoder_has_neither_calibration_nor_cohort() -> None:
    assert shipped_matcher(MODEL) is None
    assert shipped_cohort(MODEL) is None
