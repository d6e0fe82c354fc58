"""Ways in which one voice reaches a microphone, and voices that nobody has."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyworld
import soundfile
import soxr
from scipy import signal

RATE_HZ = 16_000
_PERIOD_MS = 5.0

Samples = npt.NDArray[np.float32]
Rng = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Vocoded:
    """One utterance taken apart by WORLD: pitch, envelope and breath, 200 times a second."""

    pitch_hz: npt.NDArray[np.float64]
    envelope: npt.NDArray[np.float64]
    breath: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice made from another by the length of its vocal tract and its pitch."""

    formants: float = 1.0
    pitch: float = 1.0

    @classmethod
    def draw(cls, rng: Rng) -> Speaker:
        """Draw a voice that is clearly another one, and still a grown person's."""
        step = rng.uniform(0.06, 0.16) * rng.choice([-1, 1])
        return cls(float(np.exp(step)), float(np.exp(1.6 * step + rng.normal(0, 0.08))))


@dataclass(frozen=True, slots=True)
class Manner:
    """How one person speaks at a moment: calm, hurried, loud, flat."""

    pitch: float = 1.0
    span: float = 1.0
    """Factor on the distance of the pitch from its median, in octaves."""
    rate: float = 1.0
    tilt_db: float = 0.0
    """More effort lifts 4 kHz over 500 Hz by so much."""
    formants: float = 1.0

    @classmethod
    def draw(cls, rng: Rng) -> Manner:
        """Draw from calm to shouted; pitch, span and tilt rise together with effort."""
        effort = rng.normal()
        return cls(
            pitch=float(2.0 ** np.clip(0.22 * effort + 0.12 * rng.normal(), -0.5, 0.9)),
            span=float(np.exp(0.35 * effort + 0.3 * rng.normal())),
            rate=float(np.exp(0.15 * rng.normal())),
            tilt_db=float(np.clip(4.0 * effort + 2.0 * rng.normal(), -10, 12)),
            formants=float(np.exp(0.015 * effort + 0.01 * rng.normal())),
        )


def take_apart(samples: Samples) -> Vocoded:
    """Analyse an utterance with WORLD.

    Source: Morise 2016.
    """
    wave = samples.astype(np.float64)
    rough_hz, times_s = pyworld.dio(wave, RATE_HZ, frame_period=_PERIOD_MS)
    pitch_hz = pyworld.stonemask(wave, rough_hz, times_s, RATE_HZ)
    envelope = pyworld.cheaptrick(wave, pitch_hz, times_s, RATE_HZ)
    breath = pyworld.d4c(wave, pitch_hz, times_s, RATE_HZ)
    return Vocoded(pitch_hz, envelope, breath)


def speak(voice: Vocoded, speaker: Speaker, manner: Manner) -> Samples:
    """Say the utterance again in another voice and manner."""
    n_bins = voice.envelope.shape[1]
    bins = np.arange(n_bins)
    # Frequencies above the old band have no envelope: the last bin stands for them.
    sources = np.minimum(bins / (speaker.formants * manner.formants), n_bins - 1)
    low = np.minimum(sources.astype(int), n_bins - 2)
    share = sources - low
    envelope = voice.envelope[:, low] * (1 - share) + voice.envelope[:, low + 1] * share
    breath = voice.breath[:, low] * (1 - share) + voice.breath[:, low + 1] * share
    octaves = np.log2(np.maximum(bins * RATE_HZ / 2 / (n_bins - 1), 250) / 500)
    envelope = envelope * 10 ** (manner.tilt_db / 3 * np.clip(octaves, -1, 3.5) / 10)
    pitch_hz = _moved(voice.pitch_hz, speaker.pitch * manner.pitch, manner.span)
    wave = pyworld.synthesize(
        pitch_hz,
        np.ascontiguousarray(envelope),
        np.ascontiguousarray(np.clip(breath, 0, 1)),
        RATE_HZ,
        _PERIOD_MS / manner.rate,
    )
    return leveled(wave.astype(np.float32))


def _moved(
    pitch_hz: npt.NDArray[np.float64], factor: float, span: float
) -> npt.NDArray[np.float64]:
    voiced = pitch_hz > 0
    moved = np.zeros_like(pitch_hz)
    if voiced.any():
        octaves = np.log2(pitch_hz[voiced])
        middle = np.median(octaves)
        away = np.clip(span * (octaves - middle), -1.0, 1.0)
        moved[voiced] = np.clip(2 ** (middle + away) * factor, 60, 600)
    return moved


def sped(samples: Samples, factor: float) -> Samples:
    """Play faster or slower, pitch and formants with it: a new voice."""
    return soxr.resample(samples, RATE_HZ * factor, RATE_HZ).astype(np.float32)


