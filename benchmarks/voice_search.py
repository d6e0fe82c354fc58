"""Measure the search of a gallery: speed, memory, recall, and errors by gallery size.

python benchmarks/voice_search.py --data FOLDER [--model FILE] [--sizes 1000 10000 ...]

Galleries hold half of the people of speech/dev, one utterance each, among people drawn around
all of them (`voice_people.Population`). Probes: other utterances of the enrolled half, second
utterances of drawn people, and utterances of the half that is not enrolled.

Each size is written when it is done, beside the sizes of earlier runs with the same encoder and
graph. Embeddings and built graphs are kept in `.work/voice_search`, so that a run that was
stopped goes on; a graph that is taken from there keeps the cost of building it.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from provenance import COMMIT, RESULTS, ROOT, add_data_argument, write_result
from voice_people import People, Population, real_people
from voiceprint_encoder import open_encoder

from facesign.biometrics.gallery.index import (
    CONNECTIVITY,
    DTYPE,
    EXACT_UP_TO,
    EXPANSION_ADD,
    EXPANSION_SEARCH,
    ExactIndex,
    GraphIndex,
)
from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.encoder import Encoder

SIZES = (1_000, 10_000, 100_000, 1_000_000)
GRAPH_FROM = 10_000
K = 40
"""Vectors that `Search` asks for to name five people."""
N_DRAWN_PROBES = 500
FMRS = (0.01, 0.001)
FPIRS = (0.1, 0.01)
GOAL_P99_MS, GOAL_RECALL = 10.0, 0.995
GRAPH = {
    "connectivity": CONNECTIVITY,
    "expansion_add": EXPANSION_ADD,
    "expansion_search": EXPANSION_SEARCH,
    "dtype": DTYPE,
}
DRAW = 2
"""Counted up when other people would be drawn: sizes of two draws are not set side by side."""
DATA_FILES = ("speech/dev/trials.csv", "speech/dev/MANIFEST.csv")
WORK = ROOT / ".work" / "voice_search"
BUILD_THREADS = 2
_CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class Setting:
    """Who is enrolled and who is looked for."""

    encoder: str
    people: People
    enrolled: FloatArray
    """Templates of real people, shape (n_enrolled, 192)."""
    mated: FloatArray
    """Probes of real people who are enrolled."""
    mate: list[int]
    """Place in `enrolled` of each mated probe."""
    others: FloatArray
    """Probes of real people who are not enrolled."""


def setting_of(data: Path, model: str | None) -> Setting:
    """Embed the people of speech/dev, or read what was embedded before, and enroll half."""
    encoder = open_encoder(Path(model) if model else None)
    people = _known_people(data, encoder)
    order = np.random.default_rng(0).permutation(len(people.names))
    rng = np.random.default_rng(1)
    enrolled_people, templates, mated, mate = order[: len(order) // 2], [], [], []
    for place, person in enumerate(enrolled_people):
        said = np.flatnonzero(people.speaker == person)
        template, *probes = rng.permutation(said)
        templates.append(template)
        mated += probes
        mate += [place] * len(probes)
    others = np.flatnonzero(~np.isin(people.speaker, enrolled_people))
    return Setting(
        encoder=encoder.label,
        people=people,
        enrolled=people.embeddings[templates],
        mated=people.embeddings[mated],
        mate=mate,
        others=people.embeddings[others],
    )


@dataclass(frozen=True, eq=False)
class Gallery:
    """A gallery of one size, the same whenever it is drawn, and who is looked for in it."""

    vectors: FloatArray
    probes: FloatArray
    best: Any
    """Place of the nearest vector of each probe."""
    cosines: Any

    @classmethod
    def drawn(cls, held: Setting, n: int) -> Gallery:
        """Draw the people around the enrolled ones."""
        population = Population(held.people, np.random.default_rng([0, n]))
        people = population.centres(n - len(held.enrolled))
        vectors = np.concatenate([held.enrolled, _in_chunks(population, people)])
        again = population.utterances(people[:N_DRAWN_PROBES])
        probes = np.concatenate([held.mated, again, held.others])
        return cls(vectors, probes, *exact_best(vectors, probes))


def measure_size(held: Setting, n: int, thresholds: dict[str, float]) -> dict[str, Any]:
    """Fill a gallery of one size and search it in every way."""
    gallery = Gallery.drawn(held, n)
    result: dict[str, Any] = {"n_templates": n, "n_probes": len(gallery.probes)}
    if n <= EXACT_UP_TO:
        exact = ExactIndex()
        took = built(exact.add, gallery.vectors)
        result["exact"] = {**took, **searched(exact.search, gallery)}
    if n >= GRAPH_FROM:
        graph, took = known_graph(held.encoder, gallery.vectors)
        result["graph"] = {**took, **searched(graph.search, gallery)}
        result["graph"]["index_mb"] = round(graph.memory_bytes / 1e6, 1)
        del graph
    result["errors"] = errors(held, gallery.best, gallery.cosines, thresholds)
    result["measured"] = {"commit": COMMIT, "load_average": round(os.getloadavg()[0], 2)}
    gc.collect()
    return result


def known_graph(encoder: str, vectors: FloatArray) -> tuple[GraphIndex, dict[str, float]]:
    """Build the graph of a gallery, or read the one that an earlier run built."""
    kind = "-".join(map(str, (CONNECTIVITY, EXPANSION_ADD, DTYPE)))
    file = WORK / f"{encoder.replace('@', '-')}-{len(vectors)}-{kind}.graph"
    cost = file.with_suffix(".json")
    if cost.is_file():
        return GraphIndex(file.read_bytes()), json.loads(cost.read_text())
    graph = GraphIndex()
    took = built(lambda ids, part: graph.add(ids, part, threads=BUILD_THREADS), vectors)
    file.write_bytes(graph.save())
    cost.write_text(json.dumps(took))
    return graph, took


def built(add: Callable[[Any, FloatArray], Any], vectors: FloatArray) -> dict[str, float]:
    """Add all vectors, and say what it cost."""
    before = _memory_mb()
    start_s, cpu_s = time.perf_counter(), time.process_time()
    for first in range(0, len(vectors), _CHUNK):
        part = vectors[first : first + _CHUNK]
        add(np.arange(first, first + len(part), dtype=np.int64), part)
    return {
        "build_s": round(time.perf_counter() - start_s, 1),
        "build_cpu_s": round(time.process_time() - cpu_s, 1),
        "growth_mb": round(_memory_mb() - before, 1),
    }


def searched(
    search: Callable[[FloatArray, int], tuple[Any, Any]], gallery: Gallery
) -> dict[str, Any]:
    """Search probe by probe, on one thread."""
    wall, cpu, found = search_all(search, gallery.probes)
    return {
        "wall_ms": spread(wall),
        "cpu_ms": spread(cpu),
        "recall_at_1": round(float(np.mean(found == gallery.best)), 5),
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


def _known_people(data: Path, encoder: Encoder) -> People:
    WORK.mkdir(parents=True, exist_ok=True)
    file = WORK / f"{encoder.label.replace('@', '-')}-people.npz"
    if file.is_file():
        with np.load(file) as held:
            names, corpora, paths = (tuple(held[n].tolist()) for n in ("names", "corpora", "paths"))
            return People(held["embeddings"], held["speaker"], names, corpora, paths)
    people = real_people(data, encoder)
    np.savez(file, **vars(people))
    return people


def known_result(held: Setting) -> dict[str, Any]:
    """Return what earlier runs measured with this encoder and graph."""
    path = RESULTS / "voice_search.json"
    known = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    wanted = {"encoder": held.encoder, "graph": GRAPH, "draw": DRAW}
    return known if all(known.get(name) == it for name, it in wanted.items()) else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_argument(parser)
    parser.add_argument("--model", help="encoder file that is not registered")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--again", action="store_true", help="measure sizes that are there, too")
    parser.add_argument("--postgres", type=int, default=0, help="templates on the server")
    arguments = parser.parse_args()
    held = setting_of(arguments.data, arguments.model)
    thresholds, trials = trial_thresholds(arguments.data, held.people)
    known = known_result(held)
    rows = {row["n_templates"]: row for row in known.get("sizes", [])}
    population = Population(held.people, np.random.default_rng(2))
    result = {
        "question": "how fast, how complete and how often wrong is a search, by gallery size?",
        "encoder": held.encoder,
        "n_people": len(held.people.names),
        "n_enrolled_people": len(held.enrolled),
        "draw": DRAW,
        "k": K,
        "graph": GRAPH,
        "exact_up_to": EXACT_UP_TO,
        "goal": {"p99_ms": GOAL_P99_MS, "recall_at_1": GOAL_RECALL},
        "real_trials": trials,
        "drawn_people": drawn_likeness(population),
        "sizes": [rows[n] for n in sorted(rows)],
        "postgres": known.get("postgres"),
    }
    data = [arguments.data / name for name in DATA_FILES]
    for n in arguments.sizes:
        if n in rows and not arguments.again:
            continue
        rows[n] = measure_size(held, n, thresholds)
        result["sizes"] = [rows[n] for n in sorted(rows)]
        print(rows[n], write_result("voice_search", result, data), sep="\n", flush=True)
    if arguments.postgres:
        from voice_search_server import measure_server  # needs pgserver

        result["postgres"] = measure_server(population, arguments.postgres)
        print(result["postgres"], write_result("voice_search", result, data), sep="\n")


if __name__ == "__main__":
    main()
