from __future__ import annotations

import io
import itertools
import json
import sys

import numpy as np
import pytest

from facesign.errors import MediaError, MissingLibraryError, SettingsError
from facesign.samples.studio.sound import espeak
from facesign.samples.studio.sound.mandarin import VOICE, spelled
from facesign.samples.studio.sound.vocoder import pitch_hz
from facesign.samples.studio.sound.voices import RATE_HZ, Speech, Voice, say, speak

MAN = Voice("en-us+m3")
SENTENCE = "Mama may roam along a lonely lane"


def centroid_hz(speech: Speech) -> float:
    """Centre of the spectrum below 4 kHz, where the formants are."""
    power = np.abs(np.fft.rfft(speech.samples)) ** 2
    hz = np.fft.rfftfreq(len(speech.samples), 1 / RATE_HZ)
    kept = (hz > 150) & (hz < 4000)
    return float(np.sum(hz[kept] * power[kept]) / np.sum(power[kept]))


@pytest.mark.slow
def test_phones_run_through_the_speech_in_order() -> None:
    speech = speak("Good morning", MAN)
    assert [phone.symbol for phone in speech.phones][:3] == ["ɡ", "ʊ", "d"]
    assert speech.phones[0].start_s == 0
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s, abs=0.01)
    for before, after in itertools.pairwise(speech.phones):
        assert before.end_s <= after.start_s


@pytest.mark.slow
def test_words_start_with_their_first_phone() -> None:
    speech = speak("Good morning, officer", MAN)
    assert [word.text for word in speech.words] == ["Good", "morning", "officer"]
    starts = {phone.start_s: phone.symbol for phone in speech.phones}
    assert [starts[word.start_s] for word in speech.words] == ["ɡ", "m", "ɑː"]


@pytest.mark.slow
def test_speech_starts_and_ends_with_sound() -> None:
    speech = speak("yes", MAN)
    assert np.abs(speech.samples).max() == pytest.approx(0.9, abs=0.01)
    edge = RATE_HZ // 50
    assert np.abs(speech.samples[:edge]).max() > 0.002
    assert np.abs(speech.samples[-edge:]).max() > 0.002


@pytest.mark.slow
def test_the_same_words_are_the_same_samples_each_time_in_one_process() -> None:
    lines = [("my own words", MAN), ("um", MAN), ("my own words", MAN)]
    first, second = say(lines), say(lines)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)
        assert one.phones == other.phones


@pytest.mark.slow
def test_a_shorter_vocal_tract_raises_the_formants_and_leaves_pitch_and_rate() -> None:
    tracts = (0.88, 1.0, 1.14)
    voices = [Voice("en-us+m3", 158, 60, 30, tract=tract) for tract in tracts]
    spoken = say([(SENTENCE, voice) for voice in voices])
    long, usual, short = map(centroid_hz, spoken)
    assert long < 0.97 * usual
    assert usual < 0.97 * short
    pitches = [float(np.nanmedian(pitch_hz(speech.samples, RATE_HZ, 480))) for speech in spoken]
    np.testing.assert_allclose(pitches, pitches[1], rtol=0.06)
    np.testing.assert_allclose([s.duration_s for s in spoken], spoken[1].duration_s, rtol=0.06)


@pytest.mark.slow
def test_a_brighter_voice_has_more_above_one_and_a_half_kilohertz() -> None:
    dull, bright = say([(SENTENCE, Voice("en-us+m3", bright_db=db)) for db in (-6.0, 6.0)])
    assert centroid_hz(bright) > 1.2 * centroid_hz(dull)


@pytest.mark.slow
def test_a_whisper_has_no_pitch() -> None:
    aloud, whispered = say([(SENTENCE, MAN), (SENTENCE, MAN.whispered())])
    voiced = [np.isfinite(pitch_hz(s.samples, RATE_HZ, 480)).mean() for s in (aloud, whispered)]
    assert voiced[0] > 0.6
    assert voiced[1] < 0.5 * voiced[0]


@pytest.mark.slow
def test_chinese_has_phones_and_characters_with_times() -> None:
    speech = speak("我在银行上班。", Voice(VOICE + "+f3", 220))
    assert [word.text for word in speech.words] == ["我", "在", "银行", "上", "班"]
    symbols = [phone.symbol for phone in speech.phones]
    assert symbols[:3] == ["w", "o", "ts"]
    assert "χ" in symbols  # hang, not xing
    assert speech.phones[-1].end_s <= speech.duration_s + 0.01


def test_words_that_would_be_misread_are_spelled_and_keep_their_place() -> None:
    text, places = spelled("去银行。")
    assert text == "去yin2hang2。"
    assert places[0] == (0, 1)
    assert set(places[1:10]) == {(1, 3)}
    assert places[10] == (3, 4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["xx", "en-us+nobody", "+m3"])
def test_an_unknown_voice_or_variant_is_one_clear_line(name: str) -> None:
    with pytest.raises(SettingsError, match="espeak-ng has no voice") as caught:
        speak("yes", Voice(name))
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.slow
def test_a_text_with_nothing_to_say_is_refused() -> None:
    with pytest.raises(SettingsError, match="nothing to say"):
        speak(" ", MAN)


def test_a_missing_library_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(espeak, "_LIBRARY", "libnothing-of-the-kind.so.1")
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps([])))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
    assert espeak.main() == 1
    out.seek(0)
    with pytest.raises(MissingLibraryError, match="apt install espeak-ng") as caught:
        espeak.received(out, espeak.Text("yes", "en", 160, 50, 50))
    assert "\n" not in str(caught.value)


def test_a_voice_that_ends_too_early_is_one_clear_line() -> None:
    with pytest.raises(MediaError, match="ended before it had said 'yes'"):
        espeak.received(io.BytesIO(), espeak.Text("yes", "en", 160, 50, 50))


def test_loudness_follows_the_samples() -> None:
    samples = np.concatenate([np.full(480, 0.1), np.full(480, 0.4), np.zeros(480)])
    speech = Speech(samples.astype(np.float32), ())
    np.testing.assert_allclose(speech.loudness(), [0.25, 1.0, 0.0], atol=1e-6)
