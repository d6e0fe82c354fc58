from __future__ import annotations

import numpy as np
import pytest
from voice_signals import AH, EE, RATE, noise, pulses, silence, syllables, vowel

from facesign.biometrics.voice.filled_pauses import steady_stretches
from facesign.biometrics.voice.levels import level_db
from facesign.biometrics.voice.pitch import PITCH_HOP, track_pitch
from facesign.biometrics.voice.prosody import measure_prosody, pitch_range_st
from facesign.biometrics.voice.syllables import loudness_contour, syllable_nuclei


@pytest.mark.parametrize("f0_hz", [75.0, 110.0, 150.0, 220.0, 300.0, 400.0])
def test_pulses_give_their_frequency_back(f0_hz: float) -> None:
    pitch_hz = track_pitch(pulses(f0_hz, 1.0))
    assert pitch_hz.shape == (RATE // PITCH_HOP,)
    assert np.isfinite(pitch_hz).mean() > 0.8
    assert np.nanmedian(pitch_hz) == pytest.approx(f0_hz, rel=0.01)


def test_a_sine_gives_its_frequency_back() -> None:
    sine = 0.3 * np.sin(2.0 * np.pi * 180.0 * np.arange(RATE) / RATE)
    pitch_hz = track_pitch(sine.astype(np.float32))
    assert np.nanmedian(pitch_hz) == pytest.approx(180.0, rel=0.01)


def test_pitch_follows_a_glide() -> None:
    f0 = np.geomspace(100.0, 200.0, 2 * RATE)
    pitch_hz = track_pitch(vowel(f0, 2.0))
    truth = f0[np.arange(len(pitch_hz)) * PITCH_HOP]
    error_st = np.abs(12.0 * np.log2(pitch_hz / truth))
    assert np.nanmedian(error_st) < 0.3


@pytest.mark.parametrize("sound", [silence(1.0), noise(1.0, -30.0)], ids=["silence", "noise"])
def test_what_is_not_voiced_has_no_pitch(sound: np.ndarray) -> None:
    prosody = measure_prosody(sound)
    assert prosody.pitch_hz is None
    assert prosody.pitch_range_st is None
    assert prosody.n_syllables == 0
    assert prosody.syllable_rate_hz is None
    assert prosody.filled_pauses == ()


@pytest.mark.parametrize("n_samples", [0, 1, 100, 300])
def test_a_few_samples_are_measured_without_failing(n_samples: int) -> None:
    prosody = measure_prosody(vowel(120.0, 0.1)[:n_samples])
    assert prosody.pitch_hz is None
    assert (prosody.loudness_db is None) == (n_samples == 0)


def test_range_of_an_octave_is_twelve_semitones_between_its_tenths() -> None:
    octave_hz = np.geomspace(100.0, 200.0, 101)
    assert pitch_range_st(octave_hz) == pytest.approx(0.8 * 12.0)
    assert pitch_range_st(octave_hz[:5]) is None


def test_loudness_is_relative_to_full_scale() -> None:
    sine = np.sin(2.0 * np.pi * 200.0 * np.arange(RATE) / RATE).astype(np.float32)
    assert level_db(sine) == pytest.approx(-3.01, abs=0.01)
    assert level_db(0.1 * sine) == pytest.approx(-23.01, abs=0.01)
    assert level_db(silence(1.0)) == -120.0
    assert level_db(silence(0.0)) is None


@pytest.mark.parametrize("n", [1, 3, 7, 12])
@pytest.mark.parametrize("rate_hz", [2.5, 4.0, 6.0])
def test_every_swell_of_the_voice_is_a_syllable(n: int, rate_hz: float) -> None:
    prosody = measure_prosody(syllables(n, rate_hz=rate_hz))
    assert prosody.n_syllables == n
    assert prosody.syllable_rate_hz == pytest.approx(rate_hz, rel=0.01)


def test_a_peak_without_voice_within_32_ms_is_no_syllable() -> None:
    loudness_db = np.full(12, -60.0)
    loudness_db[[1, 4, 9]] = -30.0
    pitch_hz = np.full(12, np.nan)
    pitch_hz[[1, 6]] = 120.0
    assert syllable_nuclei(loudness_db, pitch_hz) == [1, 4]


def test_a_dip_of_less_than_two_db_does_not_part_syllables() -> None:
    pitch_hz = np.full(5, 120.0)
    assert syllable_nuclei(np.array([-60.0, -30.0, -31.9, -30.1, -60.0]), pitch_hz) == [1]
    assert syllable_nuclei(np.array([-60.0, -30.0, -32.2, -30.1, -60.0]), pitch_hz) == [1, 3]


def test_a_peak_far_below_the_loudest_is_no_syllable() -> None:
    loudness_db = np.array([-60.0, -20.0, -60.0, -47.0, -60.0])
    assert syllable_nuclei(loudness_db, np.full(5, 120.0)) == [1]


def test_the_contour_measures_the_telephone_band_only() -> None:
    time_s = np.arange(RATE) / RATE
    inside = (0.1 * np.sin(2.0 * np.pi * 1000.0 * time_s)).astype(np.float32)
    hum = (0.1 * np.sin(2.0 * np.pi * 50.0 * time_s)).astype(np.float32)
    middle = slice(10, -10)
    assert loudness_contour(inside)[middle] == pytest.approx(-23.0, abs=0.2)
    assert loudness_contour(hum)[middle].max() < -50.0


def test_a_held_sound_is_a_filled_pause() -> None:
    talk = np.concatenate([syllables(6), vowel(118.0, 0.5), syllables(6)])
    (pause,) = measure_prosody(talk).filled_pauses
    assert pause[0] == pytest.approx(1.5, abs=0.1)
    assert pause[1] == pytest.approx(2.0, abs=0.1)


def test_fluent_syllables_are_no_filled_pause() -> None:
    assert measure_prosody(syllables(16)).filled_pauses == ()


def test_a_held_sound_shorter_than_a_quarter_second_is_no_filled_pause() -> None:
    assert measure_prosody(vowel(118.0, 0.22)).filled_pauses == ()


def test_a_glide_in_pitch_is_no_filled_pause() -> None:
    glide = vowel(np.geomspace(100.0, 200.0, RATE // 2), 0.5)
    assert measure_prosody(glide).filled_pauses == ()


def test_a_glide_in_sound_is_no_filled_pause() -> None:
    turn = np.linspace(0.0, 1.0, round(0.3 * RATE), dtype=np.float32)
    glide = (1 - turn) * vowel(120.0, 0.3, AH) + turn * vowel(120.0, 0.3, EE)
    n_values = len(glide) // PITCH_HOP
    flat, loud = np.full(n_values, 120.0), np.full(n_values, -20.0)
    assert steady_stretches(glide, flat, loud) == []
    assert steady_stretches(vowel(120.0, 0.3), flat, loud) != []
