"""Synthetic voices from espeak-ng, with the time of every phone, so that lips can follow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import soxr
from scipy.signal import lfilter

from facesign.biometrics.stream import FloatArray
from facesign.errors import SettingsError
from facesign.samples.studio.sound.espeak import Text, Wave, synthesize
from facesign.samples.studio.sound.mandarin import spelled
from facesign.samples.studio.sound.spool import stored

__all__ = ["RATE_HZ", "Language", "Phone", "Speech", "Voice", "Word", "leveled", "say", "speak"]

Language: TypeAlias = Literal["zh", "en"]

RATE_HZ = 48_000
"""Rate of everything that is heard."""

_SILENT = 10 ** (-45 / 20)
_PEAK = 0.9
# Measured on the m and f variants: between pitch 30 and 90 the pitch doubles every 66.
_PITCH_OCTAVE = 66.0
_BRIGHT_HZ = 1500.0
_WORD_SLACK_S = 0.08
_STEP_S = 0.01


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody sounds."""

    name: str
    """espeak-ng voice and variant, such as `en-us+m3`."""
    words_per_minute: int = 165
    pitch: int = 50
    """0 to 99; 50 is the variant's own."""
    pitch_range: int = 55
    """0 for monotone, 99 for lively."""
    tract: float = 1.0
    """Factor on every formant: above 1 a shorter vocal tract, below 1 a longer one."""
    bright_db: float = 0.0
    """Level above 1.5 kHz relative to the variant's own, dB."""

    @property
    def language(self) -> Language:
        """`zh` or `en`."""
        return "zh" if self.name.startswith(("cmn", "zh")) else "en"

    def whispered(self) -> Voice:
        """Return the same person whispering."""
        name, _, variant = self.name.partition("+")
        return replace(self, name=f"{name}+{'whisperf' if variant.startswith('f') else 'whisper'}")


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone in IPA."""

    symbol: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written; in Chinese one character or one word of the dictionary."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Something said, without silence before and after."""

    samples: FloatArray
    """Mono in [-1, 1] with a peak of 0.9, 48 kHz, shape (n_samples,)."""
    phones: tuple[Phone, ...]
    """Empty where what is said is not known, as in a recording."""
    words: tuple[Word, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / RATE_HZ

    def loudness(self, step_s: float = _STEP_S) -> FloatArray:
        """Measure how loud each step is, relative to the loudest, shape (n_steps,), 0 to 1."""
        step = round(step_s * RATE_HZ)
        padded = np.pad(self.samples, (0, -len(self.samples) % step)).reshape(-1, step)
        rms = np.sqrt(np.mean(np.square(padded), axis=1, dtype=np.float64))
        return np.asarray(rms / max(float(rms.max()), 1e-9), dtype=np.float32)


def speak(text: str, voice: Voice) -> Speech:
    """Say one text; see `say`."""
    return say([(text, voice)])[0]


def say(lines: Sequence[tuple[str, Voice]]) -> list[Speech]:
    """Say texts in one fresh process: the same list always gives the same samples.

    The samples lie in a temporary file, so that an hour of speech costs little memory.

    Raises:
        MissingLibraryError: espeak-ng is not installed.
        SettingsError: espeak-ng has no such voice, or a text holds nothing to say.
    """
    written = [spelled(text) if voice.language == "zh" else (text, ()) for text, voice in lines]
    requests = [_request(text, voice) for (text, _), (_, voice) in zip(written, lines, strict=True)]
    waves = synthesize(requests)
    marks: list[tuple[tuple[Phone, ...], tuple[Word, ...]]] = []

    def rendered() -> Iterator[FloatArray]:
        for wave, (text, voice), (_, places) in zip(waves, lines, written, strict=True):
            span_s = _sounding_s(wave, text)
            marks.append(_marks(wave, text, places, span_s, voice.tract))
            yield _rendered(wave, voice, span_s)

    return [
        Speech(samples, phones, words)
        for samples, (phones, words) in zip(stored(rendered()), marks, strict=True)
    ]


def leveled(samples: FloatArray) -> FloatArray:
    """Scale to a peak of 0.9."""
    return (samples * (_PEAK / max(float(np.abs(samples).max()), 1e-9))).astype(np.float32)


def _request(text: str, voice: Voice) -> Text:
    """Ask for lower and slower speech where playing it faster will raise the formants."""
    pitch = voice.pitch - _PITCH_OCTAVE * math.log2(voice.tract)
    return Text(
        text,
        voice.name,
        words_per_minute=round(voice.words_per_minute / voice.tract),
        pitch=round(min(max(pitch, 0), 99)),
        pitch_range=voice.pitch_range,
    )


def _sounding_s(wave: Wave, text: str) -> tuple[float, float]:
    """Return where the sound starts and ends, in seconds of the wave."""
    raw = np.abs(np.frombuffer(wave.samples, dtype=np.int16).astype(np.float32))
    if not raw.any():
        raise SettingsError(f"espeak-ng finds nothing to say in {text!r}")
    loud = np.flatnonzero(raw > _SILENT * raw.max())
    return loud[0] / wave.rate_hz, (loud[-1] + 1) / wave.rate_hz


def _rendered(wave: Wave, voice: Voice, span_s: tuple[float, float]) -> FloatArray:
    """Cut the silence at both ends and move the formants by playing at another rate."""
    first, last = (round(at_s * wave.rate_hz) for at_s in span_s)
    raw = np.frombuffer(wave.samples, dtype=np.int16)[first:last].astype(np.float32)
    samples = soxr.resample(raw, wave.rate_hz * voice.tract, RATE_HZ)
    return leveled(_brightened(samples, voice.bright_db) if voice.bright_db else samples)


def _marks(
    wave: Wave,
    text: str,
    places: Sequence[tuple[int, int]],
    span_s: tuple[float, float],
    tract: float,
) -> tuple[tuple[Phone, ...], tuple[Word, ...]]:
    """Close each phone and word at the next one, on the clock of the cut sound."""
    start_s, end_s = span_s

    def within(at_s: float) -> float:
        return (min(max(at_s, start_s), end_s) - start_s) / tract

    ends = [at for _, at in wave.phones[1:]] + [end_s]
    phones = tuple(
        Phone(symbol, within(at), within(end))
        for (symbol, at), end in zip(wave.phones, ends, strict=True)
        if symbol and not symbol.startswith("(") and end > start_s and at < end_s
    )
    starts = [_nearest(within(at), phones) for _, _, at in wave.words]
    words = tuple(
        Word(_written(text, first, n, places), start, end)
        for (first, n, _), start, end in zip(
            wave.words, starts, [*starts[1:], within(end_s)], strict=True
        )
        if end > start
    )
    return phones, words


def _nearest(at_s: float, phones: Sequence[Phone]) -> float:
    """Move a word's start to a phone's: espeak-ng marks words some 50 ms early."""
    near = min((phone.start_s for phone in phones), key=lambda start: abs(start - at_s), default=0)
    return near if abs(near - at_s) <= _WORD_SLACK_S else at_s


def _written(text: str, first: int, n_characters: int, places: Sequence[tuple[int, int]]) -> str:
    """Return the written word behind one that espeak-ng counted in the spelled text."""
    if not places:
        return text[first : first + n_characters]
    covered = places[first : first + n_characters]
    return text[covered[0][0] : covered[-1][1]] if covered else ""


def _brightened(samples: FloatArray, gain_db: float) -> FloatArray:
    """Add the first difference-like part above 1.5 kHz, scaled: a high shelf of one pole."""
    pole = math.exp(-2 * math.pi * _BRIGHT_HZ / RATE_HZ)
    low = lfilter([1 - pole], [1, -pole], samples)
    return np.asarray(low + 10 ** (gain_db / 20) * (samples - low), dtype=np.float32)
