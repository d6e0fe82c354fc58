"""Measure what the graph of search vectors costs and finds, by how it is built.

python benchmarks/voice_search_settings.py --data FOLDER [--n 100000] [--model FILE]

The same people are put into a graph of each kind on one thread, and the same probes look for them;
`biometrics/gallery/index.py` has what was chosen. Each kind is written when it is done, and a
later run goes on with the kinds that are missing.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
from provenance import RESULTS, add_data_argument, write_result
from voice_search import (
    DATA_FILES,
    GOAL_P99_MS,
    GOAL_RECALL,
    Gallery,
    Setting,
    built,
    search_all,
    setting_of,
    spread,
)

from facesign.biometrics.gallery.protection import DIM

KINDS = (
    ("i8", 32, 128),
    ("bf16", 32, 128),
    ("i8", 16, 128),
    ("f16", 32, 128),
    ("i8", 16, 64),
)
"""How a coordinate is held, neighbours of a vector, and how widely they are looked for."""
SEARCHED = (128, 256)


def measure_kind(gallery: Gallery, dtype: str, connectivity: int, add: int) -> list[dict[str, Any]]:
    """Build one graph, and search it with each width."""
    from usearch.index import Index  # loaded before SciPy it crashes ONNX Runtime

    index = Index(ndim=DIM, metric="ip", dtype=dtype, connectivity=connectivity, expansion_add=add)
    took = built(lambda ids, vectors: index.add(ids, vectors, threads=1), gallery.vectors)
    rows = []
    for width in SEARCHED:
        index.expansion_search = width

        def search(vector: Any, k: int) -> tuple[Any, Any]:
            found = index.search(vector, k, threads=1)
            return found.keys, found.distances

        wall, cpu, found = search_all(search, gallery.probes)
        rows.append(
            {
                "dtype": dtype,
                "connectivity": connectivity,
                "expansion_add": add,
                "expansion_search": width,
                "build_cpu_s": took["build_cpu_s"],
                "index_mb": round(index.memory_usage / 1e6, 1),
                "recall_at_1": round(float(np.mean(found == gallery.best)), 5),
                "cpu_ms": spread(cpu),
                "wall_ms": spread(wall),
            }
        )
    return rows


def known_rows(n: int, encoder: str) -> list[dict[str, Any]]:
    """Return what an earlier run measured of the same people."""
    path = RESULTS / "voice_search_settings.json"
    if not path.is_file():
        return []
    held = json.loads(path.read_text("utf-8"))
    same = held["n_templates"] == n and held["encoder"] == encoder
    return list(held["rows"]) if same else []


def measure(held: Setting, n: int, data: Any) -> None:
    rows = known_rows(n, held.encoder)
    done = {(row["dtype"], row["connectivity"], row["expansion_add"]) for row in rows}
    gallery = Gallery.drawn(held, n)
    for dtype, connectivity, add in KINDS:
        if (dtype, connectivity, add) in done:
            continue
        rows += measure_kind(gallery, dtype, connectivity, add)
        result = {
            "question": "what does the graph of search vectors cost and find, by its settings?",
            "encoder": held.encoder,
            "n_templates": n,
            "n_probes": len(gallery.probes),
            "goal": {"p99_ms": GOAL_P99_MS, "recall_at_1": GOAL_RECALL},
            "rows": rows,
        }
        write_result("voice_search_settings", result, [data / name for name in DATA_FILES])
        print(*rows[-len(SEARCHED) :], sep="\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_argument(parser)
    parser.add_argument("--model", help="encoder file that is not registered")
    parser.add_argument("--n", type=int, default=100_000)
    arguments = parser.parse_args()
    measure(setting_of(arguments.data, arguments.model), arguments.n, arguments.data)


if __name__ == "__main__":
    main()
