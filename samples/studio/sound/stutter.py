"""Stuttered onsets: repeated, drawn out or blocked, cut into finished speech.

The three core behaviours as the fluency literature names them (repetition of sounds and
syllables, prolongation, block); durations are the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.settings import draw
from facesign.samples.studio.sound.dialogue import Stutter, StutterKind
from facesign.samples.studio.sound.plan import StutterSettings
from facesign.samples.studio.sound.voices import RATE_HZ, Phone, Speech, Word

__all__ = ["stuttered"]

_ONSET_S = (0.09, 0.18)
_GAP_S = (0.05, 0.14)
_FADE = round(0.008 * RATE_HZ)
_GRAIN = round(0.04 * RATE_HZ)
_AROUND = round(0.06 * RATE_HZ)
_GOOD = 0.85
_CAN_BE_HELD = "mnŋlɹwjfvszʃʒhɕχθð"


def stuttered(
    speech: Speech, settings: StutterSettings, rng: np.random.Generator
) -> tuple[Speech, tuple[Stutter, ...]]:
    """Stutter on a share of the words.

    Returns:
        The longer speech with its phones and words moved, and each stutter on the clock of
        that speech. Repeated onsets have phones of their own, so that lips repeat too.
    """
    weights = np.array([settings.repetition, settings.prolongation, settings.block])
    if settings.share == 0 or not weights.any() or not speech.words:
        return speech, ()
    kinds: tuple[StutterKind, ...] = ("repetition", "prolongation", "block")
    edit = _Edit(speech)
    for number, word in enumerate(speech.words):
        chosen, pick = rng.random(), rng.random()
        if chosen >= settings.share:
            continue
        kind = kinds[int(np.searchsorted(np.cumsum(weights) / weights.sum(), pick, side="right"))]
        onset = _onset(word, speech.phones)
        if kind == "block" and number > 0:
            edit.block(word.start_s, draw(rng, settings.hold_s))
        elif kind == "prolongation" and onset and onset[0].symbol[:1] in _CAN_BE_HELD:
            edit.prolong(onset[0], draw(rng, settings.hold_s), rng)
        else:
            low, high = sorted(settings.repeats)
            for _ in range(int(rng.integers(low, high + 1))):
                edit.repeat(word, onset, draw(rng, _GAP_S))
    return edit.finish()


@dataclass(eq=False)
class _Edit:
    """Speech being copied from left to right, with insertions."""

    speech: Speech
    _pieces: list[FloatArray] = field(default_factory=list)
    _phones: list[Phone] = field(default_factory=list)
    _shifts: list[tuple[float, float]] = field(default_factory=list)
    """From where on, and by how much, the speech is later."""
    _stutters: list[Stutter] = field(default_factory=list)
    _copied: int = 0
    _added_s: float = 0.0

    def block(self, at_s: float, hold_s: float) -> None:
        self._insert("block", at_s, np.zeros(round(hold_s * RATE_HZ), dtype=np.float32))

    def prolong(self, phone: Phone, hold_s: float, rng: np.random.Generator) -> None:
        middle = (phone.start_s + phone.end_s) / 2
        first, last = (round(at_s * RATE_HZ) for at_s in (phone.start_s, phone.end_s))
        held = _held(self.speech.samples[first:last], round(hold_s * RATE_HZ), rng)
        self._insert("prolongation", middle, held, starts_s=phone.start_s, ends_s=phone.end_s)

    def repeat(self, word: Word, onset: Sequence[Phone], gap_s: float) -> None:
        first = round(word.start_s * RATE_HZ)
        span_s = float(np.clip(word.end_s - word.start_s, *_ONSET_S))
        piece = self.speech.samples[first : first + round(span_s * RATE_HZ)].copy()
        fade = min(_FADE, len(piece) // 2)
        if fade:
            piece[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
        at_s = word.start_s + self._added_s
        for phone in onset:
            begin, end = phone.start_s - word.start_s, phone.end_s - word.start_s
            if begin < span_s:
                self._phones.append(Phone(phone.symbol, at_s + begin, at_s + min(end, span_s)))
        gap = np.zeros(round(gap_s * RATE_HZ), dtype=np.float32)
        self._insert("repetition", word.start_s, np.concatenate((piece, gap)))

    def finish(self) -> tuple[Speech, tuple[Stutter, ...]]:
        if not self._stutters:
            return self.speech, ()
        samples = np.concatenate([*self._pieces, self.speech.samples[self._copied :]])
        phones = [
            Phone(p.symbol, self._moved(p.start_s), self._moved(p.end_s, closing=True))
            for p in self.speech.phones
        ]
        words = tuple(
            Word(w.text, self._moved(w.start_s), self._moved(w.end_s, closing=True))
            for w in self.speech.words
        )
        in_order = sorted([*phones, *self._phones], key=lambda phone: phone.start_s)
        return Speech(samples, tuple(in_order), words), tuple(self._stutters)

    def _insert(
        self,
        kind: StutterKind,
        at_s: float,
        inserted: FloatArray,
        *,
        starts_s: float | None = None,
        ends_s: float | None = None,
    ) -> None:
        at = max(round(at_s * RATE_HZ), self._copied)
        self._pieces += [self.speech.samples[self._copied : at], inserted]
        self._copied = at
        begins = (at_s if starts_s is None else starts_s) + self._added_s
        self._added_s += len(inserted) / RATE_HZ
        ends = (at_s if ends_s is None else ends_s) + self._added_s
        self._stutters.append(Stutter(kind, begins, ends))
        self._shifts.append((at_s, self._added_s))

    def _moved(self, at_s: float, *, closing: bool = False) -> float:
        """Return where a time went; what closes at an insertion stays before it."""
        later = [by for start, by in self._shifts if (start < at_s if closing else start <= at_s)]
        return at_s + (later[-1] if later else 0.0)


def _onset(word: Word, phones: Sequence[Phone]) -> list[Phone]:
    return [p for p in phones if word.start_s - 0.01 <= p.start_s < word.end_s]


def _held(sound: FloatArray, n_samples: int, rng: np.random.Generator) -> FloatArray:
    """Hold a sound at its middle, by laying grains of it end to end where they fit best."""
    around = slice(max(len(sound) // 2 - _AROUND, 0), len(sound) // 2 + _AROUND)
    sound, middle = sound[around], len(sound) // 2 - around.start
    half = min(_GRAIN // 2, middle)
    if half < 8 or n_samples <= half:
        return np.zeros(n_samples, dtype=np.float32)
    ramp = np.linspace(0, 1, half, dtype=np.float32)
    before = sound[middle - half : middle]
    starts = np.lib.stride_tricks.sliding_window_view(sound[: len(sound) - half], half)
    norms = np.sqrt(np.sum(np.square(starts), axis=1)) + 1e-6
    grains = [before.copy()]
    while sum(map(len, grains)) < n_samples + half:
        tail = grains[-1][-half:]
        fit = (starts @ tail) / norms
        # Not always the best: one grain over and over is a buzz.
        best = fit.max()
        good = np.flatnonzero(fit >= best - (1 - _GOOD) * abs(best))
        at = int(rng.choice(good))
        following = sound[at : at + 2 * half]
        grains[-1] = np.concatenate(
            (grains[-1][:-half], tail * (1 - ramp) + following[:half] * ramp)
        )
        grains.append(following[half:])
    held = np.concatenate(grains)[half : half + n_samples].copy()
    held[-half:] = held[-half:] * (1 - ramp) + before * ramp
    return np.asarray(held, dtype=np.float32)
