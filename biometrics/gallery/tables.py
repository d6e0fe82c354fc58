"""The tables of the gallery.

Who somebody is (`identities`), what their voice is like (`templates`) and what a search
reads (`search_vectors`) lie apart, joined by ids that say nothing. All that names or
describes a person is encrypted under the subject's key, so destroying the key shreds it.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from facesign.biometrics.gallery.protection import DIM, unpack
from facesign.biometrics.stream import FloatArray

__all__ = [
    "Base",
    "EnrollmentRow",
    "EpochRow",
    "GalleryRow",
    "IdentityRow",
    "PurposeRow",
    "RemovedVectorRow",
    "RotatedVector",
    "SearchVectorRow",
    "SubjectRow",
    "TemplateRow",
    "UtcTime",
    "VerificationRow",
    "WatchEntryRow",
]

BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """A moment; aware and in UTC on the way in and out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC what is stored."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that what SQLite returns without a zone is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class RotatedVector(TypeDecorator[FloatArray]):
    """192 numbers: pgvector's type on a server, little-endian float32 in a file."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(LargeBinary())
        from pgvector.sqlalchemy import Vector

        return dialect.type_descriptor(Vector(DIM))

    def process_bind_param(self, value: FloatArray | None, dialect: Dialect) -> Any:
        """Return what the database takes."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astype("<f4").tobytes()

    def process_result_value(self, value: Any, dialect: Dialect) -> FloatArray | None:
        """Return the numbers, shape (192,)."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return np.asarray(value, dtype=np.float32)
        return unpack(value)


class Base(DeclarativeBase):
    """All tables of the gallery."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class GalleryRow(Base):
    """The one row that every writer takes first, so that changes have an order."""

    __tablename__ = "gallery"
    gallery_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped_key: Mapped[str] = mapped_column(Text)
    """The gallery's key, wrapped by the master key."""
    epoch: Mapped[int]
    revision: Mapped[int] = mapped_column(BigId)
    """Counts changes of search vectors; an index that has seen it is up to date."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class EpochRow(Base):
    """The rotation of the search vectors in force."""

    __tablename__ = "epochs"
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_rotation: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class SubjectRow(Base):
    """Somebody, by an id that says nothing."""

    __tablename__ = "subjects"
    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None once it was destroyed."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_because: Mapped[str | None] = mapped_column(Text)


class IdentityRow(Base):
    """Whose id that is; readable with the subject's key only."""

    __tablename__ = "identities"
    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subjects.subject_id"), primary_key=True
    )
    customer_tag: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    """Keyed hash of the customer number; survives revocation, so that one can ask when."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class EnrollmentRow(Base):
    """Templates that were made together, and what they rest on."""

    __tablename__ = "enrollments"
    enrollment_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subjects.subject_id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Identity proof, record, who confirmed."""
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    retain_until: Mapped[datetime] = mapped_column(UtcTime, index=True)


class TemplateRow(Base):
    """One recording's template, encrypted under its subject's key."""

    __tablename__ = "templates"
    template_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("enrollments.enrollment_id"), index=True
    )
    model: Mapped[str] = mapped_column(String(128), index=True)
    suite: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    channel: Mapped[str] = mapped_column(String(32))
    net_speech_s: Mapped[float] = mapped_column(Double)
    snr_db: Mapped[float | None] = mapped_column(Double)
    bandwidth_hz: Mapped[float | None] = mapped_column(Double)


class PurposeRow(Base):
    """What a template may be used for."""

    __tablename__ = "template_purposes"
    template_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("templates.template_id"), primary_key=True
    )
    purpose: Mapped[str] = mapped_column(String(24), primary_key=True)


class SearchVectorRow(Base):
    """The derived copy of a template that searches for one purpose read."""

    __tablename__ = "search_vectors"
    __table_args__ = (
        UniqueConstraint("template_id", "purpose"),
        # Ids are never used again: an index that missed a removal must not take one for another.
        {"sqlite_autoincrement": True},
    )
    vector_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("templates.template_id"))
    purpose: Mapped[str] = mapped_column(String(24))
    model: Mapped[str] = mapped_column(String(128))
    epoch: Mapped[int]
    revision: Mapped[int] = mapped_column(BigId, index=True)
    vector: Mapped[FloatArray] = mapped_column(RotatedVector)


class RemovedVectorRow(Base):
    """That a search vector is gone, for indexes of other processes to follow."""

    __tablename__ = "removed_vectors"
    vector_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigId, index=True)


class WatchEntryRow(Base):
    """Why an enrollment is on the watch list, encrypted under its subject's key."""

    __tablename__ = "watch_entries"
    enrollment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("enrollments.enrollment_id"), primary_key=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Reason, evidence record, approvers, and why it was cleared."""
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcTime)


class VerificationRow(Base):
    """One comparison with a customer, encrypted under the subject's key."""

    __tablename__ = "verifications"
    verification_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subjects.subject_id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
