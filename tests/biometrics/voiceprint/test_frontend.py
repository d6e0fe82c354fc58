from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.frontend import fbank, log_mel
from facesign.errors import ItemError, ShapeError

STORED = Path(__file__).parent / "fbank.npz"
"""Written by models/training/voiceprint/parity.py."""


@pytest.fixture(scope="module")
def stored() -> dict[str, npt.NDArray[np.float32]]:
    with np.load(STORED) as held:
        return dict(held)


def tone(hz: float, seconds: float = 0.5) -> FloatArray:
    times_s = np.arange(round(seconds * 16_000)) / 16_000
    return (0.5 * np.sin(2 * np.pi * hz * times_s)).astype(np.float32)


def test_features_are_speechbrains(stored: dict[str, npt.NDArray[np.float32]]) -> None:
    samples = stored["samples"].astype(np.float32) / 32768
    np.testing.assert_allclose(fbank(samples), stored["fbank"], atol=1e-4)


@pytest.mark.parametrize(("n_samples", "n_frames"), [(1, 1), (159, 1), (160, 2), (16_000, 101)])
def test_there_is_a_frame_every_10_ms_and_one_at_the_start(n_samples: int, n_frames: int) -> None:
    assert fbank(np.ones(n_samples, np.float32)).shape == (n_frames, 80)


def test_the_mean_of_each_band_is_zero() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    np.testing.assert_allclose(fbank(noise).mean(axis=0), 0, atol=1e-5)


def test_loudness_changes_nothing() -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, 16_000).astype(np.float32)
    np.testing.assert_allclose(fbank(noise / 8), fbank(noise), atol=1e-4)


def test_a_tone_is_strongest_in_the_band_of_its_pitch() -> None:
    # 1 kHz is 1000 mel; 80 bands share 2840 mel in steps of 35.06, band 28 has its centre at 983
    # and band 27 at 1018 when counted from 0.
    energies = log_mel(tone(1000.0))[20:30].mean(axis=0)
    assert int(energies.argmax()) in (27, 28)


def test_what_lies_80_db_under_the_loudest_band_is_cut() -> None:
    samples = np.concatenate([tone(1000.0), np.zeros(8000, np.float32)])
    features, energies = fbank(samples), log_mel(samples)
    # In the silent second half every band lies at the cut, 80 dB under the loudest of all.
    silent, band = features[-1], int(energies[20:30].mean(axis=0).argmax())
    loudest = features[np.unravel_index(energies.argmax(), energies.shape)[0], band]
    assert loudest - silent[band] == pytest.approx(80.0, abs=1e-3)
    assert energies[-1].max() == pytest.approx(-100.0)


def test_digital_silence_is_zero_everywhere() -> None:
    np.testing.assert_array_equal(fbank(np.zeros(4000, np.float32)), 0)


def test_a_long_recording_gives_what_its_pieces_give() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 35 * 16_000).astype(np.float32)
    whole = log_mel(noise)
    # Frame 3000 is the first past the 30 s that are held at once; edges see zeros.
    part = log_mel(noise[2990 * 160 : 3020 * 160])
    np.testing.assert_allclose(whole[2992:3018], part[2:28], atol=1e-5)


def test_the_samples_are_not_written_into() -> None:
    samples = tone(440.0)
    before = samples.copy()
    fbank(samples)
    np.testing.assert_array_equal(samples, before)


def test_what_is_no_mono_float32_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"samples must have shape \(n_samples,\), got \(2, 800\)"):
        fbank(np.zeros((2, 800), np.float32))
    with pytest.raises(ShapeError, match=r"got \(0,\)"):
        fbank(np.zeros(0, np.float32))
    with pytest.raises(ItemError, match="samples must be float32, got int16"):
        fbank(np.zeros(800, np.int16))  # type: ignore[arg-type]
