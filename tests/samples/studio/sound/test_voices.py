from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest

from facesign.samples.studio.sound.dialogue import GENUINE, recite
from facesign.samples.studio.sound.voices import RATE_HZ, Voice, speak


@pytest.mark.slow
def test_phones_run_through_the_speech_in_order() -> None:
    speech = speak("Good morning", Voice("en-us+m3"))
    assert [phone.symbol for phone in speech.phones][:3] == ["ɡ", "ʊ", "d"]
    assert speech.phones[0].start_s == 0
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s, abs=0.01)
    for before, after in itertools.pairwise(speech.phones):
        assert before.end_s <= after.start_s


@pytest.mark.slow
def test_speech_starts_and_ends_with_sound() -> None:
    speech = speak("yes", Voice("en-us+m3"))
    assert np.abs(speech.samples).max() == pytest.approx(0.9, abs=0.1)
    edge = RATE_HZ // 50
    assert np.abs(speech.samples[:edge]).max() > 0.002
    assert np.abs(speech.samples[-edge:]).max() > 0.002


@pytest.mark.slow
def test_the_same_words_have_the_same_phones_twice() -> None:
    first, second = (speak("my own words", Voice("en-us+m3")) for _ in range(2))
    assert [p.symbol for p in first.phones] == [p.symbol for p in second.phones]
    for one, other in zip(first.phones, second.phones, strict=True):
        assert one.start_s == pytest.approx(other.start_s, abs=0.002)


@pytest.mark.slow
def test_the_same_words_sound_the_same_in_a_fresh_process() -> None:
    code = (
        "import hashlib; from facesign.samples.studio.sound.voices import Voice, speak;"
        "print(hashlib.sha256(speak('my own words', Voice('en-us+m3')).samples).hexdigest())"
    )
    heard = {subprocess.check_output([sys.executable, "-c", code]) for _ in range(2)}
    assert len(heard) == 1


@pytest.mark.slow
def test_every_line_of_the_interview_has_its_place() -> None:
    said = recite(GENUINE)
    assert {line.question_id for line in said} == {turn.question_id for turn in GENUINE.turns}
    for before, after in itertools.pairwise(said):
        assert before.end_s < after.start_s
    assert said[-1].end_s < GENUINE.duration_s
