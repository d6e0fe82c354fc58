from __future__ import annotations

import numpy as np
import pytest
import soxr
from voice_signals import RATE, noise, silence, syllables

from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voice.quality import (
    BLOCK,
    TrackQuality,
    VoiceQuality,
    snr_bound,
    stretch_quality,
)

N_BLOCKS = 125


def tone_db(level_db: float) -> FloatArray:
    """4 s of noise that stands for speech of this level."""
    return noise(N_BLOCKS * BLOCK / RATE, level_db, seed=1)


def quality(speech: FloatArray, silence_: FloatArray) -> VoiceQuality:
    track = TrackQuality()
    track.add(speech, np.ones(len(speech) // BLOCK, dtype=bool))
    track.add(silence_, np.zeros(len(silence_) // BLOCK, dtype=bool))
    return track.quality()


@pytest.mark.parametrize("snr_db", [3.0, 12.0, 20.0, 40.0])
def test_known_snr_is_measured(snr_db: float) -> None:
    background = noise(N_BLOCKS * BLOCK / RATE, -50.0, seed=2)
    found = quality(tone_db(-50.0 + snr_db) + background, noise(4.0, -50.0, seed=3))
    assert found.snr_db == pytest.approx(snr_db, abs=0.7)
    assert ("low_snr" in found.reasons) == (snr_db == 3.0)


def test_snr_without_silence_is_unknown() -> None:
    assert quality(tone_db(-20.0), silence(0.0)).snr_db is None


def test_the_edges_of_speech_alone_are_no_silence_to_measure() -> None:
    found = quality(tone_db(-20.0), noise(12 * BLOCK / RATE, -22.0))
    assert found.snr_db is None
    assert found.reasons == ()


def test_snr_against_digital_silence_is_capped() -> None:
    assert quality(tone_db(-20.0), silence(4.0)).snr_db == 60.0


def test_clipping_counts_samples_at_full_scale() -> None:
    speech = tone_db(-30.0)
    speech[1000:1064] = 1.0
    speech[5000:5064] = -1.0
    found = quality(speech, noise(4.0, -60.0))
    assert found.clipped_share == pytest.approx(128 / len(speech))
    assert found.reasons == ("clipped",)


def test_a_single_peak_at_full_scale_is_no_clipping() -> None:
    speech = tone_db(-30.0)
    speech[::600] = 1.0
    assert quality(speech, noise(4.0, -60.0)).clipped_share == 0.0


@pytest.mark.parametrize("level_db", [-120.0, -80.0, -56.0])
def test_a_track_below_55_db_is_silent(level_db: float) -> None:
    found = quality(tone_db(level_db)[:0], tone_db(level_db))
    assert found.reasons == ("silent_track",)
    assert found.snr_db is None


def test_an_empty_track_is_silent() -> None:
    assert TrackQuality().quality().reasons == ("silent_track",)


def test_a_click_does_not_make_a_silent_track_sound() -> None:
    track = silence(4.096)
    track[:BLOCK] = 0.5
    assert quality(silence(0.0), track).reasons == ("silent_track",)


def test_less_than_three_seconds_of_speech_are_short() -> None:
    found = quality(tone_db(-20.0)[: 90 * BLOCK], noise(4.0, -60.0))
    assert found.net_speech_s == pytest.approx(2.88)
    assert "short_speech" in found.reasons


def test_phone_sound_is_narrowband_after_resampling() -> None:
    wide = syllables(16) + noise(4.0, -45.0)
    phone = soxr.resample(soxr.resample(wide, RATE, 8000), 8000, RATE).astype(np.float32)
    n = len(wide) // BLOCK * BLOCK
    wide_found, found = (quality(s[:n], noise(4.0, -70.0)) for s in (wide, phone))
    assert "narrowband" in found.reasons
    assert found.bandwidth_hz == pytest.approx(4000.0, abs=200.0)
    assert wide_found.reasons == ()
    assert wide_found.bandwidth_hz is not None
    assert wide_found.bandwidth_hz > 7500.0


def test_sums_do_not_depend_on_pieces() -> None:
    speech = tone_db(-20.0)
    whole, pieces = TrackQuality(), TrackQuality()
    speaking = np.arange(N_BLOCKS) % 3 > 0
    whole.add(speech, speaking)
    for block in range(N_BLOCKS):
        pieces.add(speech[block * BLOCK : (block + 1) * BLOCK], speaking[block : block + 1])
    assert whole.quality() == pieces.quality()


@pytest.mark.parametrize(("level_db", "bound"), [(-30.0, "≤"), (-20.0, "≤"), (-120.0, "≥")])
def test_a_ratio_that_cannot_be_told_is_a_bound(level_db: float, bound: str) -> None:
    found = stretch_quality(tone_db(-30.0), noise_db=level_db)
    assert found.snr_db == (-10.0 if bound == "≤" else 60.0)
    assert snr_bound(found.snr_db) == bound
    assert ("low_snr" in found.reasons) == (bound == "≤")
    assert snr_bound(12.0) == ""


def test_a_stretch_is_judged_against_the_noise_it_is_told() -> None:
    found = stretch_quality(tone_db(-30.0), noise_db=-35.0)
    power_ratio = 10.0 ** (5.0 / 10.0) - 1.0
    assert found.snr_db == pytest.approx(10.0 * np.log10(power_ratio), abs=0.1)
    assert found.reasons == ("low_snr",)
    assert stretch_quality(tone_db(-30.0), noise_db=None).snr_db is None


def test_a_stretch_of_less_than_half_a_second_is_short() -> None:
    assert stretch_quality(noise(0.4, -20.0), -60.0).reasons == ("short_speech",)
    assert stretch_quality(noise(0.01, -20.0), -60.0).bandwidth_hz is None
