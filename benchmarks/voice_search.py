"""Measure the search of a gallery: speed, memory, recall, and errors by gallery size.

python benchmarks/voice_search.py --data FOLDER [--model FILE] [--sizes 1000 10000 ...] [--postgres]

Galleries hold half of the people of speech/dev, one utterance each, among people drawn around
all of them (`voice_people.Population`). Probes: other utterances of the enrolled half, second
utterances of drawn people, and utterances of the half that is not enrolled.
"""

from __future__ import annotations

import argparse
import csv
import gc
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from provenance import add_data_argument, write_result
from voice_people import People, Population, open_encoder, real_people
from voice_search_server import measure_server

from facesign.biometrics.gallery.index import (
    CONNECTIVITY,
    EXACT_UP_TO,
    EXPANSION_ADD,
    EXPANSION_SEARCH,
    ExactIndex,
    GraphIndex,
    VectorIndex,
)
from facesign.biometrics.stream import FloatArray

SIZES = (1_000, 10_000, 100_000, 1_000_000)
GRAPH_FROM = 10_000
K = 40
"""Vectors that `Search` asks for to name five people."""
N_DRAWN_PROBES = 500
FMRS = (0.01, 0.001)
FPIRS = (0.1, 0.01)
GOAL_P99_MS, GOAL_RECALL = 10.0, 0.995
_CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class Setting:
    """Who is enrolled and who is looked for."""

    enrolled: FloatArray
    """Templates of real people, shape (n_enrolled, 192)."""
    mated: FloatArray
    """Probes of real people who are enrolled."""
    mate: list[int]
    """Place in `enrolled` of each mated probe."""
    others: FloatArray
    """Probes of real people who are not enrolled."""
    population: Population


