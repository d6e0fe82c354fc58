"""Speech whose truth is known: espeak-ng phrases, recordings, WORLD resynthesis."""

from __future__ import annotations

import csv
import io
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import soxr

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray

Series = npt.NDArray[np.float64]
SNRS_DB: tuple[float | None, ...] = (None, 30.0, 20.0, 10.0, 5.0)
PHRASES = {
    "en": (
        "Good morning, my name is Anna.",
        "I work for a bank.",
        "Yes.",
        "The salary is paid in March.",
        "Nobody is telling me what to say.",
        "Six thousand five hundred.",
        "Fish and chips.",
        "Stop.",
    ),
    "zh": (
        "wo3 zai4 yin2 hang2 gong1 zuo4",
        "gong1 zi1 mei3 ge4 yue4 wu3 qian1 yuan2",
        "mei2 you3 bie2 ren2 jiao1 wo3 shuo1 shen2 me5",
        "shi4 de5",
        "zhe4 liang4 che1 shi2 er4 wan4 yuan2",
    ),
}
# espeak-ng as Debian packs it has no Chinese dictionary and spells characters in English.
VOICES = {
    "en": ("en-us", "en-gb", "en-us+f3"),
    "zh": ("cmn-latn-pinyin", "cmn-latn-pinyin+f2"),
}
HESITATIONS = {"en": ("um", "uh", "er"), "zh": ("en1", "e1", "a1")}
HESITATING_VOICES = {
    "en": ("en-us+m1", "en-us+f1", "en-gb-scotland", "en-gb-x-rp"),
    "zh": ("cmn-latn-pinyin+m2", "cmn-latn-pinyin+f4"),
}
CARRIERS = {"en": ("I work", "for a bank"), "zh": ("wo3 zai4", "yin2 hang2 gong1 zuo4")}


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """Samples with one marked interval in them."""

    samples: FloatArray
    start_s: float
    end_s: float


def decode(path: Path) -> FloatArray:
    """Read a recording as 16 kHz mono."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE_HZ)
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float32)


def manifest(folder: Path) -> list[dict[str, str]]:
    """Read the table of a folder of recordings."""
    with (folder / "MANIFEST.csv").open() as file:
        return list(csv.DictReader(file))


def say(text: str, voice: str, *options: str) -> FloatArray:
    """Speak with espeak-ng, cut where the level stays 40 dB below the loudest 5 ms."""
    command = ["espeak-ng", "-v", voice, *options, "--stdout", text]
    wave = subprocess.run(command, capture_output=True, check=True).stdout
    with av.open(io.BytesIO(wave)) as container:
        rate = container.streams.audio[0].rate
        pcm = np.concatenate([f.to_ndarray().ravel() for f in container.decode(audio=0)])
    sound = soxr.resample(pcm.astype(np.float32) / 32768.0, rate, SAMPLE_RATE_HZ)
    hop = 80
    power = np.mean(sound[: len(sound) // hop * hop].reshape(-1, hop) ** 2, axis=1)
    loud = np.flatnonzero(power > power.max() * 1e-4)
    return sound[loud[0] * hop : (loud[-1] + 1) * hop]


def in_noise(samples: FloatArray, snr_db: float | None, level_db: float, seed: int) -> FloatArray:
    """Add white noise, snr_db below speech of level_db; None adds nothing."""
    if snr_db is None:
        return samples
    white = np.random.default_rng(seed).standard_normal(len(samples))
    return samples + (10.0 ** ((level_db - snr_db) / 20.0) * white).astype(np.float32)


def pause(seconds: float) -> FloatArray:
    """Digital silence."""
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)


def bounded_phrases(snr_db: float | None) -> list[Marked]:
    """Place phrases of level -20 dB between silences of 2 s, in noise or not."""
    placed = []
    for language, voices in VOICES.items():
        for number, phrase in enumerate(PHRASES[language]):
            for voice in voices:
                sound = say(phrase, voice)
                sound *= 0.1 / np.sqrt(np.mean(sound**2))
                before = pause(2.0 + 0.0023 * number)
                whole = np.concatenate([before, sound, pause(2.0)])
                start_s = len(before) / SAMPLE_RATE_HZ
                noisy = in_noise(whole, snr_db, -20.0, len(placed))
                placed.append(Marked(noisy, start_s, start_s + len(sound) / SAMPLE_RATE_HZ))
    return placed


def spoken_hesitations() -> list[Marked]:
    """Put a slow "um" between two halves of a sentence, with gaps of 0.1 s."""
    marked = []
    for language, voices in HESITATING_VOICES.items():
        for voice in voices:
            first, second = (say(part, voice) for part in CARRIERS[language])
            for word in HESITATIONS[language]:
                for words_a_minute in ("80", "110"):
                    um = say(word, voice, "-s", words_a_minute)
                    marked.append(_between(first, um, second))
    return marked


def held_vowels(recordings: list[FloatArray]) -> list[Marked]:
    """Hold one voiced instant of a real voice for 0.4 s, falling by a semitone."""
    import pyworld

    marked = []
    for sound in recordings:
        double = sound[: 10 * SAMPLE_RATE_HZ].astype(np.float64)
        f0, time_s = pyworld.dio(double, SAMPLE_RATE_HZ)
        envelope = pyworld.cheaptrick(double, f0, time_s, SAMPLE_RATE_HZ)
        noise = pyworld.d4c(double, f0, time_s, SAMPLE_RATE_HZ)
        level = np.where(f0 > 0, envelope.sum(axis=1), 0.0)
        loudest = int(np.argmax(level))
        fall = f0[loudest] * 2.0 ** (-np.linspace(0.0, 1.0, 80) / 12.0)
        spectrum, rough = (np.repeat(p[loudest][None], 80, axis=0) for p in (envelope, noise))
        um = pyworld.synthesize(fall, spectrum, rough, SAMPLE_RATE_HZ).astype(np.float32)
        middle = len(double) // 2
        marked.append(_between(sound[:middle], 0.5 * um, sound[middle : len(double)]))
    return marked


def known_pitch(sound: FloatArray) -> tuple[FloatArray, Series]:
    """Resynthesise a recording; return it with the pitch that went in, every 16 ms."""
    import pyworld

    double = sound.astype(np.float64)
    f0, time_s = pyworld.harvest(double, SAMPLE_RATE_HZ, 60.0, 500.0, 4.0)
    envelope = pyworld.cheaptrick(double, f0, time_s, SAMPLE_RATE_HZ)
    noise = pyworld.d4c(double, f0, time_s, SAMPLE_RATE_HZ)
    made = pyworld.synthesize(f0, envelope, noise, SAMPLE_RATE_HZ, 4.0)
    return made.astype(np.float32), f0[::4][: len(made) // 256]


def _between(first: FloatArray, um: FloatArray, second: FloatArray) -> Marked:
    lead = np.concatenate([pause(0.3), first, pause(0.1)])
    start_s = len(lead) / SAMPLE_RATE_HZ
    whole = np.concatenate([lead, um, pause(0.1), second, pause(0.5)])
    noisy = in_noise(whole, 60.0, -20.0, 0)
    return Marked(noisy, start_s, start_s + len(um) / SAMPLE_RATE_HZ)
