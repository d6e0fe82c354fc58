"""The words of answers, and where they break."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from facesign.errors import SettingsError
from facesign.interview.script import Words
from facesign.samples.studio.sound.cast import Kind
from facesign.samples.studio.sound.voices import Language

__all__ = [
    "FILLERS",
    "bank_answer",
    "day_and_name",
    "personas",
    "phrases",
    "restarted",
    "sentences",
    "split_at_breaks",
]

FILLERS: Mapping[Language, tuple[str, ...]] = {
    "en": ("um", "uh", "erm"),
    "zh": ("嗯", "那个", "呃"),
}
_COMMON = ("common", "names", "child", "babble", "enrollment")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_ZH = "一二三四五六天"
_ORDINALS_EN = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_DIGITS_ZH = "一二三四五六七八九十"
# Chinese is written without spaces; a speaker may well stop after one of these.
_STOPS_ZH = "是在就的了和从给有家"
_MARKS_ZH = "，；、。！？"


@cache
def _bank() -> Mapping[str, Any]:
    source = files("facesign.samples.studio.sound").joinpath("answers.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def personas() -> tuple[str, ...]:
    """List the personas whose answers are in the bank."""
    return tuple(name for name in _bank() if name not in _COMMON)


def bank_answer(question_id: str, persona: str, rng: np.random.Generator) -> Words | None:
    """Draw an answer to a question; None where the bank has none.

    Raises:
        SettingsError: The bank has no such persona.
    """
    if persona not in personas():
        raise SettingsError(f"no persona {persona!r}; there are {', '.join(personas())}")
    choices = _bank()[persona].get(question_id) or _bank()["common"].get(question_id)
    if not choices:
        return None
    chosen = choices[int(rng.integers(len(choices)))]
    return Words(zh=chosen["zh"], en=chosen["en"])


def phrases(topic: str, language: Language) -> tuple[str, ...]:
    """Return the bank's phrases for a topic: `child`, `babble` or `enrollment`."""
    return tuple(_bank()[topic][language])


def day_and_name(kind: Kind, rng: np.random.Generator) -> dict[str, Words]:
    """Draw the day of the interview and a name, as `day` and `name` in both languages."""
    sex = "man" if kind == "man" else "woman"
    en, zh = _bank()["names"][f"{sex}_en"], _bank()["names"][f"{sex}_zh"]
    number, week, month = int(rng.integers(20)), int(rng.integers(7)), int(rng.integers(12))
    at = int(rng.integers(len(en)))
    day = Words(
        zh=f"{_number_zh(month + 1)}月{_number_zh(number + 1)}号星期{_DAYS_ZH[week]}",
        en=f"{_DAYS_EN[week]}, the {_ORDINALS_EN[number]}",
    )
    return {"name": Words(zh=zh[at % len(zh)], en=en[at]), "day": day}


def sentences(text: str) -> list[str]:
    """Split a text after each full stop, question or exclamation mark."""
    return [part.strip() for part in re.findall(r"[^.!?。！？]+[.!?。！？]*", text) if part.strip()]


def split_at_breaks(
    text: str, n_breaks: int, language: Language, rng: np.random.Generator
) -> list[str]:
    """Break a sentence between words, at most as often as it has places for it."""
    words = _words(text, language)
    places = np.arange(1, len(words))
    if len(words) > 3:
        places = places[:-1]
    chosen = np.sort(rng.permutation(places)[:n_breaks])
    joint = " " if language == "en" else ""
    bounds = [0, *chosen.tolist(), len(words)]
    return [joint.join(words[first:last]) for first, last in itertools.pairwise(bounds)]


def restarted(text: str, language: Language, rng: np.random.Generator) -> str:
    """Return the words after which a sentence is broken off: its first one to three."""
    words = _words(text, language)
    n_words = min(int(rng.integers(1, 4)), max(len(words) - 1, 1))
    first = words[:n_words]
    return (" " if language == "en" else "").join(first).rstrip(",;.!?，；。！？")


def _words(text: str, language: Language) -> Sequence[str]:
    if language == "en":
        return text.split()
    stops = _STOPS_ZH + _MARKS_ZH
    pieces: list[str] = re.findall(f"[^{stops}]+[{stops}]*|[{stops}]+", text)
    return pieces if len(pieces) > 1 else re.findall(f"[^{_MARKS_ZH}][{_MARKS_ZH}]*", text)


def _number_zh(number: int) -> str:
    """Write 1 to 20 as it is said."""
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十", 2: "二十"}[tens]
    return head + (_DIGITS_ZH[ones - 1] if ones else "")
