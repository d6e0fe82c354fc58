"""Who speaks: many distinguishable voices, drawn from a seed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from facesign.samples.studio.settings import Section, draw
from facesign.samples.studio.sound.mandarin import VOICE as MANDARIN
from facesign.samples.studio.sound.ranges import Decibels, Pitches, Rates, Tracts
from facesign.samples.studio.sound.voices import Language, Voice

__all__ = [
    "Cast",
    "CastSettings",
    "Kind",
    "Part",
    "VoiceSettings",
    "draw_cast",
    "draw_part",
    "draw_voice",
    "translated",
]

Kind: TypeAlias = Literal["man", "woman", "child"]

_ACCENTS: Mapping[Language, tuple[str, ...]] = {
    "en": ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-029"),
    "zh": (MANDARIN,),
}
_ROLES = ("officer", "applicant", "impostor", "other", "interpreter", "child")
_VARIANTS: Mapping[Kind, tuple[str, ...]] = {
    "man": ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "Andy", "max", "robert", "victor"),
    "woman": ("f1", "f2", "f3", "f4", "f5", "linda", "steph", "belinda"),
    "child": ("f1", "f4", "steph", "linda"),
}
_TRACT: Mapping[Kind, tuple[float, float]] = {
    "man": (0.88, 1.08),
    "woman": (0.9, 1.1),
    "child": (1.16, 1.3),
}
_PITCH: Mapping[Kind, tuple[float, float]] = {"man": (45, 92), "woman": (40, 66), "child": (76, 96)}
_WORDS_PER_MINUTE: Mapping[Language, tuple[float, float]] = {"en": (150, 185), "zh": (230, 270)}


class VoiceSettings(Section):
    """One speaker's voice. What is not given is drawn for the kind of speaker."""

    kind: Kind | Literal["any"] = "any"
    """Man, woman or child; `any` is a man or a woman."""
    name: Annotated[str, Field(pattern=r"^[\w-]+(\+[\w ]+)?$")] | None = None
    """espeak-ng voice and variant, such as `en-us+m3`."""
    pitch: Pitches | None = None
    """espeak-ng's pitch, 0 to 99; 50 is the variant's own, 66 more is an octave."""
    pitch_range: Pitches = (40, 75)
    """From 0, monotone, to 99, lively."""
    words_per_minute: Rates | None = None
    """Speech rate, in espeak-ng's words."""
    tract: Tracts | None = None
    """Factor on every formant: above 1 a shorter vocal tract."""
    bright_db: Decibels = (-3, 4)
    """Level above 1.5 kHz relative to the variant's own."""
    recording: Path | None = None
    """A WAV, FLAC or MP3 file whose phrases, in order, are what this speaker says."""


class CastSettings(Section):
    """The voices of an interview."""

    officer: VoiceSettings = VoiceSettings()
    """Who asks."""
    applicant: VoiceSettings = VoiceSettings()
    """The customer whose identity is claimed, also in the enrollment."""
    impostor: VoiceSettings = VoiceSettings()
    """Who answers where the dialogue says so; `any` is the customer's own kind."""
    other: VoiceSettings = VoiceSettings()
    """A second person beside the applicant."""
    interpreter: VoiceSettings = VoiceSettings()
    """The declared interpreter; the same variant speaks both languages."""
    child: VoiceSettings = VoiceSettings(kind="child")
    """A child nearby."""


@dataclass(frozen=True, slots=True)
class Part:
    """A voice with what settings cannot give to espeak-ng."""

    role: str
    """Key in the cast, such as `applicant` or `impostor`."""
    kind: Kind
    voice: Voice
    recording: Path | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who may speak."""

    officer: Part
    applicant: Part
    impostor: Part
    other: Part
    interpreter: Part
    child: Part


def draw_cast(settings: CastSettings, language: Language, rng: np.random.Generator) -> Cast:
    """Draw a voice for every role, each from another espeak-ng variant.

    Args:
        settings: The voices' tables.
        language: What the interview is held in.
        rng: Each role has its own share.
    """
    parts: dict[str, Part] = {}
    for role, seed in zip(_ROLES, rng.integers(2**63, size=len(_ROLES)), strict=True):
        given: VoiceSettings = getattr(settings, role)
        if role == "impostor" and given.kind == "any":
            given = given.model_copy(update={"kind": parts["applicant"].kind})
        taken = {_variant(part.voice.name) for part in parts.values()}
        share = np.random.default_rng(seed)
        parts[role] = draw_part(given, role, language, share, taken=taken)
    return Cast(**parts)


def draw_voice(settings: VoiceSettings, language: Language, rng: np.random.Generator) -> Voice:
    """Draw one voice."""
    return draw_part(settings, "", language, rng).voice


def draw_part(
    settings: VoiceSettings,
    role: str,
    language: Language,
    rng: np.random.Generator,
    *,
    taken: Collection[str] = (),
) -> Part:
    """Draw one voice for a role, with the kind of speaker that it is.

    Args:
        settings: The voice's table.
        role: Key in the cast.
        language: What it speaks first.
        rng: Draws what the settings leave open.
        taken: Variants that others have.
    """
    either: tuple[Kind, Kind] = ("man", "woman")
    any_kind = either[int(rng.integers(2))]
    kind: Kind = any_kind if settings.kind == "any" else settings.kind
    free = tuple(name for name in _VARIANTS[kind] if name not in taken) or _VARIANTS[kind]
    drawn = "+".join((_one(rng, _ACCENTS[language]), _one(rng, free)))
    pitch, tract = settings.pitch or _PITCH[kind], settings.tract or _TRACT[kind]
    voice = Voice(
        name=settings.name or drawn,
        words_per_minute=round(draw(rng, settings.words_per_minute or _WORDS_PER_MINUTE[language])),
        pitch=round(draw(rng, pitch)),
        pitch_range=round(draw(rng, settings.pitch_range)),
        tract=round(draw(rng, tract), 3),
        bright_db=round(draw(rng, settings.bright_db), 2),
    )
    return Part(role, kind, voice, settings.recording)


def translated(voice: Voice, language: Language) -> Voice:
    """Return the same person speaking the other language, at that language's rate."""
    if voice.language == language:
        return voice
    name = "+".join(filter(None, (_ACCENTS[language][0], _variant(voice.name))))
    rates = (np.mean(_WORDS_PER_MINUTE[key]) for key in (language, voice.language))
    into, out_of = (float(rate) for rate in rates)
    return replace(voice, name=name, words_per_minute=round(voice.words_per_minute * into / out_of))


def _variant(name: str) -> str:
    return name.partition("+")[2]


def _one(rng: np.random.Generator, names: tuple[str, ...]) -> str:
    return names[int(rng.integers(len(names)))]
