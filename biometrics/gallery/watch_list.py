"""The watch list: voices of people whom a search may name, each with its reason and an end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, insert, select, update

from facesign.biometrics.gallery import subjects
from facesign.biometrics.gallery.entries import Basis, Sample
from facesign.biometrics.gallery.epochs import current, next_revision
from facesign.biometrics.gallery.rows import delete_enrollments, delete_vectors, insert_enrollment
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.gallery.subjects import Subject
from facesign.biometrics.gallery.tables import (
    EnrollmentRow,
    SubjectRow,
    TemplateRow,
    WatchEntryRow,
)
from facesign.errors import WatchListError

__all__ = ["LONGEST", "WatchEntry", "WatchReason", "add", "clear", "entries", "entry_of", "remove"]

LONGEST = timedelta(days=365)
WatchStatus: TypeAlias = Literal["active", "cleared: related person"]
RELATED: WatchStatus = "cleared: related person"


@dataclass(frozen=True, slots=True)
class WatchReason:
    """Why a voice is on the watch list, and who says so.

    Raises:
        WatchListError: a part is missing, or the two approvers are one person.
    """

    reason: str = field(repr=False)
    evidence_record: str
    approvers: Sequence[str] = field(repr=False)
    """Two names."""

    def __post_init__(self) -> None:
        for name, value in (("reason", self.reason), ("evidence record", self.evidence_record)):
            if not value.strip():
                raise WatchListError(f"an entry of the watch list needs a {name}")
        named = {name.strip().casefold() for name in self.approvers} - {""}
        if len(self.approvers) != 2 or len(named) != 2:
            raise WatchListError(
                "an entry of the watch list needs two different approvers, got "
                f"{', '.join(filter(None, self.approvers)) or 'none'}"
            )


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """One entry of the watch list."""

    reference: str = field(repr=False)
    """Case or customer number."""
    why: WatchReason
    added_at: datetime
    expires_at: datetime
    status: WatchStatus
    cleared_by: str | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "reference": self.reference,
            "status": self.status,
            "reason": self.why.reason,
            "evidence_record": self.why.evidence_record,
            "approvers": list(self.why.approvers),
            "added_at": self.added_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "cleared_by": self.cleared_by,
        }


def add(
    gallery: Gallery,
    reference: str,
    samples: Sequence[Sample],
    why: WatchReason,
    *,
    expires_at: datetime,
) -> WatchEntry:
    """Put a voice on the watch list.

    Args:
        gallery: Where to.
        reference: Case or customer number; a customer's own voiceprint stays apart.
        samples: One voiceprint a recording.
        why: Reason, evidence and approvers.
        expires_at: When the entry is deleted, within 12 months.

    Raises:
        WatchListError: it would last too long, is over already, or there is one already.
    """
    now = gallery.now()
    if not now < expires_at <= now + LONGEST:
        raise WatchListError(
            f"an entry of the watch list ends within 12 months, got {expires_at:%Y-%m-%d}"
        )
    fields = {
        "reason": why.reason,
        "evidence": why.evidence_record,
        "approvers": list(why.approvers),
    }
    with gallery.database.writing() as connection:
        revision = next_revision(connection)
        if subjects.find(connection, gallery.vault, reference, "watch_list") is not None:
            raise WatchListError(f"{reference} is on the watch list already; remove it first")
        subject = subjects.make(connection, gallery.vault, reference, "watch_list", now)
        enrollment_id = insert_enrollment(
            connection,
            subject,
            samples,
            purposes=("watch_list",),
            basis=Basis(record=why.evidence_record),
            status="confirmed",
            retain_until=expires_at,
            epoch=current(connection, gallery.vault),
            revision=revision,
            now=now,
        )
        connection.execute(
            insert(WatchEntryRow).values(
                enrollment_id=enrollment_id,
                sealed=subject.seal_fields(fields, "watch entry", enrollment_id),
                expires_at=expires_at,
            )
        )
    return WatchEntry(reference, why, now, expires_at, "active")


def entries(gallery: Gallery) -> list[WatchEntry]:
    """List all entries that have not expired, oldest first."""
    query = (
        select(
            WatchEntryRow,
            EnrollmentRow.created_at,
            SubjectRow.subject_id,
            SubjectRow.wrapped_key,
        )
        .join(EnrollmentRow, EnrollmentRow.enrollment_id == WatchEntryRow.enrollment_id)
        .join(SubjectRow, SubjectRow.subject_id == EnrollmentRow.subject_id)
        .where(WatchEntryRow.expires_at > gallery.now(), SubjectRow.wrapped_key.is_not(None))
        .order_by(WatchEntryRow.enrollment_id)
    )
    found = []
    with gallery.database.reading() as connection:
        for row in connection.execute(query).all():
            subject = subjects.open_subject(gallery.vault, row.subject_id, row.wrapped_key or b"")
            found.append(_entry(connection, subject, row))
    return found


def entry_of(gallery: Gallery, reference: str) -> WatchEntry:
    """Return one entry.

    Raises:
        WatchListError: there is none.
    """
    for entry in entries(gallery):
        if entry.reference == reference:
            return entry
    raise WatchListError(f"{reference} is not on the watch list")


def clear(gallery: Gallery, reference: str, *, by: str) -> None:
    """Mark an entry as a related person: it stays listed, and no search reads it any more.

    Raises:
        WatchListError: there is no such entry, or nobody clears it.
    """
    if not by.strip():
        raise WatchListError("clearing an entry of the watch list needs a name")
    with gallery.database.writing() as connection:
        revision = next_revision(connection)
        subject, enrollment_id = _known(connection, gallery, reference)
        of_entry = WatchEntryRow.enrollment_id == enrollment_id
        sealed = connection.execute(select(WatchEntryRow.sealed).where(of_entry)).scalar_one()
        fields = subject.unseal_fields(sealed, "watch entry", enrollment_id)
        fields["cleared_by"] = by
        connection.execute(
            update(WatchEntryRow)
            .where(of_entry)
            .values(
                cleared_at=gallery.now(),
                sealed=subject.seal_fields(fields, "watch entry", enrollment_id),
            )
        )
        templates = select(TemplateRow.template_id).where(
            TemplateRow.enrollment_id == enrollment_id
        )
        delete_vectors(connection, list(connection.execute(templates).scalars()), revision)
    gallery.database.forget_deleted()


def remove(gallery: Gallery, reference: str, because: str) -> None:
    """Delete an entry with its templates and its key.

    Raises:
        WatchListError: there is none.
    """
    with gallery.database.writing() as connection:
        revision = next_revision(connection)
        subject, enrollment_id = _known(connection, gallery, reference)
        delete_enrollments(connection, [enrollment_id], revision)
        subjects.shred(connection, subject, because, gallery.now())
    gallery.database.forget_deleted()


def _known(connection: Connection, gallery: Gallery, reference: str) -> tuple[Subject, uuid.UUID]:
    subject = subjects.find(connection, gallery.vault, reference, "watch_list")
    if subject is None:
        raise WatchListError(f"{reference} is not on the watch list")
    query = select(EnrollmentRow.enrollment_id).where(
        EnrollmentRow.subject_id == subject.subject_id
    )
    return subject, connection.execute(query).scalar_one()


def _entry(connection: Connection, subject: Subject, row: Any) -> WatchEntry:
    fields = subject.unseal_fields(row.sealed, "watch entry", row.enrollment_id)
    return WatchEntry(
        subjects.customer_of(connection, subject),
        WatchReason(fields["reason"], fields["evidence"], tuple(fields["approvers"])),
        row.created_at,
        row.expires_at,
        "active" if row.cleared_at is None else RELATED,
        fields.get("cleared_by"),
    )
