"""After an interruption it has to be shown that the same person goes on speaking."""

from __future__ import annotations

import numpy as np
import pytest
from tone_voices import HIGH_HZ, LOW_HZ, MIDDLE_HZ, TONES, ToneEncoder, tone

from facesign.biometrics.speakers.who import WhoSpeaks

OFFICER = tone(HIGH_HZ, 4.0)


def hear(who: WhoSpeaks, start_s: float, hz: float, seconds: float) -> None:
    list(who.speech(start_s, tone(hz, seconds), "mixed"))
    list(who.unsettled())


def listening(**options: bool) -> WhoSpeaks:
    return WhoSpeaks(ToneEncoder(), TONES, officer=OFFICER, **options)


def test_the_same_voice_after_an_interruption_continues_it() -> None:
    who = listening()
    hear(who, 0.0, LOW_HZ, 6.0)
    who.interrupt(10.0)
    assert who.is_continued(10.0) is False
    hear(who, 10.0, LOW_HZ, 2.0)
    assert who.is_continued(10.0) is False
    hear(who, 13.0, LOW_HZ, 2.0)
    assert who.is_continued(10.0) is True


@pytest.mark.parametrize("seconds", [5.0, 25.0])
def test_somebody_else_does_not_continue_it_however_long_they_speak(seconds: float) -> None:
    who = WhoSpeaks(ToneEncoder(), TONES, officer=OFFICER, turn_at=lambda _: "applicant")
    hear(who, 0.0, LOW_HZ, 20.0)
    who.interrupt(30.0)
    hear(who, 30.0, MIDDLE_HZ, seconds)
    assert who.is_continued(30.0) is False
    # Neither does a second interruption, before which they were the one who spoke.
    who.interrupt(60.0)
    hear(who, 60.0, MIDDLE_HZ, 6.0)
    assert who.is_continued(60.0) is False
    hear(who, 70.0, LOW_HZ, 30.0)
    assert (who.is_continued(30.0), who.is_continued(60.0)) == (True, True)


def test_what_is_bridged_stays_so_and_the_next_is_compared_with_what_was_then() -> None:
    who = listening()
    hear(who, 0.0, LOW_HZ, 6.0)
    who.interrupt(10.0)
    hear(who, 10.0, LOW_HZ, 6.0)
    who.interrupt(20.0)
    assert (who.is_continued(10.0), who.is_continued(20.0)) == (True, False)
    hear(who, 20.0, MIDDLE_HZ, 6.0)
    assert (who.is_continued(10.0), who.is_continued(20.0)) == (True, False)


def test_where_too_little_was_heard_before_nothing_can_be_compared() -> None:
    who = listening()
    hear(who, 0.0, LOW_HZ, 2.0)
    who.interrupt(10.0)
    hear(who, 10.0, LOW_HZ, 6.0)
    assert who.is_continued(10.0) is None


def test_an_encoder_without_limits_cannot_tell() -> None:
    who = WhoSpeaks(ToneEncoder(), None)
    hear(who, 0.0, LOW_HZ, 6.0)
    who.interrupt(10.0)
    hear(who, 10.0, LOW_HZ, 6.0)
    assert who.is_continued(10.0) is None


def test_beside_somebody_declared_only_a_voice_that_lips_tell_continues_it() -> None:
    def moving(who: WhoSpeaks, from_s: float, to_s: float) -> None:
        time_s = np.arange(from_s, to_s, 1 / 30)
        who.mouth(time_s, (0.05 + 0.05 * np.sin(25 * time_s)).astype(np.float32))

    by_track, by_lips = listening(shared=True), listening(shared=True)
    for who in (by_track, by_lips):
        for start_s in (0.0, 10.0):
            if start_s:
                who.interrupt(start_s)
            if who is by_lips:
                moving(who, start_s, start_s + 8.0)
            hear(who, start_s, LOW_HZ, 6.0)
            if who is by_lips:
                moving(who, start_s + 8.0, start_s + 9.0)
            list(who.unsettled())
    assert by_track.is_continued(10.0) is None
    assert by_lips.is_continued(10.0) is True
