from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.speakers.lips import LipTrack, measure_lips, pooled
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray

TIME_S = np.arange(0, 10, 1 / 30)


def syllables(seconds: float) -> FloatArray:
    """A tone whose level goes up and down three times a second."""
    at_s = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    loud = 0.01 + 0.1 * (0.5 - 0.5 * np.cos(2 * np.pi * 3 * at_s))
    return np.asarray(loud * np.sin(2 * np.pi * 300 * at_s), np.float32)


def mouth(opening: FloatArray) -> LipTrack:
    track = LipTrack()
    track.push(TIME_S, opening)
    return track


def opening(lead_s: float, hz: float = 3.0, size: float = 0.1) -> FloatArray:
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * hz * (TIME_S + lead_s))
    return np.asarray(size * wave, np.float32)


def test_lips_that_lead_the_sound_by_a_tenth_of_a_second_move_with_it() -> None:
    evidence = measure_lips(syllables(5.0), 0.0, mouth(opening(0.1)))
    assert evidence is not None
    assert evidence.correlation > 0.85
    assert evidence.n_frames == pytest.approx(4.7 * 30, abs=2)


def test_lips_that_move_at_another_rate_do_not() -> None:
    evidence = measure_lips(syllables(5.0), 0.0, mouth(opening(0.1, hz=1.7)))
    assert evidence is not None
    assert abs(evidence.correlation) < 0.2


def test_lips_that_rest_count_for_less_however_well_they_fit() -> None:
    evidence = measure_lips(syllables(5.0), 0.0, mouth(opening(0.1, size=0.002)))
    assert evidence is not None
    assert evidence.correlation < 0.15


def test_no_face_is_no_evidence() -> None:
    lost = np.full(len(TIME_S), np.nan, np.float32)
    assert measure_lips(syllables(2.0), 0.0, mouth(lost)) is None
    assert measure_lips(syllables(2.0), 20.0, mouth(opening(0.1))) is None


def test_evidence_adds_up() -> None:
    sound, track = syllables(4.0), mouth(opening(0.1))
    parts = [measure_lips(sound[: 2 * SAMPLE_RATE_HZ], 0.0, track), None]
    parts.append(measure_lips(sound[2 * SAMPLE_RATE_HZ :], 2.0, track))
    whole = pooled(parts)
    assert whole is not None
    assert parts[0] is not None
    assert parts[2] is not None
    assert whole.n_frames == parts[0].n_frames + parts[2].n_frames
    assert whole.correlation == pytest.approx(parts[0].correlation, abs=0.05)
    assert pooled([None]) is None
