"""Whether the sound is good enough to measure a voice in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, BoolArray, FloatArray, TimeArray
from facesign.biometrics.voice.levels import FLOOR_DB, levels_db

__all__ = [
    "BLOCK",
    "Reason",
    "TrackQuality",
    "VoiceQuality",
    "n_clipped",
    "snr_bound",
    "stretch_quality",
    "with_clipping",
]

Reason: TypeAlias = Literal["silent_track", "low_snr", "clipped", "short_speech", "narrowband"]

BLOCK = 512
"""Samples per block of a track: 32 ms."""
BEST_SNR_DB = 60.0
"""Reported at most: above it the silence is gated or digital, and says nothing."""
WORST_SNR_DB = -10.0
"""Reported at least: below it speech does not stand out from what else is heard, such as music,
and the difference of both levels is smaller than either varies."""
SILENT_BELOW_DB = -55.0
LOW_SNR_DB = 10.0
CLIPPED_SHARE = 0.001
NARROW_HZ = 4200.0
SHORT_TRACK_S = 3.0
SHORT_STRETCH_S = 0.5
LEAST_SILENCE_S = 0.5
"""Less silence is mostly the edges of speech, and tells nothing about the noise."""

_FULL_SCALE = 0.99
# Speech reaches 8 kHz some 40 to 55 dB below its peak, a resampler's stop band 80 or more.
_BAND_FLOOR_DB = 60.0
_SMOOTH_BINS = 8
_LOUD_BLOCKS = 8


@dataclass(frozen=True, slots=True)
class VoiceQuality:
    """What the capture of a voice is worth."""

    snr_db: float | None
    """Speech over what else is heard around it, from -10 to 60, both of which are bounds; None
    without either, or with under 0.5 s without speech."""
    clipped_share: float
    """Share of the samples of speech at full scale, 0 to 1."""
    net_speech_s: float
    """Speech without pauses."""
    bandwidth_hz: float | None
    """Highest frequency the channel carries, up to 8000; None without speech."""
    reasons: tuple[Reason, ...] = ()
    """Why measurements may not hold; empty where nothing stands against them."""


class TrackQuality:
    """Sum up the quality of one track, in constant memory."""

    def __init__(self) -> None:
        self._speech = _Sums()
        self._silence = _Sums()

    def add(self, samples: FloatArray, speaking: BoolArray) -> None:
        """Take further blocks of the track.

        Args:
            samples: In [-1, 1], shape (n_blocks * 512,).
            speaking: Whether somebody speaks in each block, shape (n_blocks,).
        """
        blocks = samples.reshape(-1, BLOCK)
        self._speech.add(blocks[speaking])
        self._silence.add(blocks[~speaking])

    def quality(self) -> VoiceQuality:
        """Return the quality of all that was added."""
        loudest = self._speech.histogram + self._silence.histogram
        if _exceeded_db(loudest, _LOUD_BLOCKS) < SILENT_BELOW_DB:
            return VoiceQuality(None, 0.0, 0.0, None, ("silent_track",))
        heard_silence = self._silence.seconds >= LEAST_SILENCE_S
        noise_db = _median_db(self._silence.histogram) if heard_silence else None
        return _judged(self._speech, noise_db, self._speech.seconds, SHORT_TRACK_S)


def snr_bound(snr_db: float) -> str:
    """Return `≤` or `≥` where a ratio is a bound, and nothing where it is a measurement."""
    if snr_db <= WORST_SNR_DB:
        return "≤"
    return "≥" if snr_db >= BEST_SNR_DB else ""


def stretch_quality(samples: FloatArray, noise_db: float | None) -> VoiceQuality:
    """Measure the quality of one stretch of speech.

    `narrowband` is left to the track: a short stretch may hold no sound above 4 kHz.

    Args:
        samples: In [-1, 1], shape (n_samples,), without pauses.
        noise_db: Level of the silence around it; None where unknown.
    """
    sums = _Sums()
    sums.add(samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK))
    net_s = len(samples) / SAMPLE_RATE_HZ
    quality = _judged(sums, noise_db, net_s, SHORT_STRETCH_S)
    reasons = tuple(reason for reason in quality.reasons if reason != "narrowband")
    return VoiceQuality(quality.snr_db, quality.clipped_share, net_s, quality.bandwidth_hz, reasons)


def with_clipping(quality: VoiceQuality, share: float) -> VoiceQuality:
    """Return a quality that knows of clipping which the sound itself no longer shows.

    Args:
        quality: Measured in the sound.
        share: Of the samples of speech that were at full scale before, 0 to 1.
    """
    share = max(share, quality.clipped_share)
    reasons = quality.reasons
    if share > CLIPPED_SHARE and "clipped" not in reasons and quality.net_speech_s:
        reasons = (*reasons, "clipped")
    return replace(quality, clipped_share=share, reasons=reasons)


class _Sums:
    """Power, spectrum, clipping and a histogram of levels over blocks."""

    def __init__(self) -> None:
        self.n_blocks = 0
        self.n_clipped = 0
        self.power = 0.0
        self.spectrum: TimeArray = np.zeros(BLOCK // 2 + 1)
        self.histogram: TimeArray = np.zeros(int(-FLOOR_DB) + 1)

    @property
    def seconds(self) -> float:
        """Sound behind the sums."""
        return self.n_blocks * BLOCK / SAMPLE_RATE_HZ

    def add(self, blocks: FloatArray) -> None:
        """Add blocks, shape (n_blocks, 512), one by one: sums must not depend on pieces."""
        spectra = np.abs(np.fft.rfft(blocks * _HANN, axis=1)) ** 2
        levels = levels_db(blocks.ravel(), BLOCK)
        for level, spectrum in zip(levels.tolist(), spectra, strict=True):
            self.power += 10.0 ** (level / 10.0)
            self.spectrum += spectrum
            self.histogram[round(level - FLOOR_DB)] += 1
        self.n_clipped += n_clipped(blocks)
        self.n_blocks += len(blocks)


def _judged(
    speech: _Sums, noise_db: float | None, net_speech_s: float, short_s: float
) -> VoiceQuality:
    snr_db = _snr_db(speech, noise_db)
    bandwidth_hz = _bandwidth_hz(speech.spectrum)
    clipped_share = speech.n_clipped / max(1, speech.n_blocks * BLOCK)
    found: dict[Reason, bool] = {
        "low_snr": snr_db is not None and snr_db < LOW_SNR_DB,
        "clipped": clipped_share > CLIPPED_SHARE,
        "short_speech": net_speech_s < short_s,
        "narrowband": bandwidth_hz is not None and bandwidth_hz < NARROW_HZ,
    }
    reasons = tuple(reason for reason, stands in found.items() if stands)
    return VoiceQuality(snr_db, clipped_share, net_speech_s, bandwidth_hz, reasons)


def _snr_db(speech: _Sums, noise_db: float | None) -> float | None:
    if noise_db is None or not speech.n_blocks:
        return None
    noise = 10.0 ** (noise_db / 10.0)
    ratio = max(speech.power / speech.n_blocks - noise, 0.0) / noise
    return float(np.clip(10.0 * np.log10(max(ratio, 1e-12)), WORST_SNR_DB, BEST_SNR_DB))


def n_clipped(blocks: FloatArray) -> int:
    """Count samples at full scale with a neighbour there: a peak alone is no clipping.

    Args:
        blocks: In [-1, 1], shape (n_blocks, n_samples); neighbours are of one block.
    """
    full = np.abs(blocks) >= _FULL_SCALE
    pair = full[:, 1:] & full[:, :-1]
    clipped = np.zeros_like(full)
    clipped[:, 1:] |= pair
    clipped[:, :-1] |= pair
    return int(np.count_nonzero(clipped))


def _bandwidth_hz(spectrum: TimeArray) -> float | None:
    if not spectrum.any():
        return None
    smooth = np.convolve(spectrum, np.ones(_SMOOTH_BINS) / _SMOOTH_BINS, mode="same")
    carried = np.flatnonzero(smooth > smooth.max() * 10.0 ** (-_BAND_FLOOR_DB / 10.0))
    return float(carried[-1] * SAMPLE_RATE_HZ / BLOCK)


def _exceeded_db(histogram: TimeArray, n_blocks: int) -> float:
    """Return the level that so many blocks reach; -120 of fewer blocks."""
    reached = np.flatnonzero(np.cumsum(histogram[::-1])[::-1] >= n_blocks)
    return FLOOR_DB + float(reached[-1]) if len(reached) else FLOOR_DB


def _median_db(histogram: TimeArray) -> float | None:
    total = histogram.sum()
    if not total:
        return None
    return FLOOR_DB + float(np.searchsorted(np.cumsum(histogram), total / 2.0))


_HANN: TimeArray = np.hanning(BLOCK)
