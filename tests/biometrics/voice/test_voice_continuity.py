from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.stream import Sound
from facesign.biometrics.voice.continuity import Joiner


def ramp(n: int) -> np.ndarray:
    return np.arange(n, dtype=np.float32) / n


def test_time_is_counted_from_the_first_sample() -> None:
    joiner = Joiner()
    joiner.join(Sound(2.0, ramp(1600)))
    joiner.join(Sound(2.1, ramp(800)))
    assert joiner.end_s == pytest.approx(2.15)
    assert joiner.time_of(1600) == pytest.approx(2.1)
    assert joiner.sample_at(2.1) == 1600


def test_rounded_times_do_not_move_the_samples() -> None:
    joiner = Joiner()
    joiner.join(Sound(0.0, ramp(1000)))
    late = Sound(0.062 + 0.015, ramp(1000))
    assert not joiner.is_after_hole(late)
    joiner.join(late)
    assert joiner.end_s == pytest.approx(2000 / 16000)


def test_a_step_beyond_one_codec_piece_is_a_hole() -> None:
    joiner = Joiner()
    joiner.join(Sound(0.0, ramp(1600)))
    after = Sound(0.13, ramp(1600))
    assert joiner.is_after_hole(after)
    joiner.join(after)
    assert joiner.time_of(0) == pytest.approx(0.13)
    assert joiner.n_samples == 1600


def test_sound_heard_before_is_left_out() -> None:
    joiner = Joiner()
    joiner.join(Sound(0.0, ramp(1600)))
    np.testing.assert_array_equal(joiner.join(Sound(0.05, ramp(1600))), ramp(1600)[800:])
    assert joiner.end_s == pytest.approx(0.15)


def test_what_is_no_number_is_silence_and_the_callers_array_stays() -> None:
    samples = np.array([0.5, np.nan, np.inf, 2.0], dtype=np.float32)
    np.testing.assert_array_equal(Joiner().join(Sound(0.0, samples)), [0.5, 0.0, 0.0, 1.0])
    assert np.isnan(samples[1])


def test_nothing_is_after_a_hole_at_the_start() -> None:
    assert not Joiner().is_after_hole(Sound(100.0, ramp(10)))
