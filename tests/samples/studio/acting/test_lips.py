from __future__ import annotations

import numpy as np
import pytest

from facesign.samples.studio.acting.lips import LIP_SHAPES, follow_phones, lip_weights
from facesign.samples.studio.acting.lips_heard import follow_sound
from facesign.samples.studio.sound.voices import RATE_HZ, Phone


def held(symbol: str) -> dict[str, float]:
    """Return the mouth in the middle of one long phone."""
    weights = lip_weights(np.array([0.37]), [Phone(symbol, 0.0, 0.8)])
    return {name: float(series[0]) for name, series in weights.items()}


def test_lips_meet_on_a_bilabial_and_open_on_a_vowel() -> None:
    phones = [Phone("ɑː", 0.0, 0.2), Phone("m", 0.2, 0.32), Phone("ɑː", 0.32, 0.5)]
    weights = lip_weights(np.array([0.1, 0.23, 0.4, 1.5]), phones)
    gap = weights["jawOpen"] - weights["mouthClose"]
    assert gap[0] > 0.2
    assert gap[1] < 0.03
    assert gap[2] > 0.2
    assert gap[3] == pytest.approx(0, abs=1e-6)


def test_a_silent_mouth_stays_at_rest() -> None:
    weights = lip_weights(np.linspace(0, 1, 5), [])
    assert all((series == 0).all() for series in weights.values())


@pytest.mark.parametrize(
    ("symbol", "strongest"),
    [
        ("y", "mouthPucker"),
        ("u", "mouthPucker"),
        ("ʂ", "mouthFunnel"),
        ("ts.h", "mouthFunnel"),
        ("s.", "mouthFunnel"),
        ("ɕ", "mouthStretch_L"),
        ("tɕh", "mouthStretch_L"),
        ("i", "mouthStretch_L"),
        ("f", "mouthRollLower"),
        ("ɑ", "jawOpen"),
        ("o-", "jawOpen"),
        ("ər", "jawOpen"),
    ],
)
def test_mandarin_phones_have_their_mouths(symbol: str, strongest: str) -> None:
    mouth = held(symbol)
    assert max(mouth, key=lambda name: mouth[name]) == strongest


def test_the_vowel_of_si_and_shi_is_nearly_shut() -> None:
    assert held("i̪")["jawOpen"] == held("i.")["jawOpen"] < 0.07


def test_a_triphthong_passes_through_each_of_its_vowels() -> None:
    weights = lip_weights(np.array([0.07, 0.27, 0.47]), [Phone("uai", 0.0, 0.6)])
    assert weights["mouthPucker"][0] > 0.3
    assert weights["jawOpen"][1] > 0.22
    assert weights["mouthStretch_L"][2] > 0.15
    assert weights["mouthPucker"][2] < 0.05


def test_a_mark_of_language_moves_nothing() -> None:
    track = follow_phones([Phone("(en)", 0.0, 0.3)])
    assert not track.weights.any()


def test_lips_follow_a_recording_open_where_loud_and_meet_in_a_short_dip() -> None:
    time_s = np.arange(0, 1.5, 1 / RATE_HZ)
    tone = sum(np.sin(2 * np.pi * hz * time_s) for hz in (200, 400, 700, 1100, 1300))
    loud = ((time_s > 0.3) & (time_s < 0.6)) | ((time_s > 0.68) & (time_s < 1.1))
    samples = (0.15 * np.asarray(tone) * loud).astype(np.float32)
    mouth = follow_sound(samples, 10.0).at(np.array([10.1, 10.45, 10.61, 10.9, 11.4]))
    jaw, close = (mouth[:, LIP_SHAPES.index(name)] for name in ("jawOpen", "mouthClose"))
    gap = jaw - close
    assert gap[1] > 0.15
    assert gap[3] > 0.15
    assert gap[2] < 0.4 * gap[1]
    assert gap[0] == pytest.approx(0, abs=1e-3)
    assert gap[4] == pytest.approx(0, abs=1e-3)


def test_a_bright_recording_spreads_the_lips_and_a_dull_one_rounds_them() -> None:
    time_s = np.arange(0, 1.0, 1 / RATE_HZ)

    def mouth(hz: float) -> dict[str, float]:
        samples = (0.5 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)
        weights = follow_sound(samples, 0.0).at(np.array([0.5]))[0]
        return dict(zip(LIP_SHAPES, map(float, weights), strict=True))

    assert mouth(2000)["mouthStretch_L"] > 0.2 > 0.05 > mouth(2000)["mouthPucker"]
    assert mouth(300)["mouthPucker"] > 0.3 > 0.05 > mouth(300)["mouthStretch_L"]