def leveled(samples: Samples, rms: float = 0.06) -> Samples:
    """Bring to one loudness without clipping."""
    scaled = samples * (rms / max(float(np.sqrt(np.mean(samples**2))), 1e-6))
    return (scaled / max(1.0, float(np.abs(scaled).max()) / 0.98)).astype(np.float32)


def through_channel(samples: Samples, rng: Rng) -> Samples:
    """Send a voice through a room, a phone line and a codec, each or none of them."""
    if rng.random() < 0.45:
        samples = in_room(samples, rng)
    if rng.random() < 0.35:
        samples = coloured(samples, rng)
    chance = rng.random()
    if chance < 0.22:
        samples = over_phone(samples, rng)
    elif chance < 0.42:
        samples = through_opus(samples, rng)
    if rng.random() < 0.1:
        samples = np.clip(samples * rng.uniform(3, 8), -0.6, 0.6)
    return leveled(samples)


def in_room(samples: Samples, rng: Rng) -> Samples:
    """Add the echo of a small or middle-sized room: noise that dies away."""
    dies_s = rng.uniform(0.1, 0.6)
    n_taps = int(dies_s * RATE_HZ)
    times_s = np.arange(n_taps) / RATE_HZ
    tail = rng.standard_normal(n_taps) * 10 ** (-3 * times_s / dies_s)
    tail[: int(rng.uniform(0.001, 0.008) * RATE_HZ)] = 0
    direct_db = rng.uniform(-2, 14)
    tail *= 10 ** (-direct_db / 20) / max(float(np.linalg.norm(tail)), 1e-9)
    tail[0] = 1
    return signal.fftconvolve(samples, tail)[: len(samples)].astype(np.float32)


def coloured(samples: Samples, rng: Rng) -> Samples:
    """Play through a cheap microphone: its band is narrower and not flat."""
    low_hz, high_hz = rng.uniform(30, 250), rng.uniform(3800, 7600)
    band = signal.butter(2, [low_hz, high_hz], "bandpass", fs=RATE_HZ, output="sos")
    b, a = signal.iirpeak(rng.uniform(500, 4000), rng.uniform(1, 4), fs=RATE_HZ)
    peak = signal.lfilter(b, a, samples) * rng.uniform(-0.6, 2.0)
    return signal.sosfilt(band, samples + peak).astype(np.float32)


def over_phone(samples: Samples, rng: Rng) -> Samples:
    """Send over a phone line: 300 to 3400 Hz, 8 kHz, mu-law."""
    band = signal.butter(4, [300, 3400], "bandpass", fs=RATE_HZ, output="sos")
    narrow = soxr.resample(signal.sosfilt(band, samples), RATE_HZ, 8000)
    narrow = np.clip(narrow * rng.uniform(1, 4), -1, 1)
    coded = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    coded = np.round(coded * 127) / 127
    wave = np.sign(coded) * (256 ** np.abs(coded) - 1) / 255
    return soxr.resample(wave, 8000, RATE_HZ)[: len(samples)].astype(np.float32)


def through_opus(samples: Samples, rng: Rng) -> Samples:
    """Encode with Opus at a low rate and decode again."""
    file = io.BytesIO()
    level = float(rng.uniform(0.85, 1.0))
    soundfile.write(file, samples, RATE_HZ, format="OGG", subtype="OPUS", compression_level=level)
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32")
    return np.asarray(decoded[: len(samples)], np.float32)


def draw_noise(seconds: float, rng: Rng) -> Samples:
    """Make steady noise of a random colour, hum or fan among it, with slow swells."""
    n_samples = int(seconds * RATE_HZ)
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    frequencies_hz = np.fft.rfftfreq(n_samples, 1 / RATE_HZ)
    spectrum *= np.maximum(frequencies_hz, 40) ** (-rng.uniform(0, 1.0))
    noise = np.fft.irfft(spectrum, n_samples)
    noise /= noise.std()
    times_s = np.arange(n_samples) / RATE_HZ
    if rng.random() < 0.4:
        hum_hz = rng.choice([50.0, 60.0, rng.uniform(80, 400)])
        for k in range(1, 6):
            noise += rng.uniform(0, 0.8) / k * np.sin(2 * np.pi * k * hum_hz * times_s)
    swell = signal.sosfiltfilt(
        signal.butter(2, rng.uniform(0.5, 4), fs=RATE_HZ, output="sos"),
        rng.standard_normal(n_samples),
    )
    noise *= np.exp(rng.uniform(0, 1.0) * swell / swell.std())
    return leveled(noise.astype(np.float32))
