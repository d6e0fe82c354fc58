"""The gallery's key and the rotation in force: opening, making and renewing them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, delete, func, insert, select, update

from facesign.biometrics.gallery.protection import (
    DIM,
    KeyBox,
    Vault,
    new_key,
    new_rotation,
    seal,
    unpack,
    unseal,
)
from facesign.biometrics.gallery.subjects import open_subject
from facesign.biometrics.gallery.tables import (
    EnrollmentRow,
    EpochRow,
    GalleryRow,
    RemovedVectorRow,
    SearchVectorRow,
    SubjectRow,
    TemplateRow,
)
from facesign.biometrics.stream import FloatArray
from facesign.errors import GalleryError, TemplateDamagedError

__all__ = ["Epoch", "current", "next_revision", "open_vault", "renew"]

_ROW = 1
_BATCH = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """The rotation that search vectors are under at a time."""

    number: int
    rotation: FloatArray = field(repr=False)
    """Orthogonal, shape (192, 192)."""
    key: bytes = field(repr=False)
    """Seals what is derived from the vectors, such as a saved index."""

    def rotate(self, embedding: FloatArray) -> FloatArray:
        """Return the search vector of an embedding, shape (192,); products stay what they were."""
        rotated: FloatArray = self.rotation @ embedding
        return rotated


def open_vault(connection: Connection, keys: KeyBox, now: datetime) -> Vault:
    """Open the gallery's key, making the gallery's first rows where there are none.

    A key that an older master key wraps is wrapped again under the one in force.

    Args:
        connection: In a transaction that writes.
        keys: The master key.
        now: The time.

    Raises:
        KeyFileError: another master key wraps it.
    """
    wrapped = connection.execute(select(GalleryRow.wrapped_key)).scalar()
    if wrapped is None:
        vault = Vault(new_key())
        connection.execute(
            insert(GalleryRow).values(
                gallery_id=_ROW,
                wrapped_key=keys.wrap(vault.secret),
                epoch=1,
                revision=0,
                created_at=now,
            )
        )
        _insert_epoch(connection, vault, 1, now)
        return vault
    vault = Vault(keys.unwrap(wrapped))
    if not keys.is_current(wrapped):
        connection.execute(update(GalleryRow).values(wrapped_key=keys.wrap(vault.secret)))
    return vault


def next_revision(connection: Connection) -> int:
    """Count a change, and keep other writers waiting until this transaction ends."""
    counted = (
        update(GalleryRow).values(revision=GalleryRow.revision + 1).returning(GalleryRow.revision)
    )
    return int(connection.execute(counted).scalar_one())


def current(connection: Connection, vault: Vault) -> Epoch:
    """Open the rotation in force.

    Raises:
        GalleryError: it was changed.
    """
    query = select(EpochRow).join(GalleryRow, GalleryRow.epoch == EpochRow.epoch)
    row = connection.execute(query).one()
    try:
        key = vault.unwrap(row.wrapped_key, f"epoch {row.epoch}")
        matrix = unpack(unseal(key, row.sealed_rotation, f"rotation {row.epoch}"))
    except InvalidTag as error:
        raise GalleryError("gallery", f"the rotation of epoch {row.epoch} was changed") from error
    return Epoch(row.epoch, matrix.reshape(DIM, DIM), key)


def renew(connection: Connection, vault: Vault, now: datetime) -> int:
    """Draw a new rotation and derive every search vector anew from its template.

    Args:
        connection: In a transaction that writes: searches go on under the old rotation
            until it ends.
        vault: The gallery's key.
        now: The time.

    Returns:
        How many search vectors were derived.

    Raises:
        TemplateDamagedError: a template does not authenticate; nothing is changed.
    """
    revision = next_revision(connection)
    number = int(connection.execute(select(func.max(EpochRow.epoch))).scalar_one()) + 1
    connection.execute(delete(EpochRow))
    _insert_epoch(connection, vault, number, now)
    connection.execute(update(GalleryRow).values(epoch=number))
    # Every index starts again with a new epoch, so nobody needs to follow removals before it.
    connection.execute(delete(RemovedVectorRow))
    epoch, n_derived = current(connection, vault), 0
    for batch in _vector_ids(connection):
        for vector_id, embedding in _embeddings(connection, vault, batch):
            connection.execute(
                update(SearchVectorRow)
                .where(SearchVectorRow.vector_id == vector_id)
                .values(vector=epoch.rotate(embedding), epoch=number, revision=revision)
            )
            n_derived += 1
    return n_derived


def _insert_epoch(connection: Connection, vault: Vault, number: int, now: datetime) -> None:
    key = new_key()
    matrix = np.ascontiguousarray(new_rotation(), dtype="<f4").tobytes()
    connection.execute(
        insert(EpochRow).values(
            epoch=number,
            wrapped_key=vault.wrap(key, f"epoch {number}"),
            sealed_rotation=seal(key, matrix, f"rotation {number}"),
            created_at=now,
        )
    )


def _vector_ids(connection: Connection) -> Iterator[list[int]]:
    ids = list(connection.execute(select(SearchVectorRow.vector_id)).scalars())
    for first in range(0, len(ids), _BATCH):
        yield ids[first : first + _BATCH]


def _embeddings(
    connection: Connection, vault: Vault, vector_ids: list[int]
) -> Iterator[tuple[int, FloatArray]]:
    query = (
        select(
            SearchVectorRow.vector_id,
            TemplateRow.template_id,
            TemplateRow.sealed,
            SubjectRow.subject_id,
            SubjectRow.wrapped_key,
        )
        .join(TemplateRow, TemplateRow.template_id == SearchVectorRow.template_id)
        .join(EnrollmentRow, EnrollmentRow.enrollment_id == TemplateRow.enrollment_id)
        .join(SubjectRow, SubjectRow.subject_id == EnrollmentRow.subject_id)
        .where(SearchVectorRow.vector_id.in_(vector_ids))
    )
    for vector_id, template_id, sealed, subject_id, wrapped in connection.execute(query).all():
        yield vector_id, _embedding(vault, template_id, sealed, subject_id, wrapped)


def _embedding(
    vault: Vault,
    template_id: uuid.UUID,
    sealed: bytes,
    subject_id: uuid.UUID,
    wrapped: bytes | None,
) -> FloatArray:
    if wrapped is None:
        raise TemplateDamagedError(str(template_id))
    subject = open_subject(vault, subject_id, wrapped)
    return unpack(subject.unseal(sealed, "template", template_id))
