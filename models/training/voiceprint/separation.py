"""Measure how alike one voice is to itself and to others: the limits voices are told apart by.

    python models/training/voiceprint/separation.py SPEECH_TRAIN [--model FILE] [--keep FILE.npz]
    python models/training/voiceprint/separation.py SPEECH_TRAIN --ship

Speakers of the training corpora are heard as a session hears them, in pieces of 1.5 s, in two
of three conditions: as recorded, through babble, in an office. One voice is compared with
itself within one condition and across two, which stands in for what moods and movements do to a
voice; others are of one corpus, sex and condition. With `--ship` the limits go where the
package has them, marked with the encoder that they belong to. `--keep` holds the embeddings, so
that a second run need not listen again; it is never shipped.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import dataclass, fields
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
WHERE = ("clean", "babble", "office")
OTHERS_TAKEN_FOR_ONE = 0.05
"""Share of pairs of other voices at `same_above`."""
ONE_TAKEN_FOR_OTHERS = 0.01
"""Share of pairs of one voice at `other_below`, of pieces at `doubtful_below`, and of recordings
of one voice at `one_voice_above`."""

Cosines = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The pieces of all speakers, one row each, in the order heard."""

    embedding: npt.NDArray[np.float32]
    """Unit length, shape (n_pieces, n_values)."""
    again: npt.NDArray[np.float32]
    """The same speech in another condition."""
    speaker: npt.NDArray[np.intp]
    group: npt.NDArray[np.intp]
    """Corpus, sex and condition of each row of `embedding`."""

    def save(self, path: Path) -> None:
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Heard:
        with np.load(path) as held:
            return cls(**{field.name: held[field.name] for field in fields(cls)})


def listen(speech: Path, encoder: VoiceEncoder) -> Heard:
    """Embed the pieces of every speaker who has enough."""
    people = sorted(voices_in(speech).items())
    sexes = _sexes(speech)
    noise = [read(speech / paths[0]) for _, (_, paths) in people[:N_NOISE_VOICES]]
    rows: list[tuple[object, ...]] = []
    groups: dict[tuple[str, str, str], int] = {}
    for number, (name, (corpus, paths)) in enumerate(people):
        rng = np.random.default_rng((SEED, number))
        first, second = rng.permutation(WHERE)[:2].tolist()
        group = groups.setdefault((corpus, sexes[name], first), len(groups))
        found: list[tuple[object, ...]] = []
        for i in rng.permutation(len(paths)).tolist():
            samples = read(speech / paths[i])
            heard = [_through(samples, where, noise, rng) for where in (first, second)]
            for start, end in _windows(samples):
                found.append((*(encoder.embed(one[start:end]) for one in heard), number, group))
            if len(found) >= MOST_PIECES:
                break
        if len(found) >= 2 * LEAST_PIECES:
            rows += found[:MOST_PIECES]
        if number % 25 == 0:
            print(f"{number} of {len(people)}", file=sys.stderr, flush=True)
    return Heard(*(np.array(column) for column in zip(*rows, strict=True)))


def fit(heard: Heard) -> tuple[Separation, dict[str, Any]]:
    """Choose the limits and say what they rest on."""
    names = np.unique(heard.speaker)
    rows = [np.flatnonzero(heard.speaker == name) for name in names]
    halves = [(it[: len(it) // 2], it[len(it) // 2 :]) for it in rows]
    a, b, c = (
        np.stack([source[half[k]].mean(axis=0) for half in halves]).astype(np.float64)
        for source, k in ((heard.embedding, 0), (heard.embedding, 1), (heard.again, 1))
    )
    group = np.array([heard.group[it[0]] for it in rows])
    others = (group[:, None] == group) & ~np.eye(len(names), dtype=np.bool_)
    own_means = np.concatenate([np.sum(a * b, axis=1), np.sum(a * c, axis=1)])
    mean_others = (a @ b.T)[others]
    alike = np.concatenate([np.sum(_unit(a) * _unit(x), axis=1) for x in (b, c)])
    alike_others = (_unit(a) @ _unit(b).T)[others]
    fit_own = np.concatenate(
        [heard.embedding[half[0]] @ _unit(b[i]) for i, half in enumerate(halves)]
    )
    fit_others = np.concatenate(
        [
            (heard.embedding[half[0]] @ _unit(b[others[i]]).T).ravel()
            for i, half in enumerate(halves)
        ]
    )
    same_above = float(np.quantile(alike_others, 1 - OTHERS_TAKEN_FOR_ONE))
    other_below = float(np.quantile(alike, ONE_TAKEN_FOR_OTHERS))
    apart = float(np.median(fit_own) - np.median(fit_others))
    splits = [split_cosine(heard.embedding[it]) for it in rows]
    limits = Separation(
        cut=_equal(own_means, mean_others),
        same_above=max(same_above, other_below),
        other_below=min(same_above, other_below),
        doubtful_below=float(np.quantile(fit_own, ONE_TAKEN_FOR_OTHERS)),
        one_voice_above=float(
            np.quantile([it for it in splits if it is not None], ONE_TAKEN_FOR_OTHERS)
        ),
        stay=apart / 4,
        turn_bonus=apart / 4,
    )
    return limits, {
        "n_speakers": len(names),
        "n_pieces": len(heard.speaker),
        "n_pairs_of_others": int(others.sum()),
        "one_voice_below_cut": _share(own_means < limits.cut),
        "others_above_cut": _share(mean_others >= limits.cut),
        "others_above_same_above": _share(alike_others >= limits.same_above),
        "one_voice_above_same_above": _share(alike >= limits.same_above),
        "one_voice_below_other_below": _share(alike < limits.other_below),
        "others_below_other_below": _share(alike_others < limits.other_below),
        "median_fit_own": round(float(np.median(fit_own)), 3),
        "median_fit_others": round(float(np.median(fit_others)), 3),
    }


def _sexes(speech: Path) -> dict[str, str]:
    with (speech / "MANIFEST.csv").open(encoding="utf-8") as file:
        return {row["speaker"]: row["gender"] for row in csv.DictReader(file)}


def _windows(samples: Samples) -> list[tuple[int, int]]:
    """Return where the pieces of a recording start and end."""
    found: list[tuple[int, int]] = []

    def cut(start_s: float, run: Samples) -> None:
        first = round(start_s * SAMPLE_RATE_HZ)
        found.extend((first + it.start, first + it.end) for it in windows_over(len(run)))

    analyser = Utterances(with_prosody=False, listener=cut)
    list(analyser.push(Sound(0.0, samples)))
    list(analyser.finish())
    return [(start, end) for start, end in found if start >= 0 and end <= len(samples)]


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
    parser.add_argument("--keep", type=Path, help="embeddings of this very encoder")
    parser.add_argument("--ship", action="store_true", help="put it where the package has it")
    args = parser.parse_args()
    encoder = open_encoder(args.model)
    if args.keep and args.keep.is_file():
        heard = Heard.load(args.keep)
    else:
        heard = listen(args.speech, encoder)
        if args.keep:
            heard.save(args.keep)
    limits, rests_on = fit(heard)
    values = {
        "schema": SCHEMA,
        "model": model_of(encoder),
        "measured_on": f"{rests_on['n_speakers']} speakers of the training corpora, as "
        "recorded, through babble at 5 to 20 dB and in an office",
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
