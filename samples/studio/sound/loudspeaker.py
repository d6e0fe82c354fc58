"""A voice replayed by a small loudspeaker in front of the microphone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import soxr
from scipy.signal import butter, iirpeak, lfilter, sosfilt

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.sound.room import RoomSettings, draw_room
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["Loudspeaker", "LoudspeakerFamily"]

LoudspeakerFamily: TypeAlias = Literal["phone", "laptop", "portable"]

_TWICE_HZ = 2 * RATE_HZ


@dataclass(frozen=True, slots=True)
class _Family:
    low_hz: float
    high_hz: float
    resonances: tuple[tuple[float, float, float], ...]
    """Centre in Hz, Q and gain in dB of each."""
    drive: float
    """How far into its limits the cone is driven: 0 is linear."""


_FAMILIES: Mapping[LoudspeakerFamily, _Family] = {
    "phone": _Family(520, 9000, ((930, 4, 8), (2400, 5, 4)), 1.6),
    "laptop": _Family(300, 11000, ((650, 4, 5), (3100, 6, 5)), 0.9),
    "portable": _Family(130, 13000, ((190, 2, 5), (1800, 5, 3)), 0.5),
}


class Loudspeaker:
    """One drawn loudspeaker."""

    def __init__(
        self,
        family: LoudspeakerFamily,
        rng: np.random.Generator,
        *,
        recorded_in: RoomSettings | None = None,
    ) -> None:
        """Draw a loudspeaker of a family.

        Args:
            family: Its kind.
            rng: Draws its limits and resonances.
            recorded_in: The room of the recording that it plays; none plays it dry.
        """
        kind = _FAMILIES[family]
        low_hz, high_hz = (hz * rng.uniform(0.9, 1.1) for hz in (kind.low_hz, kind.high_hz))
        self._low = butter(3, low_hz, "highpass", fs=RATE_HZ, output="sos")
        self._high = butter(2, high_hz, fs=RATE_HZ, output="sos")
        self._resonances = [
            (10 ** (gain_db / 20) - 1, iirpeak(hz * rng.uniform(0.9, 1.1), q, fs=RATE_HZ))
            for hz, q, gain_db in kind.resonances
        ]
        self._drive = kind.drive
        self._recorded_in = draw_room(recorded_in or RoomSettings(family="dry"), rng)

    def played(self, samples: FloatArray) -> FloatArray:
        """Return what leaves the loudspeaker, as loud as what went in.

        Args:
            samples: A voice at 48 kHz with a peak of 0.9, shape (n_samples,).

        Returns:
            The replayed voice, with the tail of the room of the recording.
        """
        recorded = self._recorded_in.reverberated(samples, self._recorded_in.distance_m)
        narrow = sosfilt(self._low, recorded)
        for more, (numerator, denominator) in self._resonances:
            narrow = narrow + more * lfilter(numerator, denominator, narrow)
        narrow = narrow * (0.9 / max(float(np.abs(narrow).max()), 1e-9))
        # At twice the rate, so that the harmonics do not fold back.
        fine = soxr.resample(narrow, RATE_HZ, _TWICE_HZ)
        bent = (fine + 0.12 * self._drive * fine**2) / (1 + self._drive * np.abs(fine))
        heard = sosfilt(self._high, soxr.resample(bent, _TWICE_HZ, RATE_HZ))
        heard = sosfilt(self._low, heard)
        rms_in, rms_out = (np.sqrt(np.mean(np.square(x))) for x in (recorded, heard))
        return np.asarray(heard * (rms_in / max(float(rms_out), 1e-9)), dtype=np.float32)
