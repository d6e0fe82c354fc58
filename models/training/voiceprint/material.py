"""A bank of utterances as they would sound in many voices, manners and channels.

    python models/training/voiceprint/material.py SPEECH_TRAIN BANK [--passes 0 1 2 3 4]

Log mel energies and the teacher's embeddings are computed once and kept on disk, in files
of 32 utterances; the same command goes on where it stopped, and training takes the files
that are there. Two commands with different passes run side by side.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from augment import (
    Manner,
    Speaker,
    draw_noise,
    leveled,
    speak,
    sped,
    take_apart,
    through_channel,
)
from teacher import Teacher

from facesign.biometrics.voiceprint.frontend import log_mel

SEED = 20261125
N_VOICES = 4
"""Classes a speaker: the own voice, and three that are made from it."""
PASSES = (0, 1, 2, 3, 4)
_PER_FILE = 32
_N_NOISES = 150
_NOISE_S = 8.0
_LONGEST_S = 16.0

Halves = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One line of the corpus."""

    path: str
    speaker: int
    number: int


@dataclass(slots=True, eq=False)
class Bank:
    """Everything computed so far; grows when `refresh` finds new files."""

    folder: Path
    energies: list[Halves] = field(default_factory=list)
    """dB, one array (n_frames, 80) a rendering."""
    classes: list[int] = field(default_factory=list)
    """Speaker * N_VOICES + voice."""
    utterances: list[int] = field(default_factory=list)
    teacher: list[npt.NDArray[np.float32]] = field(default_factory=list)
    """Of the voice in its own manner and a clean channel, shape (256,)."""
    _seen: set[str] = field(default_factory=set)

    def refresh(self) -> bool:
        """Load files that were finished since; tell whether there were any."""
        fresh = [f for f in sorted(self.folder.glob("part*.npz")) if f.name not in self._seen]
        for file in fresh:
            with np.load(file) as held:
                bounds = np.cumsum(held["n_frames"])[:-1]
                self.energies += np.split(held["energies"], bounds)
                self.classes += held["classes"].tolist()
                self.utterances += held["utterances"].tolist()
                self.teacher += list(held["teacher"])
            self._seen.add(file.name)
        return bool(fresh)

    def noises(self) -> list[Halves]:
        """Return the log mel energies of noises, dB, each (n_frames, 80)."""
        with np.load(self.folder / "noises.npz") as held:
            return list(held["energies"])


def corpus(root: Path) -> tuple[list[Utterance], list[str]]:
    """Read the manifest; utterances come shuffled, so that any part holds every corpus."""
    with (root / "MANIFEST.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    speakers = sorted({row["speaker"] for row in rows})
    number = {name: i for i, name in enumerate(speakers)}
    order = np.random.default_rng(SEED).permutation(len(rows)).tolist()
    found = [Utterance(rows[i]["path"], number[rows[i]["speaker"]], i) for i in order]
    return found, speakers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("bank", type=Path)
    parser.add_argument("--passes", type=int, nargs="+", choices=PASSES, default=PASSES)
    args = parser.parse_args()
    args.bank.mkdir(parents=True, exist_ok=True)
    _write_noises(args.bank / "noises.npz")
    teacher, began_s = Teacher(), time.monotonic()
    for passed in args.passes:
        for path, part in _parts(corpus(args.speech)[0], args.bank, passed):
            _write(path, args.speech, part, passed, teacher)
            print(f"{path.name} {time.monotonic() - began_s:.0f} s", flush=True)


def _parts(
    utterances: Sequence[Utterance], bank: Path, passed: int
) -> Iterator[tuple[Path, Sequence[Utterance]]]:
    for first in range(0, len(utterances), _PER_FILE):
        path = bank / f"part{passed}-{first:05d}.npz"
        if not path.is_file():
            yield path, utterances[first : first + _PER_FILE]


def _write(
    path: Path, root: Path, utterances: Sequence[Utterance], passed: int, teacher: Teacher
) -> None:
    energies, classes, numbers, targets = [], [], [], []
    for one in utterances:
        samples, rate_hz = soundfile.read(root / one.path, dtype="float32")
        assert rate_hz == 16_000
        samples = leveled(samples[: int(_LONGEST_S * rate_hz)])
        rng = np.random.default_rng((SEED, one.number, passed))
        for voice, said, waves in _renderings(samples, one.speaker, rng, passed):
            target = teacher.embed(said)
            for wave in waves:
                energies.append(log_mel(wave).astype(np.float16))
                classes.append(one.speaker * N_VOICES + voice)
                numbers.append(one.number)
                targets.append(target)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        np.savez(
            file,
            energies=np.concatenate(energies),
            n_frames=[len(e) for e in energies],
            classes=classes,
            utterances=numbers,
            teacher=np.stack(targets),
        )
    fresh.rename(path)


def _renderings(
    samples: npt.NDArray[np.float32], speaker: int, rng: np.random.Generator, passed: int
) -> Iterator[tuple[int, npt.NDArray[np.float32], list[npt.NDArray[np.float32]]]]:
    """Yield number of the voice, what the teacher hears, and what the student hears.

    Passes: 0 the speaker as recorded; 1 played faster or slower, a voice of its own; 2 in
    other moods; 3 in a voice made from this one, in its moods too; 4 as 1, the other way.
    """
    if passed == 0:
        yield 0, samples, [samples, through_channel(samples, rng)]
        return
    made_by = np.random.default_rng((SEED, speaker, 1 if passed == 4 else passed))
    if passed in (1, 4):
        step = made_by.uniform(0.07, 0.16) * made_by.choice([-1, 1])
        other = sped(samples, float(np.exp(step if passed == 1 else -step)))
        yield 1 if passed == 1 else 3, other, [other, through_channel(other, rng)]
        return
    apart = take_apart(samples)
    if passed == 2:
        moods = [speak(apart, Speaker(), Manner.draw(rng)) for _ in range(2)]
        yield 0, samples, [moods[0], through_channel(moods[1], rng)]
        return
    made = Speaker.draw(made_by)
    plain, mood = speak(apart, made, Manner()), speak(apart, made, Manner.draw(rng))
    yield 2, plain, [plain, through_channel(mood, rng)]


def _write_noises(path: Path) -> None:
    if path.is_file():
        return
    rng = np.random.default_rng((SEED, 1))
    noises = [log_mel(draw_noise(_NOISE_S, rng)).astype(np.float16) for _ in range(_N_NOISES)]
    np.savez(path, energies=np.stack(noises))


if __name__ == "__main__":
    main()
