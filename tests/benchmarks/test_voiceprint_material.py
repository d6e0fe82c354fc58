from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from voiceprint_figures import figures
from voiceprints import two_bells

sys.path.insert(0, str(Path(__file__).parents[2] / "models" / "training" / "voiceprint"))
from cohort import clusters, mixture, packed, speaker_means
from degraded import CODECS, RATE_HZ, babble, pink, through_codec, with_noise

from facesign.biometrics.voiceprint.cohort import read_cohort


def people(n: int, n_values: int = 24) -> np.ndarray:
    """Mean voices of so many people, of two heights, unit length."""
    rng = np.random.default_rng(0)
    height = np.where(np.arange(n) % 2 == 0, 1.5, -1.5)
    values = rng.normal(0.0, 1.0, (n, n_values))
    values[:, 0] += height
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def tone(seconds: float, hz: float = 440.0) -> np.ndarray:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def test_means_are_directions_of_each_speaker() -> None:
    embeddings = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]])
    found = speaker_means(embeddings, np.array([7, 7, 9]))
    np.testing.assert_allclose(found, [[np.sqrt(0.5), np.sqrt(0.5)], [0.0, 1.0]])


def test_no_cluster_is_of_fewer_than_five_people() -> None:
    means = people(60)
    centres = clusters(means)
    assert 2 <= len(centres) <= 12
    nearest = (means @ centres.T).max(axis=0)
    assert nearest.max() < 0.95


def test_no_draw_is_nearer_to_a_person_than_people_are_to_each_other() -> None:
    means = people(60)
    draws = mixture(means)
    between = means @ means.T - 2.0 * np.eye(60)
    assert (draws @ means.T).max() < np.median(between.max(axis=1))
    assert len(draws) == pytest.approx(400, abs=1)
    np.testing.assert_allclose(np.linalg.norm(draws, axis=1), 1.0)


def test_draws_are_as_high_and_low_as_the_people() -> None:
    means, draws = people(60), mixture(people(60))
    assert np.mean(draws[:, 0] > 0) == pytest.approx(np.mean(means[:, 0] > 0), abs=0.15)


def test_a_packed_cohort_is_read_by_the_toolkit() -> None:
    draws = mixture(people(60))
    found = read_cohort(packed(draws, "round@1"), "cohort")
    assert found.model == "round@1"
    np.testing.assert_allclose(found.embeddings, draws, atol=2e-3)


@pytest.mark.parametrize("snr_db", [20, 5])
def test_noise_lies_as_far_below_the_speech_as_asked(snr_db: int) -> None:
    speech, rng = tone(2.0), np.random.default_rng(0)
    noise = with_noise(speech, pink(len(speech), rng), snr_db) - speech
    power = 10.0 * np.log10(np.mean(speech**2) / np.mean(noise**2))
    assert power == pytest.approx(snr_db, abs=0.1)


def test_pink_noise_falls_by_three_db_an_octave() -> None:
    noise = pink(20 * RATE_HZ, np.random.default_rng(0))
    power = np.abs(np.fft.rfft(noise)) ** 2
    hz = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
    low, high = (power[(hz > f) & (hz < 1.1 * f)].mean() for f in (500.0, 4000.0))
    assert 10.0 * np.log10(low / high) == pytest.approx(9.0, abs=0.5)


def test_babble_is_as_loud_as_asked_and_as_long() -> None:
    voices = [tone(1.0, 100.0 * k) for k in range(1, 9)]
    mixed = babble(voices, 30_000, np.random.default_rng(0))
    assert len(mixed) == 30_000
    assert mixed.std() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("name", CODECS)
def test_a_codec_keeps_a_tone_and_its_length(name: str) -> None:
    heard = through_codec(tone(2.0), name)
    assert len(heard) == pytest.approx(2 * RATE_HZ, abs=0.03 * RATE_HZ)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert np.argmax(spectrum) * RATE_HZ / len(heard) == pytest.approx(440.0, abs=2.0)


def test_a_telephone_codec_takes_what_lies_above_4_khz() -> None:
    high = tone(2.0, 5500.0)
    assert np.std(through_codec(high, "g711_a")) < 0.02 * np.std(high)
    assert np.std(through_codec(high, "opus_12k")) > 0.02 * np.std(high)


def test_a_rate_of_too_few_speakers_is_not_given() -> None:
    few = figures(two_bells(4, 10))
    assert few["eer"] is None
    assert (few["n_genuine"], few["n_speakers"]) == (40, 4)


def test_figures_give_counts_rate_and_interval() -> None:
    found = figures(two_bells(20, 20, distance=2.0), calibrated=True)
    assert found["n_genuine"] == 400
    low, high = found["eer_interval_95"]
    assert low < found["eer"] < high
    assert found["eer"] == pytest.approx(0.159, abs=0.03)
    assert [point["fmr"] for point in found["det"]] == [0.2, 0.1, 0.05, 0.02]
