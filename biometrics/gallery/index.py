"""Nearest vectors: exactly, or by a graph where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from facesign.biometrics.gallery.protection import DIM
from facesign.biometrics.stream import FloatArray
from facesign.errors import GalleryError

if TYPE_CHECKING:
    from usearch.index import Index

__all__ = ["EXACT_UP_TO", "ExactIndex", "GraphIndex", "Ids", "VectorIndex"]

Ids: TypeAlias = npt.NDArray[np.int64]

EXACT_UP_TO = 100_000
"""Vectors that are searched one by one; more are searched by a graph."""
CONNECTIVITY = 32
EXPANSION_ADD = 128
EXPANSION_SEARCH = 512
DTYPE = "f16"
_PLACEHOLDER = 2**62
"""A key that no database hands out."""


class VectorIndex(Protocol):
    """Unit vectors by id."""

    def __len__(self) -> int:
        """Return how many there are."""

    def add(self, ids: Ids, vectors: FloatArray) -> None:
        """Add vectors, shape (n, 192), under new ids, shape (n,)."""

    def remove(self, ids: Sequence[int]) -> None:
        """Erase vectors; an id that is not there is passed over."""

    def search(self, vector: FloatArray, k: int) -> tuple[Ids, FloatArray]:
        """Return the ids and cosines of the k nearest, nearest first, shape (at most k,)."""


class ExactIndex:
    """Compare with every vector."""

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}
        self._ids: Ids = np.zeros(0, dtype=np.int64)
        self._vectors: FloatArray = np.zeros((0, DIM), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, ids: Ids, vectors: FloatArray) -> None:
        """Add vectors, shape (n, 192), under new ids, shape (n,)."""
        n_held, n_new = len(self), len(ids)
        if n_held + n_new > len(self._ids):
            self._grow(max(2 * len(self._ids), n_held + n_new))
        self._ids[n_held : n_held + n_new] = ids
        self._vectors[n_held : n_held + n_new] = vectors
        self._rows.update(zip(ids.tolist(), range(n_held, n_held + n_new), strict=True))

    def remove(self, ids: Sequence[int]) -> None:
        """Erase vectors; the last one takes the place of each."""
        for vector_id in ids:
            row = self._rows.pop(vector_id, None)
            if row is None:
                continue
            last = len(self._rows)
            if row != last:
                self._ids[row] = self._ids[last]
                self._vectors[row] = self._vectors[last]
                self._rows[int(self._ids[row])] = row
            self._vectors[last] = 0.0

    def search(self, vector: FloatArray, k: int) -> tuple[Ids, FloatArray]:
        """Return the ids and cosines of the k nearest, nearest first, shape (at most k,)."""
        cosines = self._vectors[: len(self)] @ vector
        n_found = min(k, len(cosines))
        found = np.argpartition(cosines, len(cosines) - n_found)[len(cosines) - n_found :]
        found = found[np.argsort(-cosines[found], kind="stable")]
        return self._ids[found], cosines[found]

    def to_graph(self) -> GraphIndex:
        """Return a graph of the same vectors."""
        graph = GraphIndex()
        graph.add(self._ids[: len(self)], self._vectors[: len(self)])
        return graph

    def _grow(self, capacity: int) -> None:
        ids, vectors = self._ids, self._vectors
        self._ids = np.zeros(capacity, dtype=np.int64)
        self._vectors = np.zeros((capacity, DIM), dtype=np.float32)
        self._ids[: len(ids)] = ids
        self._vectors[: len(vectors)] = vectors


class GraphIndex:
    """Walk a graph of near neighbours (usearch).

    Source: Malkov and Yashunin 2020.
    """

    def __init__(self, saved: bytes | None = None) -> None:
        from usearch.index import Index

        self._index: Index = Index(
            ndim=DIM,
            metric="ip",
            dtype=DTYPE,
            connectivity=CONNECTIVITY,
            expansion_add=EXPANSION_ADD,
            expansion_search=EXPANSION_SEARCH,
        )
        if saved is not None:
            self._index.load(saved)

    def __len__(self) -> int:
        return len(self._index)

    @property
    def memory_bytes(self) -> int:
        """Memory that the graph holds."""
        return int(self._index.memory_usage)

    def add(self, ids: Ids, vectors: FloatArray, *, threads: int = 1) -> None:
        """Add vectors, shape (n, 192), under new ids, shape (n,)."""
        self._index.add(ids, vectors, threads=threads)

    def remove(self, ids: Sequence[int]) -> None:
        """Erase vectors.

        The graph only unhooks what is removed and keeps its numbers until something takes
        the place: so something does, and is removed in turn.
        """
        for vector_id in ids:
            if vector_id not in self._index:
                continue
            self._index.remove(vector_id)
            noise = np.random.default_rng().standard_normal(DIM).astype(np.float32)
            self._index.add(_PLACEHOLDER, noise / np.linalg.norm(noise), threads=1)
            self._index.remove(_PLACEHOLDER)

    def search(self, vector: FloatArray, k: int) -> tuple[Ids, FloatArray]:
        """Return the ids and cosines of the k nearest, nearest first, shape (at most k,)."""
        matches = self._index.search(vector, k, threads=1)
        ids = np.asarray(matches.keys).astype(np.int64)
        return ids, 1.0 - np.asarray(matches.distances, dtype=np.float32)

    def save(self) -> bytes:
        """Return the graph as bytes that the constructor takes.

        Raises:
            GalleryError: it cannot be written down.
        """
        saved = self._index.save()
        if saved is None:
            raise GalleryError("index", "it cannot be saved")
        return bytes(saved)
