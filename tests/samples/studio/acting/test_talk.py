from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facesign.samples.studio.acting.talk import Talk, gaps, merged
from facesign.samples.studio.sound.dialogue import Said, Speaker
from facesign.samples.studio.sound.voices import RATE_HZ, Phone, Speech


def said(speaker: Speaker, start_s: float, length_s: float, phones: tuple[Phone, ...] = ()) -> Said:
    samples = np.zeros(round(length_s * RATE_HZ), dtype=np.float32)
    return Said(speaker, "q", "", start_s, Speech(samples, phones))


def test_an_interview_is_own_speech_listening_and_thinking() -> None:
    lines = [
        said("officer", 1.0, 2.0),
        said("applicant", 4.5, 1.0),
        said("applicant", 5.7, 1.0),
        said("officer", 8.0, 1.0),
    ]
    talk = Talk.of(lines, "applicant")
    assert talk.own == ((4.5, 6.7),)
    assert talk.heard == ((1.0, 3.0), (8.0, 9.0))
    assert talk.thinking == ((3.0, 4.5),)


def test_pauses_between_lines_that_are_read_are_spent_on_the_page() -> None:
    read = [replace(said("applicant", at_s, 1.0), read_out=True) for at_s in (4.0, 6.0, 12.0)]
    talk = Talk.of([*read, said("applicant", 20.0, 1.0)], "applicant")
    assert talk.read_out == ((4.0, 7.0), (12.0, 13.0))


def test_the_officer_lives_the_same_interview_from_the_other_side() -> None:
    talk = Talk.of([said("officer", 1.0, 2.0), said("applicant", 4.0, 1.0)], "officer")
    assert talk.own == ((1.0, 3.0),)
    assert talk.heard == ((4.0, 5.0),)
    assert talk.thinking == ()


def test_long_vowels_are_stressed_and_lie_apart() -> None:
    phones = tuple(
        Phone(symbol, start, start + length)
        for symbol, start, length in (
            ("a", 0.0, 0.05),
            ("s", 0.05, 0.30),
            ("a", 0.50, 0.20),
            ("i", 0.70, 0.05),
            ("u", 0.80, 0.21),
            ("o", 1.80, 0.22),
        )
    )
    talk = Talk.of([said("applicant", 10.0, 2.0, phones)], "applicant")
    # Of the vowels' 50, 200, 50, 210 and 220 ms the upper quarter starts at 210.
    assert talk.accents_s == pytest.approx((10.8, 11.8))


def test_the_loudest_moments_of_a_recording_are_stressed() -> None:
    time_s = np.arange(0, 3.0, 1 / RATE_HZ)
    loud = (
        0.1 + 0.8 * np.exp(-(((time_s - 1.0) / 0.1) ** 2)) + np.exp(-(((time_s - 2.5) / 0.1) ** 2))
    )
    samples = (loud * np.sin(2 * np.pi * 200 * time_s)).astype(np.float32)
    talk = Talk.of([Said("applicant", "q", "", 5.0, Speech(samples, ()))], "applicant")
    assert talk.accents_s == pytest.approx((6.0, 7.5), abs=0.1)


def test_speaking_rises_and_falls_around_the_own_speech() -> None:
    speaking = Talk.of([said("applicant", 5.0, 2.0)], "applicant").speaking()
    value = speaking.at(np.array([0.0, 4.8, 5.0, 5.3, 6.5, 7.0, 7.5]))[:, 0]
    np.testing.assert_allclose(value, [0, 0, 0.5, 1, 1, 0.5, 0], atol=0.01)


def test_gaps_are_what_is_left() -> None:
    assert gaps([(2.0, 3.0), (2.5, 4.0), (9.0, 12.0)], (1.0, 10.0)) == [(1.0, 2.0), (4.0, 9.0)]
    assert gaps([(0.0, 20.0)], (1.0, 10.0)) == []
    assert merged([(3.0, 4.0), (1.0, 2.0), (4.2, 5.0)], within_s=0.3) == ((1.0, 2.0), (3.0, 5.0))
