"""Speech made anew from its parameters, as an attack with a synthetic voice.

Two simple re-syntheses of our own, not neural ones: `lpc` is a pulse-and-noise vocoder on
linear prediction with the prosody flattened (buzzy), `mel` inverts a mel spectrum with
phases found by Griffin and Lim's iteration (phasey, prosody unchanged). A detector that
finds these need not find a modern clone.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import soxr
from scipy.linalg import solve_toeplitz
from scipy.signal import istft, lfilter, stft

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.sound.voices import RATE_HZ, leveled

__all__ = ["VocoderFamily", "pitch_hz", "resynthesized"]

VocoderFamily: TypeAlias = Literal["lpc", "mel"]

_RATE_HZ = 16_000
_HOP, _WINDOW = 160, 480
_ORDER = 18
_EMPHASIS = 0.97
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 500.0
_PITCH_WINDOW = 800
_VOICED = 0.45
_N_FFT, _MEL_HOP = 512, 128
_N_MELS = 48
_ITERATIONS = 24


def resynthesized(
    samples: FloatArray,
    family: VocoderFamily,
    *,
    flatten: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the speech as a vocoder says it, up to 8 kHz, in step with the original.

    Args:
        samples: Speech at 48 kHz, shape (n_samples,).
        family: Which vocoder.
        flatten: 0 keeps the melody, 1 makes it monotone; only `lpc` can.
        rng: Noise of the unvoiced parts, or the first phases.
    """
    narrow = soxr.resample(samples, RATE_HZ, _RATE_HZ)
    if len(narrow) < 2 * _PITCH_WINDOW:
        narrow = np.pad(narrow, (0, 2 * _PITCH_WINDOW - len(narrow)))
    made = _lpc(narrow, flatten, rng) if family == "lpc" else _mel(narrow, rng)
    wide = soxr.resample(made, _RATE_HZ, RATE_HZ)[: len(samples)]
    return leveled(np.pad(wide, (0, len(samples) - len(wide))))


def pitch_hz(samples: FloatArray, rate_hz: int, hop: int) -> FloatArray:
    """Measure the pitch every hop by autocorrelation, NaN where unvoiced, shape (n_hops,)."""
    n_hops = -(-len(samples) // hop)
    half = _PITCH_WINDOW * rate_hz // _RATE_HZ // 2
    padded = np.pad(samples.astype(np.float64), (half, half + hop))
    shortest, longest = int(rate_hz / _HIGHEST_HZ), int(rate_hz / _LOWEST_HZ)
    loud = float(np.sqrt(np.mean(np.square(samples)))) * 0.1
    out = np.full(n_hops, np.nan, dtype=np.float32)
    for number in range(n_hops):
        frame = padded[number * hop : number * hop + 2 * half]
        frame = frame - frame.mean()
        if np.sqrt(np.mean(np.square(frame))) < loud:
            continue
        spectrum = np.abs(np.fft.rfft(frame, 4 * half)) ** 2
        similar = np.fft.irfft(spectrum)[: longest + 1]
        # A frame overlaps less with itself the longer the lag.
        similar /= similar[0] * (1 - np.arange(longest + 1) / (2 * half))
        best = int(np.argmax(similar[shortest:])) + shortest
        if similar[best] > _VOICED:
            nearest = similar[shortest : best + 1] > 0.9 * similar[best]
            out[number] = rate_hz / (shortest + _first_peak(similar[shortest:], nearest))
    return out


def _first_peak(similar: npt.NDArray[np.float64], high: npt.NDArray[np.bool_]) -> int:
    """Return the first local maximum among the high lags: longer ones are its multiples."""
    at = int(np.argmax(high))
    while at + 1 < len(similar) and similar[at + 1] > similar[at]:
        at += 1
    return at


def _lpc(samples: FloatArray, flatten: float, rng: np.random.Generator) -> FloatArray:
    pitch = pitch_hz(samples, _RATE_HZ, _HOP)
    voiced = np.isfinite(pitch)
    if voiced.any():
        mean = float(np.exp(np.mean(np.log(pitch[voiced]))))
        pitch = mean * (pitch / np.float32(mean)) ** np.float32(1 - flatten)
    excitation = _excitation(pitch, rng)
    emphasized = np.append(samples[0], samples[1:] - _EMPHASIS * samples[:-1])
    padded = np.pad(emphasized, (_WINDOW // 2, _WINDOW))
    window = np.hanning(_WINDOW)
    state = np.zeros(_ORDER)
    out = np.zeros(len(pitch) * _HOP)
    for number in range(len(pitch)):
        frame = padded[number * _HOP : number * _HOP + _WINDOW] * window
        lags = np.correlate(frame, frame, "full")[_WINDOW - 1 : _WINDOW + _ORDER]
        lags[0] = lags[0] * 1.0001 + 1e-9
        predictor = solve_toeplitz(lags[:-1], lags[1:])
        error = max(float(lags[0] - predictor @ lags[1:]), 0.0) / float(np.sum(window**2))
        span = slice(number * _HOP, (number + 1) * _HOP)
        out[span], state = lfilter(
            [np.sqrt(error)], np.concatenate(([1.0], -predictor)), excitation[span], zi=state
        )
    return np.asarray(lfilter([1], [1, -_EMPHASIS], out)[: len(samples)], dtype=np.float32)


def _excitation(pitch: FloatArray, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return pulses where voiced and noise elsewhere, both with a power of 1."""
    per_sample = np.repeat(pitch, _HOP)
    voiced = np.isfinite(per_sample)
    turns = np.cumsum(np.where(voiced, per_sample, 0.0) / _RATE_HZ)
    pulses = np.diff(np.floor(turns), prepend=0.0) > 0
    noise = rng.standard_normal(len(per_sample))
    period = np.sqrt(_RATE_HZ / np.where(voiced, per_sample, 1.0))
    return np.where(voiced, 0.97 * pulses * period + 0.15 * noise, noise)


def _mel(samples: FloatArray, rng: np.random.Generator) -> FloatArray:
    def to_spectrum(x: FloatArray) -> npt.NDArray[np.complex128]:
        _, _, spectrum = stft(x, nperseg=_N_FFT, noverlap=_N_FFT - _MEL_HOP)
        return np.asarray(spectrum)

    def to_sound(spectrum: npt.NDArray[np.complex128]) -> FloatArray:
        _, x = istft(spectrum, nperseg=_N_FFT, noverlap=_N_FFT - _MEL_HOP)
        return np.asarray(x[: len(samples)], dtype=np.float32)

    bands = _mel_bands()
    power = np.abs(to_spectrum(samples)) ** 2
    smooth = bands.T @ ((bands @ power) / bands.sum(axis=1, keepdims=True))
    magnitude = np.sqrt(smooth)
    guess = magnitude * np.exp(2j * np.pi * rng.random(magnitude.shape))
    for _ in range(_ITERATIONS):
        again = to_spectrum(to_sound(guess))[:, : magnitude.shape[1]]
        guess = magnitude * np.exp(1j * np.angle(again))
    return to_sound(guess)


def _mel_bands() -> npt.NDArray[np.float64]:
    """Return triangles on the mel scale that add up to one, shape (n_mels, n_bins)."""
    top = 2595 * np.log10(1 + _RATE_HZ / 2 / 700)
    centres = 700 * (10 ** (np.linspace(0, top, _N_MELS) / 2595) - 1)
    hz = np.fft.rfftfreq(_N_FFT, 1 / _RATE_HZ)
    return np.stack([np.interp(hz, centres, row) for row in np.eye(_N_MELS)])
