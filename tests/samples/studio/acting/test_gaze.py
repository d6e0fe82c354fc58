from __future__ import annotations

import itertools

import numpy as np
import pytest

from facesign.samples.studio.acting.families import PRIORS
from facesign.samples.studio.acting.gaze import (
    Fixation,
    eyes_in_head,
    gaze_steps,
    plan_gaze,
    read_from,
    saccade_s,
    turns_away,
)
from facesign.samples.studio.acting.talk import Talk


def test_a_saccade_lasts_21_ms_and_2_2_ms_a_degree() -> None:
    np.testing.assert_allclose(saccade_s(np.array([1.0, 10, 20])), [0.0232, 0.043, 0.065])


def test_eyes_jump_along_the_main_sequence_and_then_hold() -> None:
    gaze = gaze_steps([Fixation(0.0, 0, 0), Fixation(1.0, 8, -6)])
    half_s = saccade_s(np.array([10.0]))[0] / 2
    value = gaze.at(np.array([0.0, 0.999, 1.0 + half_s, 1.0 + 2 * half_s, 5.0]))
    np.testing.assert_allclose(value[:, 0], [0, 0, 4, 8, 8], atol=1e-9)
    np.testing.assert_allclose(value[:, 1], [0, 0, -3, -6, -6], atol=1e-9)


def test_eyes_on_the_camera_turn_against_the_head() -> None:
    # Turned 20 degrees to the left the eyes are 9 cm * sin(20) = 3.08 cm to the left and
    # 9 * (cos(20) - 1) = -0.54 cm nearer, so the camera is atan(3.08 / 63.54) = 2.77 further.
    turned, ahead = np.array([[20.0, 0, 0]]), (0.0, 0.0, 63.0)
    eyes = eyes_in_head(np.zeros((1, 2)), turned, np.zeros((1, 3)), ahead)
    np.testing.assert_allclose(eyes, [[-22.77, 0]], atol=0.01)


def test_eyes_in_a_straight_head_look_where_the_room_says() -> None:
    # A camera 4 cm lower at 63 cm is atan(4 / 63) = 3.633 degrees below straight ahead.
    still, room = np.zeros((1, 3)), np.array([[7.0, -4.0]])
    eyes = eyes_in_head(room, still, still, (0.0, -4.0, 63.0))
    np.testing.assert_allclose(eyes, [[7, -7.633]], atol=1e-3)


def test_eyes_follow_lines_on_a_page_while_it_is_read_and_then_return() -> None:
    plan = [Fixation(-1.0, 0.5, -1.0), Fixation(4.0, 0.0, -2.0), Fixation(12.0, 1.0, -1.0)]
    rng = np.random.default_rng(0)
    looks = read_from(rng, plan, [(3.0, 9.0)], page_deg=(20.0, -10.0))
    on_page = [f for f in looks if f.kind == "aversion"]
    assert on_page[0].start_s == pytest.approx(2.7)
    assert on_page[-1].start_s < 9.0
    assert {f.yaw_deg for f in on_page} == {23.5, 21.8, 20.0, 18.2, 16.5}
    assert [f.yaw_deg for f in on_page[:6]] == [23.5, 21.8, 20.0, 18.2, 16.5, 23.5]
    assert on_page[5].pitch_deg < on_page[0].pitch_deg == -10.0
    assert [(f.start_s, f.yaw_deg) for f in looks if f.kind == "fixation"] == [
        (-1.0, 0.5),
        (9.0, 0.5),
        (12.0, 1.0),
    ]


def test_a_long_thought_turns_the_eyes_away_more_often_than_a_short_one() -> None:
    def share(latency_s: float) -> float:
        talk = Talk(((10 + latency_s, 12.0 + latency_s),), (), ((10, 10 + latency_s),), (), ())
        found = 0
        for seed in range(200):
            away = turns_away(np.random.default_rng(seed), talk, PRIORS["calm"], 1.0)
            found += any(start < 10 + latency_s for start, _ in away)
        return found / 200

    assert share(0.5) < 0.35
    assert share(3.0) > 0.6


@pytest.mark.parametrize("family", PRIORS)
def test_fixations_leave_room_for_the_jump_and_lie_apart_while_away(family: str) -> None:
    prior = {str(name): p for name, p in PRIORS.items()}[family]
    rng = np.random.default_rng(0)
    plan = plan_gaze(rng, 300.0, [(20.0, 22.0), (100.0, 101.0)], prior, glances=1.0, look_deg=-2.0)
    for before, after in itertools.pairwise(plan):
        assert after.start_s - before.start_s >= 0.18
    away = [f for f in plan if f.kind == "aversion"]
    assert {round(f.start_s) // 10 for f in away} <= {2, 10}
    assert min(np.hypot(f.yaw_deg, f.pitch_deg) for f in away if f.start_s in (20.0, 100.0)) >= 4
    usual = [f.pitch_deg for f in plan if f.kind == "fixation"]
    assert np.mean(usual) == pytest.approx(-2.0, abs=0.4)
