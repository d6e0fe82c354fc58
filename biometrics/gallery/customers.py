"""Which customers have templates."""

from __future__ import annotations

from sqlalchemy import select

from facesign.biometrics.gallery import subjects
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.gallery.tables import EnrollmentRow, PurposeRow, SubjectRow, TemplateRow

__all__ = ["customers"]


def customers(gallery: Gallery) -> list[str]:
    """List the numbers of the customers with templates, in order; not who is on the watch-list."""
    query = (
        select(SubjectRow.subject_id, SubjectRow.wrapped_key)
        .join(EnrollmentRow, EnrollmentRow.subject_id == SubjectRow.subject_id)
        .join(TemplateRow, TemplateRow.enrollment_id == EnrollmentRow.enrollment_id)
        .join(PurposeRow, PurposeRow.template_id == TemplateRow.template_id)
        .where(PurposeRow.purpose != "watch_list", SubjectRow.wrapped_key.is_not(None))
        .distinct()
    )
    with gallery.database.reading() as connection:
        return sorted(
            subjects.customer_of(
                connection,
                subjects.open_subject(gallery.vault, row.subject_id, row.wrapped_key or b""),
            )
            for row in connection.execute(query).all()
        )
