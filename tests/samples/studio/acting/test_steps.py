from __future__ import annotations

import numpy as np

from facesign.samples.studio.acting.steps import Steps, Wander, sway


def test_a_value_holds_passes_and_holds() -> None:
    steps = Steps(np.array([0.0, 1.0]), np.array([0.1, 0.2]), np.array([[0.0, 5.0], [10.0, 5.0]]))
    value = steps.at(np.array([-3.0, 0.99, 1.1, 1.2, 9.0]))
    np.testing.assert_allclose(value[:, 0], [0, 0, 5, 10, 10], atol=1e-9)
    np.testing.assert_allclose(value[:, 1], 5)


def test_a_passage_ends_where_the_next_begins() -> None:
    steps = Steps(np.array([0.0, 1.0, 1.1]), np.array([0.1, 0.4, 0.2]), np.array([[0.0], [1], [0]]))
    fine = steps.at(np.arange(0.9, 1.5, 0.001))[:, 0]
    assert fine.max() == 1
    assert np.abs(np.diff(fine)).max() < 0.02


def test_a_wander_is_the_same_at_the_same_second_whatever_else_is_asked() -> None:
    wander = Wander(np.random.default_rng(0), 60.0, period_s=2.0)
    alone = wander.at(np.array([12.34]))
    among = wander.at(np.array([1.0, 12.34, 50.0]))
    assert alone[0] == among[1]


def test_sway_has_about_unit_deviation_and_no_jumps() -> None:
    time_s = np.arange(0, 600, 1 / 30)
    wander = sway(np.random.default_rng(0), time_s, period_s=2.0)
    assert 0.8 < wander.std() < 1.2
    assert np.abs(np.diff(wander)).max() < 0.2
