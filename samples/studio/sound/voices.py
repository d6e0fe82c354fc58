"""Two voices from espeak-ng, with the time of every phone, so that lips can follow.

espeak-ng lets its flutter run on from one text to the next: the same texts in the same
order sound the same in a fresh process; phone times change by a millisecond at most.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr

from facesign.biometrics.stream import FloatArray
from facesign.errors import MissingLibraryError

__all__ = ["RATE_HZ", "Phone", "Speech", "Voice", "speak"]

RATE_HZ = 48_000
"""Rate of everything that is spoken."""

_RETRIEVE = 1
_WITH_IPA_PHONES = 0x0003
_UTF8 = 1
_RATE, _PITCH, _PITCH_RANGE = 1, 3, 4
_EVENT_END, _EVENT_PHONE = 0, 7
_SILENT = 10 ** (-45 / 20)


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody sounds."""

    name: str
    """espeak-ng voice and variant, such as `en-us+m3`."""
    words_per_minute: int = 165
    pitch: int = 50
    """0 to 99."""
    pitch_range: int = 55
    """0 for monotone, 99 for lively."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone in IPA."""

    symbol: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Something said, without silence before and after."""

    samples: FloatArray
    """Mono in [-1, 1] with a peak of 0.9, 48 kHz, shape (n_samples,)."""
    phones: tuple[Phone, ...]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / RATE_HZ


class _Event(ctypes.Structure):
    class _Id(ctypes.Union):
        _fields_ = [
            ("number", ctypes.c_int),
            ("name", ctypes.c_char_p),
            ("phone", ctypes.c_char * 8),
        ]

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


def speak(text: str, voice: Voice) -> Speech:
    """Say a text.

    Raises:
        MissingLibraryError: espeak-ng is not installed.
    """
    library, rate_hz = _espeak()
    pieces: list[FloatArray] = []
    marks: list[tuple[str, float]] = []

    def collect(wave: Any, n_samples: int, events: Any) -> int:
        if wave and n_samples:
            pieces.append(np.ctypeslib.as_array(wave, (n_samples,)).astype(np.float32) / 32768)
        index = 0
        while events[index].type != _EVENT_END:
            if events[index].type == _EVENT_PHONE:
                symbol = bytes(events[index].id.phone).split(b"\0")[0].decode("utf-8", "ignore")
                marks.append((symbol, events[index].audio_position_ms / 1000))
            index += 1
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(voice.name.encode())
    for parameter, value in (
        (_RATE, voice.words_per_minute),
        (_PITCH, voice.pitch),
        (_PITCH_RANGE, voice.pitch_range),
    ):
        library.espeak_SetParameter(parameter, value, 0)
    encoded = text.encode()
    library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    library.espeak_Terminate()
    return _trimmed(np.concatenate(pieces), rate_hz, marks)


def _espeak() -> tuple[ctypes.CDLL, int]:
    try:
        library = ctypes.CDLL("libespeak-ng.so.1")
    except OSError as error:
        raise MissingLibraryError(["libespeak-ng1"], "sudo apt install espeak-ng") from error
    return library, library.espeak_Initialize(_RETRIEVE, 400, None, _WITH_IPA_PHONES)


def _trimmed(samples: FloatArray, rate_hz: int, marks: Sequence[tuple[str, float]]) -> Speech:
    """Cut the silence at both ends, level the peak and close each phone at the next."""
    loud = np.flatnonzero(np.abs(samples) > _SILENT * np.abs(samples).max())
    start_s, end_s = loud[0] / rate_hz, (loud[-1] + 1) / rate_hz
    kept = samples[loud[0] : loud[-1] + 1] * (0.9 / np.abs(samples).max())
    ends = [at for _, at in marks[1:]] + [end_s]
    phones = (
        Phone(symbol, max(at, start_s) - start_s, min(end, end_s) - start_s)
        for (symbol, at), end in zip(marks, ends, strict=True)
        if symbol and end > start_s and at < end_s
    )
    return Speech(soxr.resample(kept, rate_hz, RATE_HZ).astype(np.float32), tuple(phones))
