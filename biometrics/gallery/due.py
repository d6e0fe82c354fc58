"""Which customers should be enrolled again."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select

from facesign.biometrics.gallery import subjects
from facesign.biometrics.gallery.entries import Due
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.gallery.tables import EnrollmentRow, PurposeRow, SubjectRow, TemplateRow

__all__ = ["DUE_BEFORE", "due"]

DUE_BEFORE = timedelta(days=30)
"""How long before its retention ends a customer is listed."""


def due(gallery: Gallery, model: str) -> list[Due]:
    """List the customers without a template of the model in use that lasts.

    Args:
        gallery: Where to look.
        model: The encoder in use.

    Returns:
        In order of customer number, one entry each.
    """
    query = (
        select(
            SubjectRow.subject_id,
            SubjectRow.wrapped_key,
            TemplateRow.model,
            EnrollmentRow.retain_until,
        )
        .join(EnrollmentRow, EnrollmentRow.subject_id == SubjectRow.subject_id)
        .join(TemplateRow, TemplateRow.enrollment_id == EnrollmentRow.enrollment_id)
        .join(PurposeRow, PurposeRow.template_id == TemplateRow.template_id)
        .where(PurposeRow.purpose != "watch_list", SubjectRow.wrapped_key.is_not(None))
        .distinct()
    )
    wrapped: dict[uuid.UUID, bytes] = {}
    held: dict[uuid.UUID, list[tuple[datetime, str]]] = defaultdict(list)
    with gallery.database.reading() as connection:
        for row in connection.execute(query).all():
            wrapped[row.subject_id] = row.wrapped_key or b""
            held[row.subject_id].append((row.retain_until, row.model))
        found = []
        for subject_id, templates in held.items():
            lasting = max((t for t in templates if t[1] == model), default=None)
            if lasting is not None and lasting[0] - DUE_BEFORE > gallery.now():
                continue
            subject = subjects.open_subject(gallery.vault, subject_id, wrapped[subject_id])
            until, of_model = lasting or max(templates)
            found.append(
                Due(
                    subjects.customer_of(connection, subject),
                    of_model,
                    until,
                    "retention_ends" if lasting else "other_model",
                )
            )
    return sorted(found, key=lambda one: one.customer)
