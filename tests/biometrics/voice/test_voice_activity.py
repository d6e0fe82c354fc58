from __future__ import annotations

import numpy as np
import pytest
from voice_signals import RATE, noise, silence, sounds, syllables

from facesign.biometrics.stream import FloatArray, Sound
from facesign.biometrics.voice.activity import HISTORY_S, LATENESS_S, Activity, Speech


def run(pieces: list[Sound]) -> list[Speech]:
    activity = Activity()
    found = [speech for piece in pieces for speech in activity.push(piece)]
    return found + list(activity.finish())


@pytest.fixture(scope="module")
def talk() -> FloatArray:
    """Six syllables, a pause of 1 s, ten syllables, in faint noise."""
    parts = [silence(1.0), syllables(6), silence(1.0), syllables(10), silence(1.0)]
    clean = np.concatenate(parts)
    return clean + noise(len(clean) / RATE, -70.0)


def test_boundaries_lie_within_16_ms_of_the_truth(talk: FloatArray) -> None:
    first, second = run(sounds(talk, [1600], start_s=5.0))
    assert [first.start_s, first.end_s] == pytest.approx([6.0, 7.5], abs=0.016)
    assert [second.start_s, second.end_s] == pytest.approx([8.5, 11.0], abs=0.016)


@pytest.mark.parametrize("sizes", [[1], [37, 4000, 513, 160], [512], [10**6]])
def test_pieces_make_no_difference(talk: FloatArray, sizes: list[int]) -> None:
    talk = talk[: 3 * RATE] if sizes == [1] else talk
    assert run(sounds(talk, sizes, start_s=5.0)) == run(sounds(talk, [1600], start_s=5.0))


def test_no_speech_crosses_a_hole() -> None:
    speech = syllables(12)
    before, after = speech[:RATE], speech[RATE:]
    activity = Activity()
    found = [*activity.push(Sound(0.0, before)), *activity.push(Sound(4.0, after))]
    found += activity.finish()
    assert found[0].end_s <= 1.0
    assert found[1].start_s >= 4.0
    assert not activity.speaking_at(np.array([2.5]))[0]


def test_a_new_stretch_begins_after_finish(talk: FloatArray) -> None:
    activity = Activity()
    first = [*activity.push(Sound(0.0, talk)), *activity.finish()]
    again = [*activity.push(Sound(100.0, talk)), *activity.finish()]
    assert [s.start_s + 100.0 for s in first] == pytest.approx([s.start_s for s in again])


@pytest.mark.parametrize("level_db", [-120.0, -80.0, -40.0])
def test_noise_and_silence_are_no_speech(level_db: float) -> None:
    assert run(sounds(noise(5.0, level_db), [1600])) == []


def test_samples_that_are_no_numbers_are_no_speech() -> None:
    assert run([Sound(0.0, np.full(2 * RATE, np.nan, dtype=np.float32))]) == []


def test_an_empty_track_is_no_speech() -> None:
    activity = Activity()
    assert list(activity.push(Sound(0.0, silence(0.0)))) == []
    assert list(activity.finish()) == []


def test_before_any_sound_nothing_is_analysed() -> None:
    activity = Activity()
    assert activity.analysed_until_s == -np.inf
    assert not activity.speaking_at(np.array([0.0, 1.0])).any()


def test_what_is_told_live_is_what_is_found_in_the_end(talk: FloatArray) -> None:
    activity = Activity()
    found: list[Speech] = []
    times, told = [np.zeros(0)], [np.zeros(0, dtype=bool)]
    asked = 0
    for piece in sounds(talk, [700]):
        found += activity.push(piece)
        assert piece.end_s - activity.analysed_until_s < LATENESS_S
        until = int(activity.analysed_until_s / 0.01)
        times.append(np.arange(asked, until) * 0.01)
        told.append(activity.speaking_at(times[-1]))
        asked = max(asked, until)
    found += activity.finish()
    time_s = np.concatenate(times)
    spoken = np.any([(time_s >= s.start_s) & (time_s < s.end_s) for s in found], axis=0)
    np.testing.assert_array_equal(np.concatenate(told), spoken)
    assert spoken.any()
    assert not spoken.all()


def test_times_not_analysed_yet_are_not_called_speech(talk: FloatArray) -> None:
    activity = Activity()
    list(activity.push(Sound(0.0, talk[: 2 * RATE])))
    later = np.array([activity.analysed_until_s + 0.001, 50.0])
    assert not activity.speaking_at(later).any()


def test_finish_decides_up_to_the_last_sample(talk: FloatArray) -> None:
    activity = Activity()
    list(activity.push(Sound(3.0, talk[: 2 * RATE + 100])))
    (speech,) = activity.finish()
    assert activity.analysed_until_s == pytest.approx(3.0 + 2.0 + 100 / RATE)
    assert speech.end_s <= activity.analysed_until_s


@pytest.mark.slow
def test_history_and_buffers_stay_bounded() -> None:
    activity = Activity()
    minute = np.concatenate([np.concatenate([syllables(4), silence(0.5)]) for _ in range(40)])
    for piece in sounds(minute, [1600]):
        list(activity.push(piece))
    remembered = activity._history
    assert remembered[0].end_s >= remembered[-1].end_s - HISTORY_S
    assert len(remembered) < 20


@pytest.mark.slow
def test_a_long_run_comes_in_parts_without_a_gap() -> None:
    parts = run(sounds(np.concatenate([silence(1.0), syllables(100), silence(1.0)]), [1600]))
    cut = [speech for speech in parts if speech.continues]
    assert len(cut) == 1
    following = parts[parts.index(cut[0]) + 1]
    assert following.start_s == cut[0].end_s
    assert cut[0].duration_s <= 20.0
