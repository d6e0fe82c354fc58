from __future__ import annotations

import numpy as np
import pytest
from tone_voices import HIGH_HZ, LOW_HZ, MIDDLE_HZ, TONES, ToneEncoder, tone

from facesign.biometrics.observation import Subject
from facesign.biometrics.speakers.turns import Spoken
from facesign.biometrics.speakers.who import MOST_GROUPS, WhoSpeaks
from facesign.biometrics.stream import FloatArray, Sound


def told(*found: Spoken) -> list[tuple[float, float, str]]:
    return [
        (round(s.turn.start_s, 3), round(s.turn.end_s, 3), s.turn.subject)
        for s in sorted(found, key=lambda s: s.turn.start_s)
    ]


def test_officer_is_known_by_the_sample_and_the_applicant_by_being_the_only_other() -> None:
    who = WhoSpeaks(ToneEncoder(), TONES, officer=tone(HIGH_HZ, 4.0))
    found = [*who.speech(0.0, tone(HIGH_HZ, 4.0), "mixed")]
    found += [*who.speech(5.0, tone(LOW_HZ, 6.0), "mixed"), *who.finish()]
    assert told(*found) == [(0.0, 4.0, "officer"), (5.0, 11.0, "applicant")]
    assert len(found[1].samples) == 96_000


def test_a_change_of_voice_within_a_run_is_found_within_half_a_window() -> None:
    who = WhoSpeaks(ToneEncoder(), TONES, officer=tone(HIGH_HZ, 4.0))
    run = np.concatenate([tone(HIGH_HZ, 6.0), tone(LOW_HZ, 6.0)])
    found = [*who.speech(0.0, run, "mixed"), *who.finish()]
    assert [one.turn.subject for one in found] == ["officer", "applicant"]
    assert found[0].turn.end_s == pytest.approx(6.0, abs=0.75)


def test_a_third_voice_is_only_another_voice() -> None:
    def turn_at(time_s: float) -> Subject:
        return "officer" if time_s < 5 else "applicant"

    who = WhoSpeaks(ToneEncoder(), TONES, turn_at=turn_at)
    found = [*who.speech(0.0, tone(HIGH_HZ, 4.0), "mixed")]
    found += who.speech(5.0, tone(LOW_HZ, 9.0), "mixed")
    found += [*who.speech(15.0, tone(MIDDLE_HZ, 4.0), "mixed"), *who.finish()]
    assert told(*found)[2] == (15.0, 19.0, "other")


def test_less_than_three_seconds_are_no_voice_of_their_own_and_nobodys() -> None:
    who = WhoSpeaks(ToneEncoder(), TONES, officer=tone(MIDDLE_HZ, 4.0))
    found = [*who.speech(0.0, tone(LOW_HZ, 9.0), "mixed")]
    found += [*who.speech(10.0, tone(HIGH_HZ, 1.5), "mixed"), *who.finish()]
    assert told(*found) == [(0.0, 9.0, "applicant"), (10.0, 11.5, "session")]


def sounds(track: str, samples: FloatArray) -> list[Sound]:
    return [
        Sound(first / 16_000, samples[first : first + 8000], track)  # type: ignore[arg-type]
        for first in range(0, len(samples), 8000)
    ]


def test_the_officer_coming_back_on_the_applicants_track_is_not_the_applicant() -> None:
    rng = np.random.default_rng(0)
    asked = (0.1 * rng.standard_normal(5 * 16_000)).astype(np.float32)
    officer = np.concatenate([asked, np.zeros(7 * 16_000, np.float32)])
    applicant = np.concatenate([np.zeros(1600, np.float32), 0.1 * officer[:-1600]])
    applicant[6 * 16_000 : 11 * 16_000] += tone(LOW_HZ, 5.0)
    who = WhoSpeaks(ToneEncoder(), TONES)
    found: list[Spoken] = []
    for one, two in zip(sounds("officer", officer), sounds("applicant", applicant), strict=True):
        found += [*who.hear(one), *who.hear(two)]
    found += who.speech(0.0, officer[: 5 * 16_000], "officer")
    found += who.speech(0.1, applicant[1600 : 1600 + 5 * 16_000], "applicant")
    found += who.speech(6.0, applicant[6 * 16_000 : 11 * 16_000], "applicant")
    found += who.finish()
    mine = [one for one in found if one.turn.track == "applicant"]
    assert [(one.turn.subject, one.turn.basis) for one in mine] == [
        ("officer", "echo"),
        ("applicant", "own_track"),
    ]
    assert len(mine[0].samples) == 0
    assert len(mine[1].samples) == 5 * 16_000


def test_results_do_not_depend_on_when_the_other_track_comes() -> None:
    officer = np.concatenate([tone(HIGH_HZ, 5.0), np.zeros(80_000, np.float32)])
    applicant = np.concatenate([np.zeros(80_000, np.float32), tone(LOW_HZ, 5.0)])

    def heard(*, late: bool) -> list[tuple[float, float, str]]:
        who = WhoSpeaks(ToneEncoder(), TONES)
        found: list[Spoken] = []
        both = (sounds("officer", officer), sounds("applicant", applicant))
        for track in both[:: -1 if late else 1]:
            for sound in track:
                found += who.hear(sound)
        found += who.speech(0.0, officer[:80_000], "officer")
        found += who.speech(5.0, applicant[80_000:], "applicant")
        return told(*found, *who.finish())

    assert heard(late=False) == heard(late=True)


def test_a_long_session_is_held_in_bounded_memory_and_settled_as_it_goes() -> None:
    who = WhoSpeaks(ToneEncoder(), TONES, officer=tone(HIGH_HZ, 4.0))
    settled: list[Spoken] = []
    for index in range(120):
        hz = HIGH_HZ if index % 2 else LOW_HZ
        settled += who.speech(4.0 * index, tone(hz, 3.0), "mixed")
    assert len(settled) > 90
    assert len(who._groups) <= MOST_GROUPS
    assert sum(piece.duration_s for piece in who._held) <= 63.0
    settled += who.finish()
    expected = ["officer" if index % 2 else "applicant" for index in range(120)]
    assert [one.turn.subject for one in settled] == expected


def test_representations_hold_no_sound_and_no_embedding() -> None:
    who = WhoSpeaks(ToneEncoder(), TONES)
    list(who.speech(0.0, tone(LOW_HZ, 4.0), "mixed"))
    assert "array" not in repr(who._held)
    assert all("array" not in repr(spoken) for spoken in who.finish())


def test_speech_goes_on_without_the_other_track_when_its_line_is_lost() -> None:
    who = WhoSpeaks(ToneEncoder(), TONES)
    for one in sounds("officer", np.zeros(16_000, np.float32)):
        assert not [*who.hear(one)]
    applicant = np.zeros(10 * 16_000, np.float32)
    applicant[2 * 16_000 : 5 * 16_000] = tone(LOW_HZ, 3.0)
    known: dict[float, int] = {}
    for one in sounds("applicant", applicant):
        assert not [*who.hear(one)]
        if one.end_s == 5.0:
            assert not [*who.speech(2.0, applicant[2 * 16_000 : 5 * 16_000], "applicant")]
        known[one.end_s] = len([*who.unsettled()])
    # The officer's track ends at 1 s: 0.6 s for an echo and 3 s of patience after the speech.
    assert (known[5.0], known[8.5], known[9.0]) == (0, 0, 1)
