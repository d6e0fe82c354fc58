"""Two people at once: noticed, and one person not taken for two."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tone_voices import HIGH_HZ, TONES, ToneEncoder, tone
from voices import claire, said, sound_of

from facesign.biometrics.gallery.hearing import hear, pieces_of
from facesign.biometrics.speakers.overlap import (
    MODEL,
    SCHEMA,
    OverlapDetector,
    OverlapLimits,
    limits_from_dict,
)
from facesign.biometrics.speakers.spectra import N_BANDS, harmonic_spectra
from facesign.biometrics.speakers.who import WhoSpeaks
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.errors import CalibrationError
from facesign.models.registry import card
from facesign.models.runtime import open_model

HERE = Path(__file__).parent
SHA256 = "7" * 64
LIMITS = OverlapLimits(0.4, 0.3, 0.2)


def written(**changes: Any) -> dict[str, Any]:
    model = f"{MODEL}@{SHA256[:12]}"
    return {"schema": SCHEMA, "model": model, "limits": LIMITS.to_dict(), **changes}


def mixed(one: FloatArray, other: FloatArray) -> FloatArray:
    n = min(len(one), len(other))
    both = one[:n] / one[:n].std() + other[:n] / other[:n].std()
    return (0.05 * both).astype(np.float32)


def test_every_16_ms_has_a_row_and_loudness_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    sound = (0.1 * rng.standard_normal(16_000)).astype(np.float32)
    rows = harmonic_spectra(sound)
    assert rows.shape == (62, N_BANDS)
    np.testing.assert_allclose(harmonic_spectra(sound / 8), rows, atol=1e-3)
    assert harmonic_spectra(sound[:200]).shape == (0, N_BANDS)


def test_harmonics_of_a_low_voice_stand_apart() -> None:
    time_s = np.arange(16_000) / SAMPLE_RATE_HZ
    swell = (time_s > 0.5).astype(np.float64)
    voice = sum(np.sin(2 * np.pi * 125.0 * k * time_s) for k in range(1, 9)) * swell
    middle = harmonic_spectra((0.05 * voice).astype(np.float32))[45]
    bins = 8 * np.arange(1, 9) - 4  # 125 Hz are 8 bins; the first bin that is kept is the 4th
    between = bins[:-1] + 4
    assert middle[bins].min() > middle[between].max() + 1.0


def test_the_network_says_what_torch_said() -> None:
    with np.load(HERE / "overlap.npz") as held:
        told = open_model(MODEL).run(spectra=held["spectra"].astype(np.float32))["share"]
        np.testing.assert_allclose(told, held["share"], atol=1e-5)


def test_limits_are_read_as_they_were_written() -> None:
    assert limits_from_dict(written(), SHA256) == LIMITS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": 0}, "got 0 for"),
        ({"model": f"{MODEL}@000000000000"}, "for overlapped-speech@000000000000"),
        ({"limits": {"piece_above": 0.4}}, "'recording_above' is missing"),
    ],
)
def test_limits_of_another_file_are_not_used(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CalibrationError, match=message):
        limits_from_dict(written(**changes), SHA256)


def test_the_limit_of_a_recording_moves_evenly_between_short_and_long() -> None:
    found = [LIMITS.of_recording(seconds) for seconds in (1.0, 6.0, 10.5, 15.0, 90.0)]
    assert found == pytest.approx([0.3, 0.3, 0.25, 0.2, 0.2])


def test_the_limits_that_ship_belong_to_the_model_that_ships() -> None:
    limits = OverlapDetector().limits
    assert 0.0 < limits.long_recording_above <= limits.recording_above < 1.0
    assert 0.0 < limits.piece_above < 1.0
    assert card(MODEL).licence == "Apache-2.0"


def test_a_synthesizers_voice_is_one_and_two_of_them_are_two() -> None:
    detector = OverlapDetector()
    one, other = claire(), said("screen-replay", "applicant")
    assert not detector.in_recording(hear(pieces_of(one)).speech)
    assert not detector.in_recording(hear(pieces_of(other)).speech)
    assert detector.in_recording(hear(pieces_of(mixed(one, other))).speech)


def test_too_short_speech_is_not_judged() -> None:
    assert OverlapDetector().recording_share(np.zeros(4000, np.float32)) is None


class Loud:
    """Takes what is louder for two people."""

    def in_piece(self, samples: FloatArray) -> bool:
        return float(samples.std()) > 0.12


def test_pieces_with_two_people_stay_in_the_turn_and_are_not_offered_as_its_voice() -> None:
    who = WhoSpeaks(ToneEncoder(), TONES, officer=tone(HIGH_HZ, 4.0), overlap=Loud())  # type: ignore[arg-type]
    quiet = tone(300.0, 9.0) * np.float32(0.3)
    loud = quiet.copy()
    loud[3 * SAMPLE_RATE_HZ : 6 * SAMPLE_RATE_HZ] *= 10
    (spoken,) = [*who.speech(0.0, loud, "mixed"), *who.finish()]
    assert spoken.turn.duration_s == 9.0
    kept_s = len(spoken.samples) / SAMPLE_RATE_HZ
    assert kept_s == pytest.approx(6.0, abs=1.5)
    assert np.abs(spoken.samples[: 2 * SAMPLE_RATE_HZ]).max() < 0.2


def recordings(data_dir: Path, corpus: str) -> dict[str, list[Path]]:
    folder = data_dir / "speech" / "dev"
    found: dict[str, list[Path]] = {}
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["corpus"] == corpus:
                found.setdefault(row["speaker"], []).append(folder / row["path"])
    return found


def joined(paths: Sequence[Path], seconds: float) -> FloatArray:
    parts = [sound_of(str(path)) for path in paths[:8]]
    return np.concatenate(parts)[: round(seconds * SAMPLE_RATE_HZ)]


@pytest.mark.data
def test_real_people_are_one_alone_and_two_together(data_dir: Path) -> None:
    detector = OverlapDetector()
    people = recordings(data_dir, "librispeech_test_other")
    alone = [joined(people[name], 12.0) for name in sorted(people)]
    wrong = [detector.in_recording(hear(pieces_of(one)).speech) for one in alone]
    pairs = [mixed(a, b) for a, b in zip(alone, alone[1:] + alone[:1], strict=True)]
    noticed = [detector.in_recording(hear(pieces_of(both)).speech) for both in pairs]
    assert len(alone) >= 5
    assert sum(wrong) == 0
    assert sum(noticed) >= len(pairs) - 1
