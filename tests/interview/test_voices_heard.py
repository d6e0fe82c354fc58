from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from tone_voices import HIGH_HZ, LOW_HZ, MIDDLE_HZ, TONES, ToneEncoder, tone
from voice_factory import ToneVerifier

from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.speakers.turns import Turn
from facesign.biometrics.stream import FloatArray, Sound
from facesign.interview.questions import QuestionLog
from facesign.interview.voices import (
    HeardSoFar,
    SpeakerPath,
    VoiceResult,
    Voices,
    is_comparable,
)

CUSTOMER = tone(LOW_HZ, 4.0)


def told(
    *parts: tuple[float, FloatArray],
    verifier: ToneVerifier | None,
    **options: bool,
) -> list[Turn | VoiceResult | HeardSoFar]:
    """Speech at its times on one mixed track, the officer known by a sample."""
    path = SpeakerPath(
        Voices(ToneEncoder(), verifier, tone(HIGH_HZ, 4.0), TONES), QuestionLog(None), **options
    )
    found: list[Turn | VoiceResult | HeardSoFar] = []
    for start_s, samples in parts:
        path.heard("mixed", start_s, samples)
        found += path.push(Sound(start_s, samples))
    return [*found, *path.finish()]


def run(
    *parts: tuple[float, FloatArray], verifier: ToneVerifier | None
) -> tuple[list[Turn], list[VoiceResult]]:
    found = told(*parts, verifier=verifier)
    turns = [one for one in found if isinstance(one, Turn)]
    return turns, [one for one in found if isinstance(one, VoiceResult)]


def interview(*voices_hz: float) -> list[tuple[float, FloatArray]]:
    """A question of 3 s and 6 s of answer for each voice."""
    parts = []
    for index, hz in enumerate(voices_hz):
        parts += [(10.0 * index, tone(HIGH_HZ, 3.0)), (10.0 * index + 3.5, tone(hz, 6.0))]
    return parts


def test_beside_somebody_declared_a_voice_is_compared_only_where_lips_tell_whose_it_is() -> None:
    verifier = ToneVerifier(CUSTOMER)
    found = told(*interview(*[MIDDLE_HZ] * 4), verifier=verifier, shared=True, early=True)
    assert {one.subject for one in found if isinstance(one, Turn)} == {"officer", "applicant"}
    assert not [one for one in found if isinstance(one, VoiceResult)]
    looks = [one for one in found if isinstance(one, HeardSoFar)]
    assert any(look.turns for look in looks)
    assert not any(look.compared for look in looks)
    assert verifier.asked_s == []
    (by_track, by_lips) = (
        Turn(0.0, 2.0, "applicant", "applicant", basis, same_voice=True)
        for basis in ("own_track", "lips")
    )
    assert not is_comparable(by_track, shared=True)
    assert is_comparable(by_track, shared=False)
    assert is_comparable(by_lips, shared=True)


def test_only_the_applicants_speech_is_compared_ten_seconds_at_a_time() -> None:
    verifier = ToneVerifier(CUSTOMER)
    _, results = run(*interview(*[LOW_HZ] * 4), verifier=verifier)
    assert verifier.asked_s == [12.0, 12.0, 24.0]
    assert [(one.decision, one.is_whole) for one in results] == [
        ("match", False),
        ("match", False),
        ("match", True),
    ]
    assert (results[0].start_s, results[0].end_s) == (3.5, pytest.approx(19.5))
    assert results[0].llr == pytest.approx(2.0, abs=0.01)
    assert (results[0].threshold, results[0].point) == (0.0, "tones")


def test_a_short_rest_is_compared_only_from_three_seconds_on() -> None:
    verifier = ToneVerifier(CUSTOMER)
    run((0.0, tone(LOW_HZ, 2.9)), verifier=verifier)
    assert verifier.asked_s == []
    run((0.0, tone(LOW_HZ, 3.0)), verifier=verifier)
    assert verifier.asked_s == [3.0, 3.0]


