"""Single speakers as they are read for mixtures: pauses cut off, each as loud as the others."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

# After this folder: both have a network.py and a train.py.
sys.path.append(str(Path(__file__).parents[1] / "voiceprint"))
from degraded import read

from facesign.biometrics.speakers.spectra import SPECTRUM_HOP
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.biometrics.voice.levels import levels_db

__all__ = [
    "N_HELD_OUT",
    "SYNTHETIC",
    "BoolArray",
    "Person",
    "halves",
    "people_in",
    "speaking",
    "trimmed",
]

SYNTHETIC = "espeak-ng"
"""The corpus of voices that a synthesizer made."""
N_HELD_OUT = 75
"""Training speakers that limits are chosen on."""
MOST_S = 30.0
"""Of one speaker."""
SPEAKS_ABOVE_DB = -30.0
"""Under the loud parts of an utterance: weaker sound is silence."""
_HANGS_ON = 3

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One speaker's utterances, pauses cut off at both ends, each as loud as the others."""

    speaker: str
    corpus: str
    gender: str
    utterances: tuple[FloatArray, ...]

    @property
    def is_synthetic(self) -> bool:
        """Whether a synthesizer made the voice."""
        return self.corpus == SYNTHETIC


def people_in(speech: Path, only: set[str] | None = None) -> list[Person]:
    """Read the speakers of a folder with a MANIFEST.csv, or some of them."""
    people = []
    for (speaker, corpus, gender), paths in sorted(_paths(speech).items()):
        held: list[FloatArray] = []
        for path in paths if only is None or speaker in only else ():
            one = trimmed(read(speech / path))
            if len(one) >= SAMPLE_RATE_HZ:
                held.append(one)
            if sum(map(len, held)) >= MOST_S * SAMPLE_RATE_HZ:
                break
        if held:
            people.append(Person(speaker, corpus, gender, tuple(held)))
    return people


def halves(speech: Path) -> tuple[set[str], set[str]]:
    """Return whom the network learns from, and whom its limits are chosen on."""
    names = sorted({speaker for speaker, _, _ in _paths(speech)})
    order = np.random.default_rng(7).permutation(len(names)).tolist()
    return {names[i] for i in order[N_HELD_OUT:]}, {names[i] for i in order[:N_HELD_OUT]}


def trimmed(samples: FloatArray) -> FloatArray:
    """Cut silence off both ends, and bring the loud parts to RMS 1."""
    heard = np.flatnonzero(speaking(samples))
    if len(heard) < 8:
        return samples[:0]
    cut = samples[heard[0] * SPECTRUM_HOP : (heard[-1] + 1) * SPECTRUM_HOP]
    return np.asarray(cut / max(float(np.sqrt(np.mean(cut**2))), 1e-6), np.float32)


def speaking(samples: FloatArray) -> BoolArray:
    """Tell where somebody speaks, every 16 ms; gaps of 48 ms are bridged."""
    level = levels_db(samples[: len(samples) // SPECTRUM_HOP * SPECTRUM_HOP], SPECTRUM_HOP)
    loud = level > np.percentile(level, 95) + SPEAKS_ABOVE_DB if len(level) else level > 0
    reach = np.ones(2 * _HANGS_ON + 1)
    spread = np.convolve(loud, reach, "same") > 0
    return np.convolve(~spread, reach, "same") == 0


def _paths(speech: Path) -> dict[tuple[str, str, str], list[str]]:
    """Return the recordings of each speaker, with corpus and sex."""
    rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    with (speech / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["speaker"], row["corpus"], row["gender"]].append(row["path"])
    return rows
