"""What is heard where nobody speaks: families of background noise, and babble."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.fft import next_fast_len
from scipy.signal import butter, sosfilt, sosfilt_zi

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.settings import Section, rng_for
from facesign.samples.studio.sound.cast import VoiceSettings, draw_voice
from facesign.samples.studio.sound.ranges import Decibels
from facesign.samples.studio.sound.room import Room
from facesign.samples.studio.sound.voices import RATE_HZ, Language, say
from facesign.samples.studio.sound.wording import phrases

__all__ = ["Babble", "Noise", "NoiseFamily", "NoiseSettings"]

NoiseFamily: TypeAlias = Literal["none", "hush", "pink", "fan", "hum", "street"]
_Sos: TypeAlias = npt.NDArray[np.float64]

_WARM_UP_S = 2.0
_AWAY = 1.5
"""The people around are farther than who is with the applicant."""
_SWELL_LEVEL = 1.0625**0.5
"""Level of 1 + 0.5 sin(a) sin(b) in the long run."""


class NoiseSettings(Section):
    """What is heard besides the voices."""

    family: NoiseFamily = "hush"
    """`hush` is a quiet room, `fan` a computer or air conditioning, `hum` the mains."""
    snr_db: Decibels = (36, 44)
    """The applicant's speech over the noise."""
    babble_db: Decibels | None = None
    """The applicant's speech over the babble of people around; none when left out."""
    talkers: Annotated[int, Field(ge=2, le=12)] = 6
    """How many people make the babble."""


class Noise:
    """An endless noise of one family at a level of 1, taken piece by piece."""

    def __init__(self, family: NoiseFamily, rng: np.random.Generator) -> None:
        self._rng = rng
        self._bands = [(gain, sos, np.zeros_like(sosfilt_zi(sos))) for gain, sos in _BANDS[family]]
        self._tones = _TONES.get(family, ())
        self._swell = False
        self._at = 0
        self._scale = 1.0
        # The level is measured, not derived: the filters overlap.
        heard = self.take(round(_WARM_UP_S * RATE_HZ))
        self._scale = 1 / max(float(np.sqrt(np.mean(np.square(heard)))), 1e-9)
        if family == "street":
            self._swell = True
            self._scale /= _SWELL_LEVEL

    def take(self, n_samples: int) -> FloatArray:
        """Return the next samples, shape (n_samples,); their level is 1 in the long run."""
        time_s = (self._at + np.arange(n_samples)) / RATE_HZ
        out = np.zeros(n_samples)
        for number, (gain, sos, state) in enumerate(self._bands):
            white = self._rng.standard_normal(n_samples)
            shaped, after = sosfilt(sos, white, zi=state)
            self._bands[number] = (gain, sos, after)
            out += gain * shaped
        if self._swell:
            passing = np.sin(2 * np.pi * time_s / 7.3) * np.sin(2 * np.pi * time_s / 2.9)
            out *= 1 + 0.5 * passing
        for hz, amplitude in self._tones:
            out += amplitude * np.sin(2 * np.pi * hz * time_s)
        self._at += n_samples
        return np.asarray(out * self._scale, dtype=np.float32)


class Babble:
    """People around who talk at once, at a level of 1, taken piece by piece.

    Each talker goes round in a loop of a length of its own, so that the mixture does not
    repeat within an interview.
    """

    def __init__(
        self, n_talkers: int, language: Language, room: Room, rng: np.random.Generator
    ) -> None:
        seeds = rng.integers(2**32, size=n_talkers)
        talkers = [
            draw_voice(VoiceSettings(), language, rng_for(int(seed), "talker")) for seed in seeds
        ]
        texts = phrases("babble", language)
        orders = [rng.permutation(len(texts)) for _ in talkers]
        spoken = say(
            [
                (texts[number], voice)
                for voice, order in zip(talkers, orders, strict=True)
                for number in order
            ]
        )
        self._loops: list[FloatArray] = []
        self._at: list[int] = []
        for number in range(n_talkers):
            mine = spoken[number * len(texts) : (number + 1) * len(texts)]
            gaps = [np.zeros(round(rng.uniform(0.1, 0.5) * RATE_HZ)) for _ in mine]
            loop = np.concatenate(
                [piece for s, gap in zip(mine, gaps, strict=True) for piece in (s.samples, gap)]
            )
            self._loops.append(_in_a_circle(loop, room.response(_AWAY * room.others_m)))
            self._at.append(int(rng.integers(len(loop))))
        self._scale = np.float32(1 / np.sqrt(n_talkers))

    def take(self, n_samples: int) -> FloatArray:
        """Return the next samples, shape (n_samples,); their level is 1 in the long run."""
        out = np.zeros(n_samples, dtype=np.float32)
        for number, loop in enumerate(self._loops):
            at = self._at[number]
            out += loop[(at + np.arange(n_samples)) % len(loop)]
            self._at[number] = (at + n_samples) % len(loop)
        return out * self._scale


def _in_a_circle(loop: FloatArray, response: FloatArray) -> FloatArray:
    """Put a loop into a room, its tail running on at its start, and bring it to a level of 1."""
    size = next_fast_len(max(len(loop), len(response)), real=True)
    around = np.fft.rfft(np.pad(loop, (0, size - len(loop)))) * np.fft.rfft(response, size)
    heard = np.fft.irfft(around, size)
    return np.asarray(heard / np.sqrt(np.mean(np.square(heard))), dtype=np.float32)


def _low(hz: float, order: int = 1) -> _Sos:
    return np.asarray(butter(order, hz, fs=RATE_HZ, output="sos"))


def _band(low_hz: float, high_hz: float) -> _Sos:
    return np.asarray(butter(1, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos"))


def _pink() -> list[tuple[float, _Sos]]:
    """Approximate 1/f by first-order low-passes an octave and a half apart."""
    return [(hz**-0.5, _low(hz)) for hz in 20 * 2.8 ** np.arange(7)]


_BANDS: Mapping[NoiseFamily, list[tuple[float, _Sos]]] = {
    "none": [],
    "hush": [(1.0, _low(2000.0))],
    "pink": _pink(),
    "fan": [(1.0, _band(120, 420)), (0.35, _band(700, 1400)), (0.06, _low(8000.0))],
    "hum": [(0.25, _low(1500.0))],
    "street": [(1.0, _low(90.0)), (0.25, _band(250, 900)), (0.05, _low(6000.0))],
}
_TONES: Mapping[NoiseFamily, tuple[tuple[float, float], ...]] = {
    "fan": ((118.0, 0.02), (236.0, 0.012)),
    "hum": ((50.0, 0.12), (100.0, 0.2), (150.0, 0.1), (200.0, 0.06), (300.0, 0.04)),
}
