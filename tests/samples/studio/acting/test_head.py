from __future__ import annotations

import numpy as np
import pytest

from facesign.samples.studio.acting.families import PRIORS
from facesign.samples.studio.acting.gaze import Fixation
from facesign.samples.studio.acting.head import HeadMotion, plan_nods
from facesign.samples.studio.acting.settings import MotionSettings
from facesign.samples.studio.acting.talk import Talk

SILENCE = Talk((), (), (), (), ())
STILL = MotionSettings(
    sway=0,
    breaths_per_minute=(15, 15),
    rest_yaw_deg=(2, 2),
    rest_pitch_deg=(-1, -1),
    rest_roll_deg=(0, 0),
)


def head(
    motion: MotionSettings, looks: tuple[Fixation, ...] = (), until_s: float = 120.0
) -> HeadMotion:
    rng = np.random.default_rng(0)
    return HeadMotion.drawn(rng, until_s, SILENCE, PRIORS["lively"], motion, looks)


def test_a_head_without_sway_rests_where_the_settings_say_and_breathes() -> None:
    time_s = np.arange(0, 120, 0.05)
    deg, cm = head(STILL).at(time_s)
    np.testing.assert_allclose(deg[:, 0], 2, atol=1e-9)
    assert deg[:, 1].mean() == pytest.approx(-1, abs=0.02)
    assert np.ptp(cm[:, 0]) == 0
    spectrum = np.abs(np.fft.rfft(cm[:, 1] - cm[:, 1].mean()))
    assert np.fft.rfftfreq(len(time_s), 0.05)[spectrum.argmax()] == pytest.approx(0.25, abs=0.03)


def test_posture_changes_are_told_where_they_happen() -> None:
    motion = head(MotionSettings(rest_yaw_deg=(0, 0)))
    poses = motion.truth()
    assert 4 <= len(poses) <= 6
    for pose in poses[1:]:
        deg, _ = motion.at(np.array([pose.end_s]))
        assert 0.6 <= pose.end_s - pose.start_s <= 1.3
        # Three deviations of the sway around the posture.
        assert deg[0, 0] == pytest.approx(pose.yaw_deg, abs=3 * 2.2)


def test_the_head_goes_along_with_a_far_look_and_not_with_a_near_one() -> None:
    near = (Fixation(0.0, 0, 0), Fixation(5.0, 4, 0))
    far = (Fixation(0.0, 0, 0), Fixation(5.0, 15, 0))
    at = np.array([4.9, 6.0])
    still, turned = (head(STILL, looks).at(at)[0][:, 0] for looks in (near, far))
    assert still[1] - still[0] == 0
    assert 0.1 * 15 <= turned[1] - turned[0] <= 0.34 * 15


def test_a_listener_nods_and_the_truth_says_when_and_how_deep() -> None:
    talk = Talk((), tuple((10.0 * i, 10.0 * i + 6) for i in range(20)), (), (), ())
    strokes, events = plan_nods(np.random.default_rng(0), 220.0, talk, PRIORS["lively"], 1.0)
    assert 30 <= len(events) <= 60
    first = [s for s in strokes if events[0].start_s <= s.pulse.onset_s < events[0].end_s]
    assert events[0].kind == "nod"
    assert events[0].pitch_deg == first[0].head_deg[1] < 0
    assert events[0].end_s == first[-1].pulse.offset_s


def test_nobody_nods_when_told_not_to() -> None:
    talk = Talk((), ((0.0, 30.0),), (), (), ())
    assert plan_nods(np.random.default_rng(0), 40.0, talk, PRIORS["lively"], 0.0) == ([], [])
