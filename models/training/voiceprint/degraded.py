"""Speech as it comes through noise, a codec, or cut short."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import soxr

from facesign.biometrics.stream import Sound
from facesign.interview.media.container import open_sound
from facesign.interview.media.tracks import SoundTrack

RATE_HZ = 16_000
CODECS: dict[str, tuple[str, str, int, int | None]] = {
    "opus_12k": ("libopus", "ogg", 16_000, 12_000),
    "g711_a": ("pcm_alaw", "wav", 8_000, None),
    "amr_nb_12k": ("libopencore_amrnb", "amr", 8_000, 12_200),
}
"""Name to encoder, container, rate in Hz, and bits per second."""
N_BABBLE = 6

Samples = npt.NDArray[np.float32]


def read(path: Any) -> Samples:
    """Read a recording as the toolkit reads it: mono, 16 kHz, shape (n_samples,)."""
    reader = open_sound(path)
    assert reader is not None
    try:
        track = SoundTrack(reader, "mixed")
        assert track.start()
        return np.concatenate([it.samples for it in track if isinstance(it, Sound)])
    finally:
        reader.close()


def pink(n_samples: int, rng: np.random.Generator) -> Samples:
    """Draw noise that falls by 3 dB an octave from 50 Hz on, RMS 1."""
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    hz = np.fft.rfftfreq(n_samples, 1 / RATE_HZ)
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(hz, 50.0)), n_samples)
    return (noise / noise.std()).astype(np.float32)


def babble(
    voices: Sequence[Samples], n_samples: int, rng: np.random.Generator, n_voices: int = N_BABBLE
) -> Samples:
    """Mix some of the voices, each as loud as the others, RMS 1."""
    mixed = np.zeros(n_samples)
    for i in rng.choice(len(voices), n_voices, replace=False):
        turned = np.roll(voices[i], rng.integers(len(voices[i])))
        mixed += np.resize(turned / max(float(turned.std()), 1e-6), n_samples)
    return (mixed / mixed.std()).astype(np.float32)


def with_noise(speech: Samples, noise: Samples, snr_db: float) -> Samples:
    """Add noise of RMS 1 so far under the power of the whole recording."""
    level = float(np.sqrt(np.mean(speech**2))) * 10.0 ** (-snr_db / 20.0)
    mixed = speech + level * noise
    return (mixed / max(1.0, float(np.abs(mixed).max()))).astype(np.float32)


def through_codec(speech: Samples, name: str) -> Samples:
    """Encode and decode; what a codec adds in front and behind stays."""
    codec, container, rate_hz, bit_rate = CODECS[name]
    at_rate = soxr.resample(speech, RATE_HZ, rate_hz).astype(np.float32)
    held = io.BytesIO()
    with av.open(held, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate_hz)
        stream.layout = "mono"
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        whole = np.clip(np.round(at_rate * 32767.0), -32768, 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(whole[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate_hz, 0
        fitting = av.AudioResampler(
            format=stream.format, layout="mono", rate=rate_hz, frame_size=stream.frame_size or 0
        )
        for piece in [*fitting.resample(frame), *fitting.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    held.seek(0)
    with av.open(held) as file:
        to_float = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
        pieces = [p.to_ndarray()[0] for f in file.decode(audio=0) for p in to_float.resample(f)]
    decoded = np.concatenate(pieces)
    return soxr.resample(decoded, rate_hz, RATE_HZ).astype(np.float32)
