"""What microphones and files bring besides one clear voice: refused with a reason, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
from voices import RATE, FixedMatcher, SpectrumEncoder, claire

from facesign.biometrics.gallery import hearing
from facesign.biometrics.stream import FloatArray
from facesign.errors import EnrollmentError, MediaError, UnknownCustomerError
from facesign.interview.fingerprints import Fingerprints
from facesign.samples import load

FLAC = load("impostor-voice").path / "enrollment.flac"


@pytest.fixture
def prints(tmp_path: Path) -> Iterator[Fingerprints]:
    with Fingerprints.open(
        home=tmp_path / "home", encoder=SpectrumEncoder(), matcher=FixedMatcher()
    ) as made:
        yield made


def melody() -> FloatArray:
    """Chords of three plucked strings, a new one every half second, for 10 s."""
    rng = np.random.default_rng(0)
    time_s = np.arange(RATE // 2) / RATE
    chords = []
    for _ in range(20):
        roots_hz = 110.0 * 2.0 ** (rng.choice([0, 3, 5, 7, 10, 12], 3) / 12)
        overtones = [(n, hz) for hz in roots_hz for n in (1, 2, 3, 4)]
        plucked = sum(np.sin(2 * np.pi * n * hz * time_s) / n for n, hz in overtones)
        chords.append(plucked * np.exp(-4.0 * time_s))
    music = np.concatenate(chords)
    return np.asarray(0.3 * music / np.abs(music).max(), np.float32)


def barking() -> FloatArray:
    """A dog: every 0.6 s a harsh sound of 0.15 s that falls from 900 to 500 Hz, for 10 s."""
    rng = np.random.default_rng(0)
    time_s = np.arange(round(0.15 * RATE)) / RATE
    hz = np.linspace(900.0, 500.0, len(time_s))
    harsh = np.sign(np.sin(2 * np.pi * np.cumsum(hz) / RATE)) + rng.normal(0, 0.5, len(time_s))
    bark = harsh * np.hanning(len(time_s))
    pause = np.zeros(round(0.45 * RATE))
    return np.asarray(0.2 * np.tile(np.concatenate([bark, pause]), 16), np.float32)


@pytest.mark.parametrize("sound", [melody(), barking()], ids=["music", "a dog"])
def test_what_is_loud_and_no_speech_makes_no_voiceprint(
    prints: Fingerprints, sound: FloatArray
) -> None:
    with pytest.raises(EnrollmentError, match=r"recording 1: \d\.\d s of speech, expected 1 s"):
        prints.enroll("C-1", [sound])
    with pytest.raises(UnknownCustomerError):
        prints.history("C-1")
    prints.enroll("C-2", [claire()], identity_proof="p", record="r")
    prints.confirm("C-2", by="Wang")
    result = prints.verify("C-2", sound)
    assert (result.decision, result.score) == ("inconclusive", None)
    assert "short_speech" in result.reasons


def test_a_flac_with_broken_bytes_is_refused_and_names_how_many_packets(
    prints: Fingerprints, tmp_path: Path
) -> None:
    broken = bytearray(FLAC.read_bytes())
    middle, noise = len(broken) // 2, np.random.default_rng(0).bytes(40_000)
    broken[middle : middle + len(noise)] = noise
    (tmp_path / "voice.flac").write_bytes(broken)
    with pytest.raises(EnrollmentError, match=r"voice\.flac: \d+ damaged packets"):
        prints.enroll("C-1", [tmp_path / "voice.flac"])
    with pytest.raises(UnknownCustomerError):
        prints.history("C-1")


def test_a_flac_that_ends_in_its_header_is_refused(prints: Fingerprints, tmp_path: Path) -> None:
    (tmp_path / "voice.flac").write_bytes(FLAC.read_bytes()[:60])
    with pytest.raises(MediaError, match=r"voice\.flac"):
        prints.enroll("C-1", [tmp_path / "voice.flac"])


def test_a_recording_of_hours_is_read_no_further_than_half_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the limit at 5 s, so that it takes no minute to listen to silence."""
    assert hearing.MOST_SOUND_S == 1800.0
    monkeypatch.setattr(hearing, "MOST_SOUND_S", 5.0)
    three_hours = repeat(np.zeros(RATE, np.float32), 3 * 3600)
    heard = hearing.hear(three_hours)
    assert (heard.sound_s, heard.is_cut) == (5.0, True)
    assert sum(1 for _ in three_hours) == 3 * 3600 - 6


def test_of_long_speech_three_minutes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hearing.MOST_SPEECH_S == 180.0
    monkeypatch.setattr(hearing, "MOST_SPEECH_S", 4.0)
    heard = hearing.hear(hearing.pieces_of(claire()))
    assert heard.is_cut
    assert 4.0 <= heard.net_speech_s < 8.0


def test_a_damaged_recording_is_compared_and_said_to_be_damaged(
    prints: Fingerprints, tmp_path: Path
) -> None:
    prints.enroll("C-1", [claire()], identity_proof="p", record="r")
    prints.confirm("C-1", by="Wang")
    broken = bytearray(FLAC.read_bytes())
    middle, noise = len(broken) // 2, np.random.default_rng(0).bytes(40_000)
    broken[middle : middle + len(noise)] = noise
    (tmp_path / "voice.flac").write_bytes(broken)
    assert "media_damaged" in prints.verify("C-1", tmp_path / "voice.flac").reasons
    assert "media_damaged" not in prints.verify("C-1", FLAC).reasons
