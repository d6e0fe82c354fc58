"""Measure how alike one voice is to itself and to others: the limits that voices are told apart by.

    python models/training/voiceprint/separation.py SPEECH_TRAIN [--model FILE] [--ship]

Speakers of the training corpora are heard as a session hears them, in pieces of 1.5 s, a third
of them through babble and a third in an office. Impostors are of one corpus and sex. With
`--ship` the limits go where the package has them, marked with the encoder that they belong to.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr
from degraded import Samples, babble, read, with_noise
from renderings import voices_in

from facesign.biometrics.gallery.gates import split_cosine
from facesign.biometrics.gallery.matching import VoiceEncoder, model_of
from facesign.biometrics.speakers.pieces import windows_over
from facesign.biometrics.speakers.separation import SCHEMA, Separation
from facesign.biometrics.stream import SAMPLE_RATE_HZ, Sound
from facesign.biometrics.voice.utterances import Utterances
from facesign.samples.studio.sound.room import RoomSettings, draw_room

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))

SEED = 20261130
MOST_PIECES = 24
"""Of one speaker: some 20 s."""
LEAST_PIECES = 4
"""In either half: 3 s, the least that is called a voice."""
N_NOISE_VOICES = 40
SNR_DB = (5.0, 20.0)
ROOM_M = (0.4, 1.5)
OTHERS_TAKEN_FOR_ONE = 0.05
"""Share of pairs of other voices at `same_above`."""
ONE_TAKEN_FOR_OTHERS = 0.02
"""Share of pairs of one voice at `other_below`, of pieces at `doubtful_below`, and of recordings
of one voice at `one_voice_above`."""

Cosines = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """One speaker's pieces in the order heard."""

    group: tuple[str, str]
    """Corpus and sex."""
    pieces: npt.NDArray[np.float64]
    """Unit length, shape (n_pieces, n_values)."""

    @property
    def halves(self) -> tuple[Cosines, Cosines]:
        middle = len(self.pieces) // 2
        return self.pieces[:middle], self.pieces[middle:]


def listen(speech: Path, encoder: VoiceEncoder) -> Iterator[Heard]:
    """Yield the pieces of every speaker who has enough."""
    people = sorted(voices_in(speech).items())
    sexes = _sexes(speech)
    noise = [read(speech / paths[0]) for _, (_, paths) in people[:N_NOISE_VOICES]]
    for number, (name, (corpus, paths)) in enumerate(people):
        rng = np.random.default_rng((SEED, number))
        found: list[npt.NDArray[np.float64]] = []
        for samples in _recordings(speech, paths, rng):
            for run in _runs(
                _through(samples, ("clean", "babble", "office")[number % 3], noise, rng)
            ):
                found += [
                    encoder.embed(run[w.start : w.end]).astype(np.float64)
                    for w in windows_over(len(run))
                ]
            if len(found) >= MOST_PIECES:
                break
        if len(found) >= 2 * LEAST_PIECES:
            yield Heard((corpus, sexes[name]), np.stack(found[:MOST_PIECES]))


