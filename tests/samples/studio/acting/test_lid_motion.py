from __future__ import annotations

import itertools

import numpy as np
import pytest

from facesign.samples.studio.acting.blinks import Blink, blink_closure, plan_blinks
from facesign.samples.studio.acting.schedule import Schedule


def test_a_blinks_truth_is_where_its_closure_passes_a_tenth_and_a_half() -> None:
    # Falling is a half cosine: a tenth after 0.2048 of 0.1 s, a half after 0.05 s, the lids meet
    # at 1 / 1.1 of the weight that shuts those of everybody. Rising is
    # one over the 0.8th power of its time: a half after 0.5 ** 1.25 = 0.42045 of 0.2 s.
    blink = Blink(apex_s=2.0, closing_s=0.1, shut_s=0.03, opening_s=0.2)
    truth = blink.truth()
    assert truth.onset_s == pytest.approx(1.92048, abs=1e-5)
    assert truth.half_closed_s == pytest.approx(1.95)
    assert truth.half_open_s == pytest.approx(2.03 + 0.08409, abs=1e-5)
    assert truth.offset_s == pytest.approx(2.03 + 0.2 * 0.79517**1.25, abs=1e-5)
    times_s = np.array(
        [truth.onset_s, truth.half_closed_s, truth.apex_s, 2.03, truth.half_open_s, truth.offset_s]
    )
    np.testing.assert_allclose(
        blink_closure(times_s, Schedule([blink])), [0.1, 0.5, 1 / 1.1, 1, 0.5, 0.1], atol=1e-9
    )


def test_an_incomplete_blink_reaches_only_its_closure() -> None:
    closed = blink_closure(
        np.arange(0.5, 1.5, 0.001), Schedule([Blink(1.0, 0.09, 0.02, 0.18, 0.6)])
    )
    assert closed.max() == pytest.approx(0.6)


def test_lids_fall_about_twice_as_fast_as_they_rise() -> None:
    rng = np.random.default_rng(0)
    blinks = [Blink.drawn(rng, 1.0) for _ in range(200)]
    assert 0.075 <= min(b.closing_s for b in blinks) < max(b.closing_s for b in blinks) <= 0.15
    ratios = [b.opening_s / b.closing_s for b in blinks]
    assert 1.7 <= min(ratios) < max(ratios) <= 2.4


@pytest.mark.parametrize("spread", [0.3, 0.65])
@pytest.mark.parametrize("rate", [15.0, 20.0, 25.0])
def test_ten_minutes_hold_as_many_blinks_as_the_rate_says(rate: float, spread: float) -> None:
    blinks = plan_blinks(np.random.default_rng(3), 600.0, per_minute=rate, spread=spread)
    assert len(blinks) == pytest.approx(10 * rate, abs=1)


@pytest.mark.parametrize("seed", range(10))
def test_blinks_keep_apart_and_clear_of_given_spans(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clear = [(10.0, 12.0), (30.0, 31.0)]
    blinks = plan_blinks(rng, 60.0, per_minute=17, keep_clear=clear)
    assert 14 <= len(blinks) <= 18
    for before, after in itertools.pairwise(blinks):
        assert after.start_s > before.end_s + 0.25
    for blink in blinks:
        assert all(blink.end_s <= start or blink.start_s >= end for start, end in clear)
        assert 0 < blink.start_s < blink.end_s <= 60


def test_incomplete_blinks_come_in_their_share() -> None:
    blinks = plan_blinks(np.random.default_rng(0), 3000.0, per_minute=20, incomplete=0.25)
    assert np.mean([b.closure < 1 for b in blinks]) == pytest.approx(0.25, abs=0.04)
