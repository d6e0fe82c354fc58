from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from facesign.samples.studio.sound.dialogue import Asked, Dialogue, Said, Speaker
from facesign.samples.studio.sound.voices import RATE_HZ, Phone, Speech, Voice, Word


@pytest.fixture
def tone() -> Callable[..., Speech]:
    def make(duration_s: float = 1.0, hz: float = 500.0, amplitude: float = 0.9) -> Speech:
        time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
        samples = (amplitude * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)
        half = duration_s / 2
        phones = (Phone("m", 0.0, half), Phone("a", half, duration_s))
        words = (Word("ma", 0.0, half), Word("na", half, duration_s))
        return Speech(samples, phones, words)

    return make


@pytest.fixture
def two_tones(tone: Callable[..., Speech]) -> Dialogue:
    """The officer asks from 0.5 to 1.5 s, the applicant answers from 2 to 4 s of 6 s."""

    def line(speaker: Speaker, start_s: float, duration_s: float, hz: float) -> Said:
        return Said(speaker, "journey", "", start_s, tone(duration_s, hz), voice=speaker)

    return Dialogue(
        script="car-loan-en",
        language="en",
        persona="teacher",
        said=(line("officer", 0.5, 1.0, 900.0), line("applicant", 2.0, 2.0, 500.0)),
        questions=(Asked("journey", 0.5, 1.5, 2.0, 4.0),),
        duration_s=6.0,
        voices={"officer": Voice("en-us+m1"), "applicant": Voice("en-us+m2")},
    )
