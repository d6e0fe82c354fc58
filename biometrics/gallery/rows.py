"""Writing and deleting the rows of one enrollment."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from uuid6 import uuid7

from facesign.biometrics.gallery.entries import Basis, Reference, Sample, Status
from facesign.biometrics.gallery.epochs import Epoch
from facesign.biometrics.gallery.protection import SUITE, pack, unpack
from facesign.biometrics.gallery.purposes import SEARCHED, Purpose
from facesign.biometrics.gallery.subjects import Subject
from facesign.biometrics.gallery.tables import (
    EnrollmentRow,
    PurposeRow,
    RemovedVectorRow,
    SearchVectorRow,
    TemplateRow,
    VerificationRow,
    WatchEntryRow,
)
from facesign.biometrics.voiceprint.voiceprint import Voiceprint

__all__ = [
    "delete_enrollments",
    "delete_history",
    "delete_vectors",
    "insert_enrollment",
    "read_references",
]


def insert_enrollment(
    connection: Connection,
    subject: Subject,
    samples: Sequence[Sample],
    *,
    purposes: Iterable[Purpose],
    basis: Basis,
    status: Status,
    retain_until: datetime,
    epoch: Epoch,
    revision: int,
    now: datetime,
) -> uuid.UUID:
    """Write one enrollment with its templates and their search vectors; return its id."""
    enrollment_id: uuid.UUID = uuid7()
    connection.execute(
        insert(EnrollmentRow).values(
            enrollment_id=enrollment_id,
            subject_id=subject.subject_id,
            status=status,
            sealed=subject.seal_fields(basis.to_dict(), "enrollment", enrollment_id),
            created_at=now,
            confirmed_at=now if status == "confirmed" else None,
            retain_until=retain_until,
        )
    )
    for sample in samples:
        template_id = _insert_template(connection, subject, enrollment_id, sample)
        for purpose in purposes:
            connection.execute(insert(PurposeRow).values(template_id=template_id, purpose=purpose))
            if purpose in SEARCHED:
                connection.execute(
                    insert(SearchVectorRow).values(
                        template_id=template_id,
                        purpose=purpose,
                        model=sample.voiceprint.model,
                        epoch=epoch.number,
                        revision=revision,
                        vector=epoch.rotate(sample.voiceprint.embedding),
                    )
                )
    return enrollment_id


def delete_enrollments(
    connection: Connection, enrollment_ids: Sequence[uuid.UUID], revision: int
) -> int:
    """Delete enrollments with templates, search vectors and watch-list entries.

    Returns:
        How many templates were deleted.
    """
    templates = list(
        connection.execute(
            select(TemplateRow.template_id).where(TemplateRow.enrollment_id.in_(enrollment_ids))
        ).scalars()
    )
    delete_vectors(connection, templates, revision)
    connection.execute(delete(PurposeRow).where(PurposeRow.template_id.in_(templates)))
    connection.execute(delete(TemplateRow).where(TemplateRow.template_id.in_(templates)))
    for table in (WatchEntryRow, EnrollmentRow):
        connection.execute(delete(table).where(table.enrollment_id.in_(enrollment_ids)))
    return len(templates)


def delete_vectors(
    connection: Connection, template_ids: Sequence[uuid.UUID], revision: int
) -> None:
    """Delete search vectors, and leave word for the indexes that hold a copy."""
    deleted = (
        delete(SearchVectorRow)
        .where(SearchVectorRow.template_id.in_(template_ids))
        .returning(SearchVectorRow.vector_id)
    )
    for vector_id in connection.execute(deleted).scalars().all():
        connection.execute(insert(RemovedVectorRow).values(vector_id=vector_id, revision=revision))


def delete_history(connection: Connection, subject: Subject) -> int:
    """Delete the verifications of a subject; return how many."""
    of_subject = VerificationRow.subject_id == subject.subject_id
    return connection.execute(delete(VerificationRow).where(of_subject)).rowcount


def read_references(
    connection: Connection, subject: Subject, purpose: Purpose, now: datetime
) -> list[Reference]:
    """Decrypt the templates of a subject that may be used for one purpose, newest first.

    Raises:
        TemplateDamagedError: one does not authenticate.
    """
    query = (
        select(TemplateRow, EnrollmentRow.status, EnrollmentRow.created_at)
        .join(EnrollmentRow, EnrollmentRow.enrollment_id == TemplateRow.enrollment_id)
        .join(PurposeRow, PurposeRow.template_id == TemplateRow.template_id)
        .where(EnrollmentRow.subject_id == subject.subject_id)
        .where(PurposeRow.purpose == purpose, EnrollmentRow.retain_until > now)
        .order_by(TemplateRow.template_id.desc())
    )
    return [_reference(subject, row) for row in connection.execute(query)]


def _reference(subject: Subject, row: Any) -> Reference:
    voiceprint = Voiceprint(
        embedding=unpack(subject.unseal(row.sealed, "template", row.template_id)),
        model=row.model,
        net_speech_s=row.net_speech_s,
        snr_db=row.snr_db,
        bandwidth_hz=row.bandwidth_hz,
    )
    return Reference(str(row.template_id), voiceprint, row.channel, row.status, row.created_at)


def _insert_template(
    connection: Connection, subject: Subject, enrollment_id: uuid.UUID, sample: Sample
) -> uuid.UUID:
    template_id: uuid.UUID = uuid7()
    voiceprint = sample.voiceprint
    connection.execute(
        insert(TemplateRow).values(
            template_id=template_id,
            enrollment_id=enrollment_id,
            model=voiceprint.model,
            suite=SUITE,
            sealed=subject.seal(pack(voiceprint.embedding), "template", template_id),
            channel=sample.channel,
            net_speech_s=voiceprint.net_speech_s,
            snr_db=voiceprint.snr_db,
            bandwidth_hz=voiceprint.bandwidth_hz,
        )
    )
    return template_id
