from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from facesign.samples.studio.sound.plan import StutterSettings
from facesign.samples.studio.sound.stutter import stuttered
from facesign.samples.studio.sound.voices import RATE_HZ, Speech

ONLY = {"repetition": 0.0, "prolongation": 0.0, "block": 0.0}


def test_no_share_leaves_the_speech_as_it_is(tone: Callable[..., Speech]) -> None:
    speech = tone()
    again, stutters = stuttered(speech, StutterSettings(), np.random.default_rng(0))
    assert again is speech
    assert stutters == ()


def test_a_block_is_silence_before_a_word_and_never_before_the_first(
    tone: Callable[..., Speech],
) -> None:
    speech = tone(1.0)
    settings = StutterSettings(share=1, hold_s=(0.4, 0.4), repeats=(1, 1), **(ONLY | {"block": 1}))
    longer, (first, second) = stuttered(speech, settings, np.random.default_rng(0))
    assert (first.kind, second.kind) == ("repetition", "block")
    inserted_s = first.end_s - first.start_s
    assert second.start_s == pytest.approx(0.5 + inserted_s, abs=1e-3)
    assert second.end_s - second.start_s == pytest.approx(0.4)
    assert longer.duration_s == pytest.approx(1.4 + inserted_s, abs=1e-3)
    inside = longer.samples[round(second.start_s * RATE_HZ) + 1 : round(second.end_s * RATE_HZ) - 1]
    assert not inside.any()
    assert longer.words[1].start_s == pytest.approx(second.end_s)


def test_each_repeat_repeats_the_onset_and_its_phones(tone: Callable[..., Speech]) -> None:
    settings = StutterSettings(share=1, repeats=(2, 2), **(ONLY | {"repetition": 1}))
    longer, stutters = stuttered(tone(1.0), settings, np.random.default_rng(0))
    assert [stutter.kind for stutter in stutters] == ["repetition"] * 4
    assert [phone.symbol for phone in longer.phones] == ["m", "m", "m", "a", "a", "a"]
    for stutter in stutters:
        # At most 180 ms of the onset, then a gap of 50 to 140 ms.
        assert 0.14 <= stutter.end_s - stutter.start_s <= 0.32 + 1e-3
    assert longer.duration_s == pytest.approx(
        1 + sum(s.end_s - s.start_s for s in stutters), abs=1e-3
    )


def test_a_held_onset_goes_on_without_a_gap(tone: Callable[..., Speech]) -> None:
    settings = StutterSettings(share=1, hold_s=(0.6, 0.6), **(ONLY | {"prolongation": 1}))
    longer, stutters = stuttered(tone(1.0, hz=200.0), settings, np.random.default_rng(0))
    assert stutters[0].kind == "prolongation"
    assert stutters[0].start_s == 0
    assert stutters[0].end_s == pytest.approx(0.5 + 0.6)
    assert longer.phones[0].end_s == pytest.approx(1.1)
    level = longer.samples[: round(1.1 * RATE_HZ)].reshape(-1, RATE_HZ // 50).std(axis=1)
    assert level.min() > 0.5 * 0.9 / np.sqrt(2)


def test_an_onset_that_never_comes_back_to_where_it_ends_is_held_too(
    tone: Callable[..., Speech],
) -> None:
    speech = tone(1.0)
    onset = speech.phones[0]
    samples = np.full_like(speech.samples, -0.2)
    # No earlier part fits the last one: the best of them is its opposite.
    samples[round((0.416 * onset.start_s + 0.584 * onset.end_s) * RATE_HZ) :] = 0.3
    settings = StutterSettings(share=1, hold_s=(0.4, 0.4), **(ONLY | {"prolongation": 1}))
    longer, (first, *_) = stuttered(
        replace(speech, samples=samples), settings, np.random.default_rng(0)
    )
    assert first.kind == "prolongation"
    assert longer.duration_s > 1.3
    assert np.abs(longer.samples).max() <= 0.301
