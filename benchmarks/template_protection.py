"""Measure what the rotation of search vectors costs, gives, and does not give (ISO/IEC 30136).

python benchmarks/template_protection.py --data FOLDER [--model FILE]

Accuracy with and without it; how far templates of one person under two keys can be linked
(Gomez-Barrero 2018: 0 not at all, 1 fully); and how many known pairs of embedding and rotated
copy reveal the rotation.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from provenance import add_data_argument, write_result
from voice_people import People, real_people
from voiceprint_encoder import open_encoder

from facesign.biometrics.error_rates import eer
from facesign.biometrics.gallery.protection import DIM, new_rotation
from facesign.biometrics.stream import FloatArray

N_KEY_PAIRS = 20
N_SHUFFLES = 20
BINS = 50
KNOWN_PAIRS = (10, 50, 100, 150, 192, 400)

Scores = npt.NDArray[np.float64]


def linkability(mated: Scores, non_mated: Scores) -> float:
    """Return D of the whole system, 0 to 1, from histograms of both kinds of scores."""
    both = np.concatenate([mated, non_mated])
    edges = np.linspace(both.min(), both.max() + 1e-9, BINS + 1)
    p = np.histogram(mated, edges)[0] / len(mated)
    q = np.histogram(non_mated, edges)[0] / len(non_mated)
    ratio = np.divide(p, q, out=np.full(BINS, np.inf), where=q > 0)
    local = np.where(
        np.isinf(ratio), 1.0, 2.0 * ratio / (1.0 + np.where(np.isinf(ratio), 0, ratio)) - 1.0
    )
    return float(np.sum(p * np.clip(local, 0.0, 1.0)))


def accuracy(a: FloatArray, b: FloatArray, genuine: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Return the EER of trials as they are, rotated, and in the index's half precision."""
    rotation = new_rotation()
    pairs = {
        "plain": (a, b),
        "rotated": (a @ rotation.T, b @ rotation.T),
        "rotated, half precision": (
            (a @ rotation.T).astype(np.float16).astype(np.float32),
            (b @ rotation.T).astype(np.float16).astype(np.float32),
        ),
    }
    found = {}
    for name, (one, other) in pairs.items():
        scores = np.sum(one * other, axis=1).astype(np.float64)
        found[name] = round(eer(scores[genuine], scores[~genuine]), 5)
    moved = np.abs(
        np.sum(pairs["rotated"][0] * pairs["rotated"][1], axis=1) - np.sum(a * b, axis=1)
    )
    return {**found, "largest_change_of_a_cosine": float(np.max(moved))}


def unlinkability(
    a: FloatArray, b: FloatArray, genuine: npt.NDArray[np.bool_], rng: np.random.Generator
) -> dict[str, Any]:
    """Compare templates under two keys, beside one key, and beside shuffled labels."""
    under_two, shuffled, under_one = [], [], []
    for _ in range(N_KEY_PAIRS):
        one, other = new_rotation(), new_rotation()
        scores = np.sum((a @ one.T) * (b @ other.T), axis=1)
        under_two.append(linkability(scores[genuine], scores[~genuine]))
        mixed = rng.permutation(genuine)
        shuffled.append(linkability(scores[mixed], scores[~mixed]))
    same = np.sum((a @ one.T) * (b @ one.T), axis=1)
    under_one.append(linkability(same[genuine], same[~genuine]))
    return {
        "n_key_pairs": N_KEY_PAIRS,
        "n_mated": int(genuine.sum()),
        "n_non_mated": int((~genuine).sum()),
        "two_keys": _mean_range(under_two),
        "two_keys_shuffled": _mean_range(shuffled),
        "one_key": round(under_one[0], 4),
    }


def known_pairs(people: People, rng: np.random.Generator) -> list[dict[str, float]]:
    """Recover a rotation from known pairs, and compare what it gives for other embeddings."""
    order = rng.permutation(len(people.embeddings))
    held, rest = people.embeddings[order], people.embeddings[order[-200:]]
    rotation, rows = new_rotation(), []
    for n in KNOWN_PAIRS:
        known = held[:n]
        u, _, v = np.linalg.svd((known @ rotation.T).T @ known)
        guessed = (u @ v).astype(np.float32)
        cosines = np.sum((rest @ rotation.T) * (rest @ guessed.T), axis=1)
        rows.append({"known_pairs": n, "median_cosine": round(float(np.median(cosines)), 3)})
    return rows


def _mean_range(values: list[float]) -> dict[str, float]:
    return {
        "mean": round(float(np.mean(values)), 4),
        "min": round(min(values), 4),
        "max": round(max(values), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--model", type=Path, help="encoder file that is not registered")
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    encoder = open_encoder(arguments.model)
    people = real_people(arguments.data, encoder)
    folder = arguments.data / "speech" / "dev"
    place = {path: i for i, path in enumerate(people.paths)}
    with (folder / "trials.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    a = people.embeddings[[place[row["path_a"]] for row in rows]]
    b = people.embeddings[[place[row["path_b"]] for row in rows]]
    genuine = np.array([row["label"] == "1" for row in rows])
    result = {
        "question": "what does the rotation of search vectors cost, give, and not give?",
        "encoder": encoder.label,
        "dimensions": DIM,
        "eer": accuracy(a, b, genuine),
        "linkability": unlinkability(a, b, genuine, rng),
        "known_pairs": known_pairs(people, rng),
    }
    print(result)
    print(write_result("template_protection", result, [folder / "trials.csv"]))


if __name__ == "__main__":
    main()
