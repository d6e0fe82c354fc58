"""Lines as a microphone hears them, each at its place and ready to be added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.sound.dialogue import Said, Speaker
from facesign.samples.studio.sound.spool import stored
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["Layer", "Process", "added", "level_of", "leveled_layers"]

Process = Callable[[Said, FloatArray], FloatArray]
"""From a line's dry samples to what is heard of it, from the same start."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Sound that starts at a sample."""

    start: int
    samples: FloatArray
    gain: float


def leveled_layers(
    said: Sequence[Said],
    speaker: Speaker,
    process: Process,
    *,
    level_db: float,
    delay_s: float = 0.0,
) -> list[Layer]:
    """Return a speaker's lines as heard, brought to a level.

    Args:
        said: All lines.
        speaker: Whose lines.
        process: What the way to the microphone makes of a line.
        level_db: Level while speaking, relative to full scale, over all full-voiced lines;
            lines with a level of their own keep their distance from it.
        delay_s: How much later the lines are heard.
    """
    lines = [line for line in said if line.speaker == speaker]
    heard = stored(process(line, line.speech.samples) for line in lines)
    layers = []
    for voice in sorted({line.voice for line in lines}):
        pairs = zip(lines, heard, strict=True)
        mine = [(line, sound) for line, sound in pairs if line.voice == voice]
        full = [(line, sound) for line, sound in mine if not line.filled_pause] or mine
        level = level_of(sound[: len(line.speech.samples)] for line, sound in full)
        for line, sound in mine:
            gain = 10 ** ((level_db + line.level_db) / 20) / max(level, 1e-9)
            layers.append(Layer(round((line.start_s + delay_s) * RATE_HZ), sound, gain))
    return sorted(layers, key=lambda layer: layer.start)


def level_of(pieces: Iterable[FloatArray]) -> float:
    """Return the root mean square over the sounding parts of all pieces.

    Pauses inside a line (20 ms that are 30 dB under its loudest) do not count.
    """
    power, n_samples = 0.0, 0
    step = RATE_HZ // 50
    for piece in pieces:
        whole = piece[: len(piece) // step * step].reshape(-1, step)
        if whole.size:
            energy = np.mean(np.square(whole, dtype=np.float64), axis=1)
            sounding = energy[energy > 1e-3 * energy.max()]
            power, n_samples = power + float(sounding.sum()), n_samples + len(sounding)
    return float(np.sqrt(power / n_samples)) if n_samples else 0.0


def added(layers: Sequence[Layer], start: int, stop: int) -> FloatArray:
    """Add up what sounds between two samples, shape (stop - start,)."""
    out = np.zeros(stop - start, dtype=np.float32)
    for layer in layers:
        first, last = max(layer.start, start), min(layer.start + len(layer.samples), stop)
        if last > first:
            heard = layer.samples[first - layer.start : last - layer.start]
            out[first - start : last - start] += np.float32(layer.gain) * heard
    return out
