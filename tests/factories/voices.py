"""Voices for tests of what is kept and told, with an encoder that stands in for a trained one.

The encoder hears the shape of the spectrum: enough to tell two voices of a speech synthesizer
apart, and nothing that a claim of accuracy could rest on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from facesign.biometrics.gallery.matching import Comparison, Decision, Point, require_one_model
from facesign.biometrics.stream import FloatArray, Sound
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.interview.media.container import open_sound
from facesign.interview.media.tracks import SoundTrack
from facesign.samples import load

RATE = 16_000
SPREAD = np.random.default_rng(5).standard_normal((192, 64))


class SpectrumEncoder:
    """Stands in for a trained encoder."""

    def __init__(self, name: str = "spectrum", sha256: str = "5" * 64) -> None:
        self.name = name
        self.sha256 = sha256

    def embed(self, samples: FloatArray) -> FloatArray:
        frames = samples[: len(samples) // 512 * 512].reshape(-1, 512)
        power = np.abs(np.fft.rfft(frames * np.hanning(512), axis=1)) ** 2
        bands = np.log(power[:, 1:].reshape(len(frames), 64, 4).mean(axis=2) + 1e-9)
        loud = bands[bands.mean(axis=1) > np.median(bands.mean(axis=1))]
        shape = loud.mean(axis=0)
        projected = SPREAD @ (shape - shape.mean())
        return (projected / np.linalg.norm(projected)).astype(np.float32)

    def embed_windows(
        self, samples: FloatArray, *, window_s: float = 1.5, step_s: float = 0.75
    ) -> FloatArray:
        window, step = int(window_s * RATE), int(step_s * RATE)
        starts = range(0, max(1, len(samples) - window + 1), step)
        return np.stack([self.embed(samples[first : first + window]) for first in starts])


@dataclass(frozen=True)
class FixedPoint:
    """An operating point with round numbers."""

    name: str
    threshold: float
    fmr: float
    fnmr: float = 0.05
    measured_on: str = "voices of a synthesizer"
    validated_for: str = "nobody"


class FixedMatcher:
    """The best cosine, put through a line."""

    def __init__(self, *points: FixedPoint) -> None:
        made = points or (FixedPoint("default", 0.0, 0.01), FixedPoint("strict", 2.0, 0.001))
        self.points: Mapping[str, Point] = {point.name: point for point in made}

    def compare(self, references: Sequence[Voiceprint], probe: Voiceprint) -> Comparison:
        require_one_model(references, probe)
        score = max(float(one.embedding @ probe.embedding) for one in references)
        return Comparison(score, 100.0 * (score - 0.95))

    def decide(self, llr: float, point: Point, probe: Voiceprint) -> Decision:
        return "match" if llr >= point.threshold else "no_match"


@cache
def sound_of(path: str) -> FloatArray:
    """Return the sound of a media file, mono at 16 kHz."""
    reader = open_sound(path)
    assert reader is not None
    track = SoundTrack(reader, "mixed")
    assert track.start()
    pieces = [item.samples for item in track if isinstance(item, Sound)]
    reader.close()
    return np.concatenate(pieces)


def claire() -> FloatArray:
    """Return 29 s of the voice that `impostor-voice` was enrolled with."""
    return sound_of(str(load("impostor-voice").path / "enrollment.flac")).copy()


def said(sample: str, speaker: str) -> FloatArray:
    """Return all that one person says in a bundled interview, pauses left in between."""
    interview = load(sample)
    sound, pause = sound_of(str(interview.media)), np.zeros(RATE // 2, dtype=np.float32)
    turns = [turn for turn in interview.truth.speech if turn.speaker == speaker]
    cut = [sound[int(turn.start_s * RATE) : int(turn.end_s * RATE)] for turn in turns]
    return np.concatenate([part for turn in cut for part in (turn, pause)])