def fit(heard: list[Heard]) -> tuple[Separation, dict[str, Any]]:
    """Choose the limits and say what they rest on."""
    firsts, seconds = zip(*(one.halves for one in heard), strict=True)
    a, b = (np.stack([half.mean(axis=0) for half in halves]) for halves in (firsts, seconds))
    own = np.eye(len(heard), dtype=np.bool_)
    alike = np.array([[one.group == other.group for other in heard] for one in heard])
    others = alike & ~own
    means, directions = a @ b.T, _unit(a) @ _unit(b).T
    fit_own = np.concatenate([half @ _unit(m) for half, m in zip(firsts, b, strict=True)])
    fit_other = np.concatenate(
        [(half @ _unit(b[others[i]]).T).ravel() for i, half in enumerate(firsts)]
    )
    same_above = float(np.quantile(directions[others], 1 - OTHERS_TAKEN_FOR_ONE))
    other_below = float(np.quantile(directions[own], ONE_TAKEN_FOR_OTHERS))
    if same_above < other_below:
        same_above = other_below = (same_above + other_below) / 2
    apart = float(np.median(fit_own) - np.median(fit_other))
    splits = [split_cosine(one.pieces.astype(np.float32)) for one in heard]
    known = [one for one in splits if one is not None]
    limits = Separation(
        cut=_equal(means[own], means[others]),
        same_above=same_above,
        other_below=other_below,
        doubtful_below=float(np.quantile(fit_own, ONE_TAKEN_FOR_OTHERS)),
        one_voice_above=float(np.quantile(known, ONE_TAKEN_FOR_OTHERS)),
        stay=apart / 4,
        turn_bonus=apart / 4,
    )
    return limits, {
        "n_speakers": len(heard),
        "n_pieces": int(sum(len(one.pieces) for one in heard)),
        "n_pairs_of_others": int(others.sum()),
        "one_voice_below_cut": _share(means[own] < limits.cut),
        "others_above_cut": _share(means[others] >= limits.cut),
        "others_above_same_above": _share(directions[others] >= same_above),
        "one_voice_below_other_below": _share(directions[own] < other_below),
        "median_fit_own": round(float(np.median(fit_own)), 3),
        "median_fit_other": round(float(np.median(fit_other)), 3),
    }


def _sexes(speech: Path) -> dict[str, str]:
    import csv

    with (speech / "MANIFEST.csv").open(encoding="utf-8") as file:
        return {row["speaker"]: row["gender"] for row in csv.DictReader(file)}


def _recordings(speech: Path, paths: list[str], rng: np.random.Generator) -> Iterator[Samples]:
    for i in rng.permutation(len(paths)).tolist():
        yield read(speech / paths[i])


def _runs(samples: Samples) -> list[Samples]:
    """Return the runs of speech without a pause."""
    found: list[Samples] = []
    analyser = Utterances(with_prosody=False, listener=lambda _, run: found.append(run.copy()))
    list(analyser.push(Sound(0.0, samples)))
    list(analyser.finish())
    return found


def _through(
    samples: Samples, where: str, voices: list[Samples], rng: np.random.Generator
) -> Samples:
    if where == "babble":
        return with_noise(samples, babble(voices, len(samples), rng), float(rng.uniform(*SNR_DB)))
    if where == "office":
        room = draw_room(RoomSettings(family="office"), rng)
        fine = soxr.resample(samples, SAMPLE_RATE_HZ, 48_000).astype(np.float32)
        heard = room.reverberated(fine, float(rng.uniform(*ROOM_M)))
        return soxr.resample(heard, 48_000, SAMPLE_RATE_HZ).astype(np.float32)[: len(samples)]
    return samples


def _equal(own: Cosines, others: Cosines) -> float:
    """Return where as many of one are below as of the others above."""
    steps = np.sort(np.concatenate([own, others]))
    misses = np.searchsorted(np.sort(own), steps) / len(own)
    false = 1.0 - np.searchsorted(np.sort(others), steps) / len(others)
    return float(steps[np.argmin(np.abs(misses - false))])


def _share(which: npt.NDArray[np.bool_]) -> float:
    return round(float(which.mean()), 4)


def _unit(vectors: Cosines) -> Cosines:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def main() -> None:
    from voiceprint_encoder import open_encoder

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--ship", action="store_true", help="put it where the package has it")
    args = parser.parse_args()
    encoder = open_encoder(args.model)
    limits, rests_on = fit(list(listen(args.speech, encoder)))
    values = {
        "schema": SCHEMA,
        "model": model_of(encoder),
        "measured_on": f"{rests_on['n_speakers']} speakers of the training corpora, a third of "
        "them through babble at 5 to 20 dB and a third in an office",
        "limits": {name: round(value, 3) for name, value in limits.to_dict().items()},
        "rests_on": rests_on,
    }
    text = json.dumps(values, indent=1) + "\n"
    print(text)
    if args.ship:
        path = ROOT / "biometrics" / "speakers" / f"{encoder.name}.json"
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
