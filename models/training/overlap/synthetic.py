"""Voices of espeak-ng as training people: many variants, pitches, rates and tract lengths."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soxr
from people import SYNTHETIC, Person, trimmed

from facesign.biometrics.stream import SAMPLE_RATE_HZ
from facesign.samples.studio.sound.mandarin import VOICE as MANDARIN
from facesign.samples.studio.sound.voices import RATE_HZ, Language, Voice, say

__all__ = ["FITTED", "HELD_OUT", "synthetic_people"]

# The variants that speak in the bundled interviews (m2, m3, Andy, f2, f3, f5, linda) are in
# neither, so that those interviews show what an unheard variant gives.
FITTED = (
    *("m1", "m4", "m6", "m7", "m8", "max", "f1", "f4", "steph", "Annie", "Alicia", "adam"),
    *("anika", "antonio", "aunty", "david", "ed", "Gene", "Jacky", "Lee", "Mario", "Mike"),
    *("pablo", "norbert", "quincy", "miguel", "sandro", "shelby", "zac", "paul", "klatt2"),
)
HELD_OUT = ("m5", "robert", "victor", "belinda", "Denis", "Hugo", "Michael", "marcelo", "michel")
SENTENCES = Path(__file__).with_name("sentences.txt")
ACCENTS = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-029")
MANDARIN_SHARE = 0.35
N_SENTENCES = 6
"""Of each voice."""
WORDS_PER_MINUTE: dict[Language, tuple[int, int]] = {"en": (130, 200), "zh": (200, 280)}
PITCH, PITCH_RANGE = (30, 92), (25, 75)
TRACT, BRIGHT_DB = (0.88, 1.12), (-3.0, 3.0)


def synthetic_people(variants: Sequence[str], n: int, seed: int) -> list[Person]:
    """Draw so many voices of these variants; the same seed gives the same samples.

    Raises:
        MissingLibraryError: espeak-ng is not installed.
    """
    rng = np.random.default_rng(seed)
    sentences: dict[str, list[str]] = {}
    for line in SENTENCES.read_text("utf-8").splitlines():
        language, _, text = line.partition(" ")
        sentences.setdefault(language, []).append(text)
    voices = [_voice(variants[i % len(variants)], rng) for i in range(n)]
    lines = [
        (str(text), voice)
        for voice in voices
        for text in rng.choice(sentences[voice.language], N_SENTENCES, replace=False)
    ]
    said = [soxr.resample(it.samples, RATE_HZ, SAMPLE_RATE_HZ) for it in say(lines)]
    return [
        Person(
            f"{SYNTHETIC}-{seed}-{i}",
            SYNTHETIC,
            "",
            tuple(trimmed(one) for one in said[i * N_SENTENCES : (i + 1) * N_SENTENCES]),
        )
        for i in range(n)
    ]


def _voice(variant: str, rng: np.random.Generator) -> Voice:
    language: Language = "zh" if rng.random() < MANDARIN_SHARE else "en"
    accent = MANDARIN if language == "zh" else str(rng.choice(ACCENTS))
    return Voice(
        f"{accent}+{variant}",
        words_per_minute=int(rng.integers(*WORDS_PER_MINUTE[language])),
        pitch=int(rng.integers(*PITCH)),
        pitch_range=int(rng.integers(*PITCH_RANGE)),
        tract=float(rng.uniform(*TRACT)),
        bright_db=float(rng.uniform(*BRIGHT_DB)),
    )
