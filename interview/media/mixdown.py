"""Several channels to one, without losing what the channels say of the capture."""

from __future__ import annotations

from typing import Any

import av
import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import BoolArray, FloatArray
from facesign.biometrics.voice.quality import n_clipped

__all__ = ["MixDown"]

DEAD_BELOW = 0.001
"""A channel whose samples all stay under this, -60 dB, carries nothing."""
CANCELLED_BELOW = 0.01
"""Power of the mix over that of the channels: two voices give a half, one voice one."""


class MixDown:
    """Mix the channels of one stream by the mean of those that carry sound.

    A channel counts from its first sound on, so that a dead one does not halve the level.
    """

    def __init__(self) -> None:
        self.n_not_finite = 0
        """Samples of the mix that are no finite numbers; each is taken for silence or full
        scale."""
        self.clipped_s = 0.0
        """Time at full scale in the worst channel of several. A mix hides it; of a single
        channel, whoever measures the sound finds it there."""
        self._carries: BoolArray = np.zeros(0, dtype=bool)
        self._channels_power = 0.0
        self._mixed_power = 0.0

    @property
    def is_cancelled(self) -> bool:
        """Whether the channels carry the same sound with opposite signs."""
        return self._mixed_power < CANCELLED_BELOW * self._channels_power

    def push(self, frame: av.AudioFrame) -> FloatArray:
        """Return one decoded packet as float32, full scale 1, shape (n_samples,)."""
        samples = frame.to_ndarray()
        if frame.format.is_packed:
            samples = samples.reshape(-1, frame.layout.nb_channels).T
        if len(samples) > 1:
            samples = self._carrying(samples, frame.sample_rate)
        mixed = _full_scale_1(samples.mean(axis=0), samples.dtype)
        self.n_not_finite += int(np.count_nonzero(~np.isfinite(mixed)))
        mixed = _finite(mixed)
        self._mixed_power += _power(mixed)
        return mixed

    def _carrying(self, samples: npt.NDArray[Any], rate_hz: int) -> npt.NDArray[Any]:
        """Measure channels, shape (n_channels, n_samples), and return those to mix."""
        channels = _finite(_full_scale_1(samples, samples.dtype))
        if len(self._carries) != len(channels):
            self._carries = np.zeros(len(channels), dtype=bool)
        self._carries |= np.abs(channels).max(axis=1) >= DEAD_BELOW
        self.clipped_s += max(n_clipped(channel[None]) for channel in channels) / rate_hz
        kept = self._carries if self._carries.any() else ~self._carries
        self._channels_power += _power(channels[kept]) / np.count_nonzero(kept)
        return samples[kept]


def _full_scale_1(samples: npt.NDArray[Any], dtype: np.dtype[Any]) -> FloatArray:
    if np.issubdtype(dtype, np.integer):
        full_scale = float(1 << (dtype.itemsize * 8 - 1))
        silence = full_scale if dtype == np.uint8 else 0.0
        samples = (samples - silence) / full_scale
    return samples.astype(np.float32, copy=False)


def _finite(sound: FloatArray) -> FloatArray:
    # Uncompressed float files may hold anything; one NaN would spread through the resampler.
    return sound if np.isfinite(sound).all() else np.nan_to_num(sound, posinf=1.0, neginf=-1.0)


def _power(sound: FloatArray) -> float:
    return float(np.sum(np.square(sound, dtype=np.float64)))
