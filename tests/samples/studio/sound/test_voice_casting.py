from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.sound.cast import (
    CastSettings,
    VoiceSettings,
    draw_cast,
    draw_voice,
    translated,
)
from facesign.samples.studio.sound.mandarin import VOICE
from facesign.samples.studio.sound.voices import Voice


def test_the_same_seed_draws_the_same_cast() -> None:
    first, second = (draw_cast(CastSettings(), "en", rng_for(3, "cast")) for _ in range(2))
    assert first == second
    assert first != draw_cast(CastSettings(), "en", rng_for(4, "cast"))


@pytest.mark.parametrize("seed", range(12))
def test_everybody_in_a_cast_has_a_variant_of_their_own(seed: int) -> None:
    cast = draw_cast(CastSettings(), "zh", rng_for(seed, "cast"))
    parts = (cast.officer, cast.applicant, cast.impostor, cast.other, cast.interpreter, cast.child)
    assert len({part.voice.name for part in parts}) == 6
    assert cast.impostor.kind == cast.applicant.kind
    assert all(part.voice.name.startswith(VOICE) for part in parts)


def test_hundreds_of_different_voices_can_be_drawn() -> None:
    voices = {draw_voice(VoiceSettings(), "en", np.random.default_rng(n)) for n in range(300)}
    assert len(voices) == 300


@pytest.mark.parametrize("seed", range(8))
def test_children_have_shorter_tracts_and_higher_voices_than_men(seed: int) -> None:
    rng = np.random.default_rng(seed)
    child = draw_voice(VoiceSettings(kind="child"), "en", rng)
    man = draw_voice(VoiceSettings(kind="man"), "en", rng)
    assert child.tract > man.tract
    assert "+f" in child.name or child.name.endswith(("steph", "linda"))
    assert "+f" not in man.name


def test_given_values_are_kept() -> None:
    settings = VoiceSettings(name="en-us+m3", pitch=(42, 42), tract=(1.1, 1.1))
    voice = draw_voice(settings, "en", np.random.default_rng(0))
    assert (voice.name, voice.pitch, voice.tract) == ("en-us+m3", 42, 1.1)


def test_a_speaker_keeps_variant_and_tract_in_another_language() -> None:
    voice = Voice("en-gb+f3", 168, tract=1.04)
    chinese = translated(voice, "zh")
    assert chinese.name == f"{VOICE}+f3"
    assert chinese.tract == 1.04
    assert chinese.words_per_minute > voice.words_per_minute
    assert translated(chinese, "zh") is chinese


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pich": (40, 50)}, "Extra inputs"),
        ({"pitch": (40, 120)}, "less than or equal to 99"),
        ({"pitch": (60, 40)}, "must not be above"),
        ({"tract": (0.2, 1.0)}, "greater than or equal to 0.7"),
        ({"name": "en us;rm"}, "match pattern"),
    ],
)
def test_impossible_voices_are_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        VoiceSettings.model_validate(fields)
