"""Measure how often an enrollment is refused for a second voice, rightly and wrongly.

python benchmarks/voice_gates.py --data FOLDER [--model FILE]

The limit was chosen on training speakers (models/training/voiceprint/separation.py). Recordings
are made of utterances of speech/dev: one person, two of one corpus and sex one after the other
(a half or a quarter of the time the second), and two at once.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from provenance import add_data_argument, write_result
from scipy.stats import binomtest
from voice_people import sound_of
from voiceprint_encoder import open_encoder

from facesign.biometrics.gallery.gates import split_cosine
from facesign.biometrics.gallery.hearing import hear, pieces_of
from facesign.biometrics.speakers.separation import shipped_separation
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.biometrics.voiceprint.encoder import Encoder

LENGTH_S = 15.0
MOST_SPEAKERS = 150
KINDS = ("one person", "half another", "a quarter another", "two at once")


def speakers(folder: Path) -> dict[tuple[str, str], dict[str, list[str]]]:
    """Return paths by speaker, by corpus and sex; speakers with enough speech only."""
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    seconds: dict[str, float] = defaultdict(float)
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["corpus"], row["gender"]][row["speaker"]].append(row["path"])
            seconds[row["speaker"]] += float(row["seconds"])
    return {
        group: {name: paths for name, paths in people.items() if seconds[name] >= LENGTH_S}
        for group, people in found.items()
    }


def recordings(folder: Path, rng: np.random.Generator) -> Iterator[tuple[str, FloatArray]]:
    """Yield recordings of every kind: what kind, and the samples."""
    n = int(LENGTH_S * SAMPLE_RATE_HZ)
    groups = [people for people in speakers(folder).values() if len(people) > 1]
    pairs = [(one, people) for people in groups for one in people]
    for place in rng.permutation(len(pairs))[:MOST_SPEAKERS]:
        name, people = pairs[place]
        other = rng.choice([one for one in people if one != name])
        own, others = _joined(folder, people[name], n), _joined(folder, people[other], n)
        yield "one person", own
        yield "half another", np.concatenate([own[: n // 2], others[: n // 2]])
        yield "a quarter another", np.concatenate([own[: 3 * n // 4], others[: n // 4]])
        yield "two at once", np.clip(own + others, -1.0, 1.0)


def cosines(folder: Path, encoder: Encoder) -> dict[str, list[float]]:
    """Return the split cosine of every recording by kind; 1 where there are no two groups."""
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, samples in recordings(folder, np.random.default_rng(0)):
        cosine = split_cosine(encoder.embed_windows(hear(pieces_of(samples)).speech))
        found[kind].append(1.0 if cosine is None else cosine)
    return found


def refused(values: list[float], limit: float) -> dict[str, Any]:
    n_refused = sum(value < limit for value in values)
    interval = binomtest(n_refused, len(values)).proportion_ci(method="wilson")
    return {
        "n": len(values),
        "refused": round(n_refused / len(values), 4),
        "interval": [round(interval.low, 4), round(interval.high, 4)],
    }


def _joined(folder: Path, paths: list[str], n: int) -> FloatArray:
    parts: list[FloatArray] = []
    for path in paths:
        parts.append(sound_of(folder / path))
        if sum(map(len, parts)) >= n:
            break
    return np.concatenate(parts)[:n]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--model", type=Path, help="encoder file that is not registered")
    arguments = parser.parse_args()
    encoder = open_encoder(arguments.model)
    speech = arguments.data / "speech"
    limits = shipped_separation(encoder.label)
    if limits is None:
        parser.error(f"{encoder.label} has no limits: run models/training/voiceprint/separation.py")
    measured = cosines(speech / "dev", encoder)
    result = {
        "question": "how often is an enrollment refused for a second voice?",
        "encoder": encoder.label,
        "recording_s": LENGTH_S,
        "limit_in_force": limits.one_voice_above,
        "dev": {kind: refused(values, limits.one_voice_above) for kind, values in measured.items()},
    }
    print(result)
    print(
        write_result("voice_gates", result, [speech / part / "MANIFEST.csv" for part in ("dev",)])
    )


if __name__ == "__main__":
    main()
