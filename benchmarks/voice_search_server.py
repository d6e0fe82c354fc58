"""The same search on a PostgreSQL server with pgvector's graph, for `voice_search.py`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pgserver
import psycopg
from voice_people import Population

from facesign.biometrics.gallery.search import EF_SEARCH
from facesign.biometrics.stream import FloatArray

__all__ = ["measure_server"]

K = 40
N_PROBES = 500
# As the gallery's first migration makes it.
GRAPH = "CREATE INDEX ON vectors USING hnsw (vector vector_ip_ops)"
N_WORKERS = 1
"""Beside the one that leads: two cores build the graph."""
MEMORY_MB = 1024
"""A graph that fits into it is built in memory, and is written once."""
NEAREST = "SELECT id FROM vectors ORDER BY vector <#> %s::vector LIMIT %s"


def measure_server(population: Population, n: int) -> dict[str, Any]:
    """Fill a table, make its graph, and search with and without it."""
    centres = population.centres(n)
    vectors = population.utterances(centres)
    probes = population.utterances(centres[:N_PROBES])
    best = np.concatenate([np.argmax(part @ vectors.T, axis=1) for part in np.split(probes, 10)])
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        server = pgserver.get_server(Path(folder), cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                return _measure(connection, vectors, probes, best)
        finally:
            server.cleanup()


def _measure(
    connection: psycopg.Connection[Any], vectors: FloatArray, probes: FloatArray, best: Any
) -> dict[str, Any]:
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    connection.execute("CREATE TABLE vectors (id bigint PRIMARY KEY, vector vector(192))")
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY vectors FROM STDIN") as copy,
    ):
        for i, vector in enumerate(vectors):
            copy.write_row((i, _text(vector)))
    exact = _search(connection, probes[:50], best[:50])
    start_s = time.perf_counter()
    connection.execute(f"SET maintenance_work_mem = '{MEMORY_MB}MB'")
    connection.execute(f"SET max_parallel_maintenance_workers = {N_WORKERS}")
    connection.execute(GRAPH)
    built_s = time.perf_counter() - start_s
    connection.execute(f"SET hnsw.ef_search = {EF_SEARCH}")
    size = connection.execute("SELECT pg_relation_size('vectors_vector_idx')").fetchone()
    version = connection.execute(
        "SELECT current_setting('server_version'), "
        "(SELECT extversion FROM pg_extension WHERE extname = 'vector')"
    ).fetchone()
    return {
        "n_templates": len(vectors),
        "n_probes": len(probes),
        "versions": version,
        "ef_search": EF_SEARCH,
        "workers": 1 + N_WORKERS,
        "memory_mb": MEMORY_MB,
        "build_s": round(built_s, 1),
        "index_mb": round((size or (0,))[0] / 1e6, 1),
        "graph": _search(connection, probes, best),
        "exact": exact,
    }


def _search(connection: psycopg.Connection[Any], probes: FloatArray, best: Any) -> dict[str, Any]:
    wall, hits = [], 0
    for probe, wanted in zip(probes, best, strict=True):
        start_s = time.perf_counter()
        rows = connection.execute(NEAREST, (_text(probe), K)).fetchall()
        wall.append(1000.0 * (time.perf_counter() - start_s))
        hits += rows[0][0] == wanted
    return {
        "wall_ms": {
            "p50": round(float(np.percentile(wall, 50)), 3),
            "p99": round(float(np.percentile(wall, 99)), 3),
        },
        "recall_at_1": round(hits / len(probes), 5),
    }


def _text(vector: FloatArray) -> str:
    return "[" + ",".join(f"{value:.6g}" for value in vector) + "]"
