"""Rooms: how a voice reaches a microphone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.signal import lfilter, oaconvolve

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.settings import Section, draw
from facesign.samples.studio.sound.ranges import Metres, Seconds
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["Room", "RoomFamily", "RoomSettings", "draw_room"]

RoomFamily: TypeAlias = Literal["dry", "booth", "car", "office", "living_room", "tiled", "hall"]

_SOUND_M_PER_S = 343.0
_DIRECTIVITY = 2.0
"""A mouth sends about twice as much forward as an even source."""
_MUFFLED_HZ = 6000.0
"""Above this, walls and air take more with every reflection."""


@dataclass(frozen=True, slots=True)
class _Family:
    rt60_s: tuple[float, float]
    size_m: tuple[float, float, float]


_FAMILIES: Mapping[RoomFamily, _Family] = {
    "dry": _Family((0.0, 0.0), (3.0, 3.0, 2.5)),
    "booth": _Family((0.12, 0.2), (1.8, 2.2, 2.3)),
    "car": _Family((0.08, 0.12), (1.5, 2.6, 1.2)),
    "office": _Family((0.35, 0.55), (3.5, 4.5, 2.7)),
    "living_room": _Family((0.4, 0.7), (4.5, 5.5, 2.6)),
    "tiled": _Family((0.8, 1.2), (2.6, 3.4, 2.6)),
    "hall": _Family((1.0, 1.8), (9.0, 14.0, 4.5)),
}


class RoomSettings(Section):
    """The room around a microphone."""

    family: RoomFamily = "booth"
    """Size and reverberation; `dry` has none."""
    rt60_s: Seconds | None = None
    """Time in which the reverberation falls by 60 dB, instead of the family's."""
    distance_m: Metres = (0.35, 0.7)
    """From the mouth to the microphone."""
    others_m: Metres = (1.0, 2.5)
    """From other people in the room to the microphone."""


@dataclass(frozen=True, slots=True)
class Room:
    """One drawn room."""

    family: RoomFamily
    rt60_s: float
    distance_m: float
    others_m: float
    seed: int

    def response(self, distance_m: float) -> FloatArray:
        """Return the impulse response at 48 kHz, shape (n_samples,).

        The direct sound is the first sample and has amplitude 1, so that nothing is late.
        First reflections come from the images of the mouth in the six walls; the rest is
        noise that decays by 60 dB in the reverberation time, at the level that a diffuse
        field has (Kuttruff, Room Acoustics: critical distance 0.057 sqrt(Q V / RT60)).
        """
        if self.rt60_s <= 0:
            return np.ones(1, dtype=np.float32)
        rng = np.random.default_rng([self.seed, round(1000 * distance_m)])
        size = np.array(_FAMILIES[self.family].size_m)
        n_samples = round(self.rt60_s * RATE_HZ)
        time_s = np.arange(n_samples) / RATE_HZ
        tail = rng.standard_normal(n_samples) * 10 ** (-3 * time_s / self.rt60_s)
        pole = math.exp(-2 * math.pi * _MUFFLED_HZ / RATE_HZ)
        tail = lfilter([1 - pole], [1, -pole], tail)
        mixing_s = float(size.min()) / _SOUND_M_PER_S
        tail *= np.clip(time_s / mixing_s, 0, 1)
        critical_m = 0.057 * math.sqrt(_DIRECTIVITY * float(size.prod()) / self.rt60_s)
        tail *= distance_m / critical_m / math.sqrt(float(np.sum(tail**2)))
        response = tail + _first_reflections(size, distance_m, self.rt60_s, n_samples, rng)
        response[0] = 1.0
        return np.asarray(response, dtype=np.float32)

    def reverberated(self, samples: FloatArray, distance_m: float) -> FloatArray:
        """Return what the microphone hears, with the tail, shape (n_samples + n_tail,)."""
        if self.rt60_s <= 0:
            return samples
        return np.asarray(oaconvolve(samples, self.response(distance_m)), dtype=np.float32)


def draw_room(settings: RoomSettings, rng: np.random.Generator) -> Room:
    """Draw one room."""
    rt60_s = draw(rng, settings.rt60_s or _FAMILIES[settings.family].rt60_s)
    return Room(
        settings.family,
        rt60_s,
        draw(rng, settings.distance_m),
        draw(rng, settings.others_m),
        int(rng.integers(2**32)),
    )


def _first_reflections(
    size: FloatArray,
    distance_m: float,
    rt60_s: float,
    n_samples: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return one pulse a wall, relative to the direct sound."""
    surface_m2 = 2 * float(size[0] * size[1] + size[0] * size[2] + size[1] * size[2])
    absorbed = min(0.161 * float(size.prod()) / (rt60_s * surface_m2), 0.95)
    mouth = size * rng.uniform(0.3, 0.7, 3)
    aim = rng.standard_normal(3)
    microphone = np.clip(mouth + distance_m * aim / np.linalg.norm(aim), 0.1, size - 0.1)
    pulses = np.zeros(n_samples, dtype=np.float32)
    for axis in range(3):
        for wall in (0.0, float(size[axis])):
            image = mouth.copy()
            image[axis] = 2 * wall - image[axis]
            path_m = float(np.linalg.norm(image - microphone))
            at = round((path_m - distance_m) / _SOUND_M_PER_S * RATE_HZ)
            if 0 < at < n_samples:
                pulses[at] += math.sqrt(1 - absorbed) * distance_m / path_m
    return pulses