def setting(people: People, rng: np.random.Generator) -> Setting:
    order = rng.permutation(len(people.names))
    enrolled_people, templates, mated, mate = order[: len(order) // 2], [], [], []
    for place, person in enumerate(enrolled_people):
        said = np.flatnonzero(people.speaker == person)
        template, *probes = rng.permutation(said)
        templates.append(template)
        mated += probes
        mate += [place] * len(probes)
    others = np.flatnonzero(~np.isin(people.speaker, enrolled_people))
    return Setting(
        enrolled=people.embeddings[templates],
        mated=people.embeddings[mated],
        mate=mate,
        others=people.embeddings[others],
        population=Population(people, rng),
    )


def measure_size(held: Setting, n: int, thresholds: dict[str, float]) -> dict[str, Any]:
    """Fill a gallery of one size and search it in every way."""
    drawn_people = held.population.centres(n - len(held.enrolled))
    vectors = np.concatenate([held.enrolled, _in_chunks(held.population, drawn_people)])
    drawn_probes = held.population.utterances(drawn_people[:N_DRAWN_PROBES])
    probes = np.concatenate([held.mated, drawn_probes, held.others])
    best, cosines = exact_best(vectors, probes)
    ids = np.arange(n, dtype=np.int64)
    result: dict[str, Any] = {"n_templates": n, "n_probes": len(probes)}
    if n <= EXACT_UP_TO:
        result["exact"] = timed(ExactIndex(), ids, vectors, probes, best)
    if n >= GRAPH_FROM:
        graph = GraphIndex()
        result["graph"] = timed(graph, ids, vectors, probes, best)
        result["graph"]["index_mb"] = round(graph.memory_bytes / 1e6, 1)
        del graph
    result["errors"] = errors(held, best, cosines, thresholds)
    gc.collect()
    return result


def timed(
    index: VectorIndex, ids: Any, vectors: FloatArray, probes: FloatArray, best: Any
) -> dict[str, Any]:
    """Build an index and search it probe by probe, on one thread."""
    before = _memory_mb()
    start_s, cpu_s = time.perf_counter(), time.process_time()
    for first in range(0, len(ids), _CHUNK):
        index.add(ids[first : first + _CHUNK], vectors[first : first + _CHUNK])
    built_s, built_cpu_s = time.perf_counter() - start_s, time.process_time() - cpu_s
    wall, cpu, found = search_all(index.search, probes)
    return {
        "build_s": round(built_s, 1),
        "build_cpu_s": round(built_cpu_s, 1),
        "growth_mb": round(_memory_mb() - before, 1),
        "wall_ms": spread(wall),
        "cpu_ms": spread(cpu),
        "recall_at_1": round(float(np.mean(found == best)), 5),
    }


def search_all(
    search: Callable[[FloatArray, int], tuple[Any, Any]], probes: FloatArray
) -> tuple[list[float], list[float], Any]:
    """Return wall and CPU milliseconds of each search, and whom it found first."""
    for probe in probes[:20]:
        search(probe, K)
    wall, cpu, found = [], [], []
    for probe in probes:
        start_s, cpu_s = time.perf_counter(), time.thread_time()
        ids, _ = search(probe, K)
        wall.append(1000.0 * (time.perf_counter() - start_s))
        cpu.append(1000.0 * (time.thread_time() - cpu_s))
        found.append(int(ids[0]))
    return wall, cpu, np.array(found)


def exact_best(vectors: FloatArray, probes: FloatArray) -> tuple[Any, Any]:
    """Return the nearest vector of each probe and its cosine."""
    best = np.zeros(len(probes), dtype=np.int64)
    cosines = np.full(len(probes), -2.0, dtype=np.float32)
    for first in range(0, len(vectors), _CHUNK):
        block = probes @ vectors[first : first + _CHUNK].T
        there = block.argmax(axis=1)
        value = block[np.arange(len(probes)), there]
        better = value > cosines
        best[better], cosines[better] = there[better] + first, value[better]
    return best, cosines


def errors(held: Setting, best: Any, cosines: Any, thresholds: dict[str, float]) -> dict[str, Any]:
    """Count false candidates and misses at rank one, for real probes (ISO/IEC 19795-1)."""
    n_mated, n_others = len(held.mated), len(held.others)
    mated, others = cosines[:n_mated], cosines[-n_others:]
    named = best[:n_mated] == np.array(held.mate)
    at = {
        name: {
            "threshold": round(threshold, 4),
            "fpir": round(float(np.mean(others >= threshold)), 4),
            "fnir": round(float(1.0 - np.mean(named & (mated >= threshold))), 4),
        }
        for name, threshold in thresholds.items()
    }
    for fpir in FPIRS:
        threshold = float(np.quantile(others, 1.0 - fpir))
        at[f"fpir_{fpir:g}"] = {
            "threshold": round(threshold, 4),
            "fpir": fpir,
            "fnir": round(float(1.0 - np.mean(named & (mated > threshold))), 4),
        }
    return {
        "n_mated_probes": n_mated,
        "n_non_mated_probes": n_others,
        "rank_1_identification_rate": round(float(np.mean(named)), 4),
        "at": at,
    }


def trial_thresholds(data: Path, people: People) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the cosines that keep each false match rate on the impostor trials of dev."""
    place = {path: i for i, path in enumerate(people.paths)}
    with (data / "speech" / "dev" / "trials.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cosines = np.array(
        [
            people.embeddings[place[row["path_a"]]] @ people.embeddings[place[row["path_b"]]]
            for row in rows
        ]
    )
    impostor = cosines[[row["label"] == "0" for row in rows]]
    genuine = cosines[[row["label"] == "1" for row in rows]]
    found = {f"fmr_{rate:g}": float(np.quantile(impostor, 1.0 - rate)) for rate in FMRS}
    return found, {
        "n_impostor_trials": len(impostor),
        "impostor_cosine": _quantiles(impostor),
        "genuine_cosine": _quantiles(genuine),
    }


def drawn_likeness(population: Population) -> dict[str, Any]:
    """Say how alike drawn people are, to set beside the real trials."""
    centres = population.centres(2000)
    one, again = population.utterances(centres), population.utterances(centres)
    return {
        "impostor_cosine": _quantiles(np.sum(one[::2] * again[1::2], axis=1)),
        "genuine_cosine": _quantiles(np.sum(one * again, axis=1)),
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "p50": round(float(np.percentile(values, 50)), 3),
        "p99": round(float(np.percentile(values, 99)), 3),
    }


def _in_chunks(population: Population, people: FloatArray) -> FloatArray:
    parts = [people[first : first + _CHUNK] for first in range(0, len(people), _CHUNK)]
    return np.concatenate([population.utterances(part) for part in parts])


def _quantiles(values: Any) -> dict[str, float]:
    return {f"p{p}": round(float(np.percentile(values, p)), 3) for p in (1, 5, 50, 95, 99)}


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--model", type=Path, help="encoder file that is not registered")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--postgres", type=int, default=100_000, help="templates on the server")
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    encoder = open_encoder(arguments.model)
    people = real_people(arguments.data, encoder)
    thresholds, trials = trial_thresholds(arguments.data, people)
    held = setting(people, rng)
    rows = []
    for n in arguments.sizes:
        rows.append(measure_size(held, n, thresholds))
        print(rows[-1], flush=True)
    result = {
        "question": "how fast, how complete and how often wrong is a search, by gallery size?",
        "encoder": encoder.label,
        "n_people": len(people.names),
        "n_enrolled_people": len(held.enrolled),
        "k": K,
        "graph": {
            "connectivity": CONNECTIVITY,
            "expansion_add": EXPANSION_ADD,
            "expansion_search": EXPANSION_SEARCH,
            "dtype": "f16",
        },
        "exact_up_to": EXACT_UP_TO,
        "goal": {"p99_ms": GOAL_P99_MS, "recall_at_1": GOAL_RECALL},
        "real_trials": trials,
        "drawn_people": drawn_likeness(held.population),
        "sizes": rows,
        "postgres": measure_server(held.population, arguments.postgres),
    }
    data = arguments.data / "speech" / "dev"
    print(write_result("voice_search", result, [data / "trials.csv", data / "MANIFEST.csv"]))


if __name__ == "__main__":
    main()
