"""An index in memory that follows the database: the database is the truth."""

from __future__ import annotations

import hashlib
import threading

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select

from facesign.biometrics.gallery.epochs import Epoch, current
from facesign.biometrics.gallery.index import EXACT_UP_TO, ExactIndex, GraphIndex, Ids, VectorIndex
from facesign.biometrics.gallery.purposes import SearchPurpose
from facesign.biometrics.gallery.snapshots import Snapshot, Snapshots
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.gallery.tables import GalleryRow, RemovedVectorRow, SearchVectorRow
from facesign.biometrics.stream import FloatArray

__all__ = ["Follower"]

_BATCH = 10_000
_SAVE_AFTER = 10_000
"""Changes after which a graph is worth saving again."""


class Follower:
    """Search the vectors of one purpose and one model, as the database has them now.

    Args:
        gallery: The gallery to follow.
        purpose: Whose vectors.
        model: Vectors of other models are not compared.
        snapshots: Where to keep a graph between runs; nowhere by default.
        exact_up_to: Vectors above which a graph is searched.
    """

    def __init__(
        self,
        gallery: Gallery,
        purpose: SearchPurpose,
        model: str,
        *,
        snapshots: Snapshots | None = None,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        self._gallery = gallery
        self._purpose = purpose
        self._model = model
        self._snapshots = snapshots
        self._exact_up_to = exact_up_to
        self._name = f"{purpose}-{hashlib.sha256(model.encode()).hexdigest()[:12]}"
        self._lock = threading.Lock()
        self._index: VectorIndex = ExactIndex()
        self._epoch: Epoch | None = None
        self._revision = -1
        self._unsaved = 0

    def nearest(self, embedding: FloatArray, k: int) -> tuple[Ids, FloatArray]:
        """Return ids of search vectors and their cosines, nearest first.

        Args:
            embedding: Unit length, shape (192,), not rotated.
            k: How many at most.

        Raises:
            GalleryError: the database cannot be reached.
        """
        with self._lock:
            epoch = self._refresh()
            if not len(self._index):
                return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
            return self._index.search(epoch.rotate(embedding), k)

    def _refresh(self) -> Epoch:
        """Take over what changed since the last time; start again in a new epoch."""
        with self._gallery.database.reading() as connection:
            state = select(GalleryRow.epoch, GalleryRow.revision)
            number, revision = connection.execute(state).one()
            if self._epoch is None or self._epoch.number != number:
                self._epoch = current(connection, self._gallery.vault)
                self._start(connection, self._epoch)
            if revision != self._revision:
                self._remove_gone(connection)
                self._add_new(connection)
                self._revision = revision
        if self._unsaved >= _SAVE_AFTER:
            self._save(self._epoch)
        return self._epoch

    def _start(self, connection: Connection, epoch: Epoch) -> None:
        self._index, self._revision, self._unsaved = ExactIndex(), -1, 0
        counted = select(func.count()).select_from(SearchVectorRow).where(*self._ours())
        if connection.execute(counted).scalar_one() <= self._exact_up_to:
            return
        saved = self._snapshots.load(epoch, self._name) if self._snapshots else None
        self._index = saved.index if saved else GraphIndex()
        self._revision = saved.revision if saved else -1

    def _remove_gone(self, connection: Connection) -> None:
        newer = RemovedVectorRow.revision > self._revision
        gone = connection.execute(select(RemovedVectorRow.vector_id).where(newer)).scalars().all()
        self._index.remove(gone)

    def _add_new(self, connection: Connection) -> None:
        query = select(SearchVectorRow.vector_id, SearchVectorRow.vector).where(
            *self._ours(), SearchVectorRow.revision > self._revision
        )
        rows = connection.execution_options(yield_per=_BATCH).execute(query)
        for batch in rows.partitions(_BATCH):
            ids = np.array([vector_id for vector_id, _ in batch], dtype=np.int64)
            self._index.add(ids, np.stack([vector for _, vector in batch]))
            self._unsaved += len(batch)
        if isinstance(self._index, ExactIndex) and len(self._index) > self._exact_up_to:
            self._index = self._index.to_graph()

    def _save(self, epoch: Epoch) -> None:
        self._unsaved = 0
        if self._snapshots and isinstance(self._index, GraphIndex):
            self._snapshots.save(Snapshot(self._index, self._revision), epoch, self._name)
            if self._removed_since():
                self._snapshots.forget()

    def _removed_since(self) -> bool:
        """Tell whether another process revoked a template while the graph was written."""
        newer = RemovedVectorRow.revision > self._revision
        with self._gallery.database.reading() as connection:
            gone = connection.execute(select(RemovedVectorRow.vector_id).where(newer)).first()
            number = connection.execute(select(GalleryRow.epoch)).scalar_one()
        return gone is not None or self._epoch is None or number != self._epoch.number

    def _ours(self) -> tuple[ColumnElement[bool], ...]:
        return SearchVectorRow.purpose == self._purpose, SearchVectorRow.model == self._model
