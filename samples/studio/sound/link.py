"""What is between a microphone and the record: gain, clipping, phone band, Opus."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

import av
import numpy as np
from pydantic import Field
from scipy.signal import butter, ellip, sosfilt, sosfilt_zi

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.settings import Section, draw
from facesign.samples.studio.sound.ranges import Decibels
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["Link", "LinkSettings", "Opus", "PhoneBand"]

_PHONE_STEP = RATE_HZ // 8000
_MU = 255.0
_OPUS_FRAME = RATE_HZ // 50
_OPUS_DELAY = 312
"""Samples that libopus looks ahead at 48 kHz."""


class LinkSettings(Section):
    """One side's way from the microphone to the record."""

    kind: Literal["clean", "phone", "opus"] = "clean"
    """`phone` is 300 to 3400 Hz in 8-bit mu-law at 8 kHz; `opus` a call over the net."""
    opus_kbps: Annotated[int, Field(ge=6, le=128)] = 24
    """Bit rate of Opus."""
    gain_db: Decibels = (0, 0)
    """Gain of the microphone's input."""
    clip_db: Annotated[float, Field(ge=-40, le=0)] = 0.0
    """Level at which the input clips, relative to full scale."""


class _Codec(Protocol):
    def push(self, samples: FloatArray) -> FloatArray: ...

    def finish(self) -> FloatArray: ...


class Link:
    """A drawn link: as many samples come out as went in, in step with them."""

    def __init__(self, settings: LinkSettings, rng: np.random.Generator) -> None:
        self.gain_db = draw(rng, settings.gain_db)
        self._gain = np.float32(10 ** (self.gain_db / 20))
        self._ceiling = np.float32(10 ** (settings.clip_db / 20))
        self._codec: _Codec | None = None
        if settings.kind == "phone":
            self._codec = PhoneBand()
        elif settings.kind == "opus":
            self._codec = Opus(settings.opus_kbps)

    def push(self, samples: FloatArray) -> FloatArray:
        """Send samples; return those that have arrived."""
        clipped = np.clip(samples * self._gain, -self._ceiling, self._ceiling)
        return clipped if self._codec is None else self._codec.push(clipped)

    def finish(self) -> FloatArray:
        """Return what was still on the way."""
        return np.zeros(0, dtype=np.float32) if self._codec is None else self._codec.finish()


class PhoneBand:
    """Narrow-band telephony: 300 to 3400 Hz, 8 kHz, G.711 mu-law's 8 bits."""

    def __init__(self) -> None:
        steep = ellip(10, 0.5, 60, 3400, fs=RATE_HZ, output="sos")
        self._into = np.concatenate((butter(3, 300, "highpass", fs=RATE_HZ, output="sos"), steep))
        self._out_of = steep
        self._before = np.zeros_like(sosfilt_zi(self._into))
        self._after = np.zeros_like(sosfilt_zi(self._out_of))
        self._at = 0

    def push(self, samples: FloatArray) -> FloatArray:
        """Return the samples after the telephone, same shape."""
        narrow, self._before = sosfilt(self._into, samples, zi=self._before)
        kept = np.arange(-self._at % _PHONE_STEP, len(samples), _PHONE_STEP)
        sparse = np.zeros(len(samples))
        sparse[kept] = _PHONE_STEP * _mu_law(narrow[kept])
        smooth, self._after = sosfilt(self._out_of, sparse, zi=self._after)
        self._at += len(samples)
        return np.asarray(smooth, dtype=np.float32)

    def finish(self) -> FloatArray:
        """Return nothing: the filters keep step."""
        return np.zeros(0, dtype=np.float32)


class Opus:
    """A round trip through libopus, without the delay that it adds."""

    def __init__(self, kbps: int) -> None:
        encoder = av.CodecContext.create("libopus", "w")
        encoder.sample_rate = RATE_HZ
        encoder.layout = "mono"
        encoder.format = "flt"
        encoder.bit_rate = kbps * 1000
        encoder.options = {"application": "voip", "frame_duration": "20"}
        encoder.open()
        self._encoder = encoder
        self._decoder = av.CodecContext.create("libopus", "r")
        self._decoder.sample_rate = RATE_HZ
        self._decoder.layout = "mono"
        self._waiting: FloatArray = np.zeros(0, dtype=np.float32)
        self._n_in = self._n_out = 0
        self._skip = _OPUS_DELAY

    def push(self, samples: FloatArray) -> FloatArray:
        """Send samples; return those that are decoded, up to 40 ms fewer."""
        self._waiting = np.concatenate((self._waiting, samples))
        self._n_in += len(samples)
        n_whole = len(self._waiting) // _OPUS_FRAME * _OPUS_FRAME
        ready, self._waiting = self._waiting[:n_whole], self._waiting[n_whole:]
        return self._delivered(ready)

    def finish(self) -> FloatArray:
        """Return what was still on the way."""
        missing = self._n_in - self._n_out + self._skip
        padding = np.zeros(-(-missing // _OPUS_FRAME) * _OPUS_FRAME + _OPUS_FRAME)
        last = np.concatenate((self._waiting, padding)).astype(np.float32)
        last = last[: len(last) // _OPUS_FRAME * _OPUS_FRAME]
        left = self._n_in - self._n_out
        return self._delivered(last)[:left]

    def _delivered(self, samples: FloatArray) -> FloatArray:
        pieces = []
        for start in range(0, len(samples), _OPUS_FRAME):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[None, start : start + _OPUS_FRAME]),
                format="flt",
                layout="mono",
            )
            frame.sample_rate = RATE_HZ
            for packet in self._encoder.encode(frame):
                for heard in self._decoder.decode(packet):
                    pieces.append(_as_float(heard))
        if not pieces:
            return np.zeros(0, dtype=np.float32)
        decoded = np.concatenate(pieces)
        skipped = min(self._skip, len(decoded))
        self._skip -= skipped
        self._n_out += len(decoded) - skipped
        return decoded[skipped:]


def _as_float(frame: av.AudioFrame) -> FloatArray:
    samples = frame.to_ndarray().reshape(-1)
    if samples.dtype == np.int16:
        return samples.astype(np.float32) / 32768
    return np.asarray(samples, dtype=np.float32)


def _mu_law(samples: FloatArray) -> FloatArray:
    """Round to the 256 levels of mu-law."""
    bent = np.sign(samples) * np.log1p(_MU * np.minimum(np.abs(samples), 1)) / np.log1p(_MU)
    level = np.rint(bent * 127.5 - 0.5) + 0.5
    straight = np.expm1(np.abs(level / 127.5) * np.log1p(_MU)) / _MU
    return np.asarray(np.sign(level) * straight, dtype=np.float32)
