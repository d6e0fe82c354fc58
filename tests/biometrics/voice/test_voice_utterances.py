from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voice_signals import RATE, noise, silence, sounds, syllables, vowel

from facesign.biometrics.stream import FloatArray, Sound
from facesign.biometrics.voice.utterances import Utterance, Utterances
from facesign.errors import TrackError


def talk() -> FloatArray:
    """Six syllables, a pause, four syllables, a held vowel and four more, in faint noise."""
    um = np.concatenate([syllables(4), vowel(118.0, 0.5), syllables(4)])
    clean = np.concatenate([silence(1.0), syllables(6), silence(1.0), um, silence(1.0)])
    return clean + noise(len(clean) / RATE, -70.0)


TALK = talk()


def run(pieces: list[Sound]) -> tuple[list[Utterance], Utterances]:
    utterances = Utterances()
    found = [utterance for piece in pieces for utterance in utterances.push(piece)]
    return found + list(utterances.finish()), utterances


def test_an_utterance_carries_what_was_put_into_it() -> None:
    (first, second), utterances = run(sounds(TALK, [1600], start_s=5.0))
    assert first.start_s == pytest.approx(6.0, abs=0.016)
    assert first.end_s == pytest.approx(7.5, abs=0.016)
    assert first.track == "mixed"
    assert first.n_syllables == 6
    assert first.syllable_rate_hz == pytest.approx(4.0, abs=0.1)
    assert first.pitch_hz == pytest.approx(120.0, rel=0.05)
    assert first.filled_pauses == ()
    assert first.quality.reasons == ()
    (pause,) = second.filled_pauses
    assert pause.start_s == pytest.approx(5.0 + 3.5 + 1.0, abs=0.1)
    assert pause.end_s == pytest.approx(5.0 + 3.5 + 1.5, abs=0.1)
    assert utterances.quality().net_speech_s == pytest.approx(4.0, abs=0.15)


def test_snr_is_speech_over_the_noise_around_it() -> None:
    (first, _), utterances = run(sounds(TALK, [1600]))
    speech_db = 10.0 * np.log10(np.mean(TALK[RATE : 5 * RATE // 2] ** 2))
    assert first.quality.snr_db == pytest.approx(speech_db + 70.0, abs=0.7)
    track_snr_db = utterances.quality().snr_db
    assert track_snr_db is not None
    assert track_snr_db > 40.0


def test_before_a_syllable_is_heard_nothing_is_yielded() -> None:
    found, utterances = run(sounds(noise(3.0, -60.0), [1600]))
    assert found == []
    assert utterances.quality().reasons == ("silent_track",)


@settings(max_examples=5, deadline=None)
@given(sizes=st.lists(st.integers(16, 20_000), min_size=1, max_size=5))
def test_pieces_make_no_difference_to_a_bit(sizes: list[int]) -> None:
    found, utterances = run(sounds(TALK, sizes, start_s=5.0))
    expected, whole = run([Sound(5.0, TALK)])
    assert found == expected
    assert utterances.quality() == whole.quality()


def test_sound_after_a_hole_is_measured_where_it_lies() -> None:
    pieces = sounds(TALK, [1600]) + sounds(TALK, [1600], start_s=60.0)
    found, _ = run(pieces)
    alone, _ = run(sounds(TALK, [1600]))
    assert found[:2] == alone
    assert [u.start_s - 60.0 for u in found[2:]] == pytest.approx([u.start_s for u in alone])
    assert [u.pitch_hz for u in found[2:]] == [u.pitch_hz for u in alone]


def test_sound_of_another_track_is_refused() -> None:
    with pytest.raises(TrackError, match="applicant track, got sound of the officer"):
        list(Utterances("applicant").push(Sound(0.0, silence(0.1), "officer")))


def test_speech_is_told_for_the_pictures_before_an_utterance_ends() -> None:
    utterances = Utterances()
    for piece in sounds(TALK[: int(2.2 * RATE)], [320]):
        assert list(utterances.push(piece)) == []
    assert utterances.analysed_until_s > 1.6
    np.testing.assert_array_equal(
        utterances.speaking_at(np.array([0.5, 1.1, 1.5])), [False, True, True]
    )


@pytest.mark.slow
def test_no_more_than_22_seconds_are_held() -> None:
    utterances = Utterances()
    held = 0
    for piece in sounds(np.tile(syllables(40), 5), [1600]):
        list(utterances.push(piece))
        held = max(held, len(utterances._kept))
    assert held <= 22 * RATE


def test_importing_loads_no_heavy_module() -> None:
    code = (
        "import sys, facesign.biometrics.voice.utterances;"
        "print({'onnxruntime', 'numba', 'librosa', 'cv2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def decoded(path: Path) -> FloatArray:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames])


@pytest.mark.data
@pytest.mark.slow
def test_real_voices_have_the_pitch_of_their_sex_and_the_rate_of_their_sentence(
    data_dir: Path,
) -> None:
    folder = data_dir / "speech" / "dev"
    with (folder / "MANIFEST.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["style"] == "neutral"]
    pitch_hz: dict[str, list[float]] = {"f": [], "m": []}
    n_syllables = []
    for row in [row for row in rows if row["corpus"] == "ravdess"]:
        found, _ = run([Sound(0.0, decoded(folder / row["path"]))])
        pitch_hz[row["gender"]] += [u.pitch_hz for u in found if u.pitch_hz is not None]
        n_syllables.append(sum(u.n_syllables for u in found))
    assert 85.0 < np.median(pitch_hz["m"]) < 155.0 < np.median(pitch_hz["f"]) < 255.0
    assert np.mean(n_syllables) == pytest.approx(7.0, abs=1.0)