def test_the_comparison_of_the_whole_takes_the_last_minute() -> None:
    verifier = ToneVerifier(CUSTOMER)
    run(*interview(*[LOW_HZ] * 15), verifier=verifier)
    assert verifier.asked_s[-1] == pytest.approx(60.0)
    assert sum(verifier.asked_s[:-1]) == pytest.approx(90.0)


def test_another_person_does_not_match() -> None:
    _, results = run(*interview(*[MIDDLE_HZ] * 2), verifier=ToneVerifier(CUSTOMER))
    assert {one.decision for one in results} == {"no_match"}


def test_reasons_of_the_verifier_get_the_names_of_the_report() -> None:
    verifier = ToneVerifier(CUSTOMER, reasons=("low_snr", "provisional"))
    _, results = run(*interview(LOW_HZ), verifier=verifier)
    assert results[-1].reasons == ("noisy", "provisional")


def test_without_a_verifier_there_are_turns_alone() -> None:
    turns, results = run(*interview(LOW_HZ), verifier=None)
    assert [one.subject for one in turns] == ["officer", "applicant"]
    assert results == []


def test_the_voice_is_compared_as_soon_as_ten_seconds_of_it_are_heard() -> None:
    found = told(*interview(*[LOW_HZ] * 2), verifier=ToneVerifier(CUSTOMER), early=True)
    looks = [one for one in found if isinstance(one, HeardSoFar)]
    assert [len(one.compared) for one in looks] == [0, 0, 0, 1]
    (first,) = looks[-1].compared
    assert (first.start_s, first.end_s) == (3.5, pytest.approx(19.5))
    assert (first.decision, first.net_speech_s) == ("match", pytest.approx(12.0))
    assert [one.start_s for one in looks[-1].turns] == [3.5, 13.5]


def test_early_comparisons_are_of_ten_seconds_each_and_of_no_speech_twice() -> None:
    found = told(*interview(*[LOW_HZ] * 12), verifier=ToneVerifier(CUSTOMER), early=True)
    looks = [one for one in found if isinstance(one, HeardSoFar)]
    spans = [(one.start_s, one.end_s) for one in looks[-1].compared]
    assert len(spans) == 6
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize("voices", [[LOW_HZ] * 15, [LOW_HZ] * 8 + [MIDDLE_HZ] * 8])
def test_what_is_told_early_changes_nothing_that_is_settled(voices: list[float]) -> None:
    def settled(*, early: bool) -> list[Turn | VoiceResult | HeardSoFar]:
        found = told(*interview(*voices), verifier=ToneVerifier(CUSTOMER), early=early)
        return [one for one in found if not isinstance(one, HeardSoFar)]

    assert settled(early=True) == settled(early=False)


def test_settings_hold_no_sound_in_their_representation() -> None:
    shown = repr(Voices(ToneEncoder(), None, officer_sample=np.ones(4, np.float32)))
    assert "array" not in shown


def frames(count: int) -> Sequence[float]:
    return [index / 30 for index in range(count)]


def test_the_applicant_among_two_voices_is_who_the_lips_move_with() -> None:
    path = SpeakerPath(Voices(ToneEncoder(), separation=TONES), QuestionLog(None))
    times = np.array(frames(480))
    channels = np.zeros((480, 44), np.float32)
    talking = (times >= 8.0) & (times < 14.0)
    channels[:, _au25()] = np.where(talking, 0.1 * np.sin(2 * np.pi * 3 * times), 0.0)
    path.mouth(times, channels)
    path.heard("mixed", 0.5, tone(HIGH_HZ, 6.0))
    path.heard("mixed", 8.0, tone(LOW_HZ, 6.0))
    found = [one for one in path.finish() if isinstance(one, Turn)]
    assert [(one.start_s, one.subject, one.basis) for one in found] == [
        (0.5, "session", "unknown"),
        (8.0, "applicant", "lips"),
    ]


def _au25() -> int:
    return [channel.name for channel in CHANNELS].index("au25")
