"""Which customers have templates, and whose a search reads."""

from __future__ import annotations

from sqlalchemy import select

from facesign.biometrics.gallery import subjects
from facesign.biometrics.gallery.purposes import SearchPurpose
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.gallery.tables import EnrollmentRow, PurposeRow, SubjectRow, TemplateRow
from facesign.errors import UnknownCustomerError

__all__ = ["customers", "is_searched"]


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


def is_searched(gallery: Gallery, customer: str, purpose: SearchPurpose, model: str) -> bool:
    """Tell whether a search for a purpose reads a customer's own voiceprint of a model.

    The watch-list is a register of its own: nothing in it is a customer's own voiceprint.
    """
    if purpose == "watch_list":
        return False
    try:
        references = gallery.references(customer, purpose)
    except UnknownCustomerError:
        return False
    return any(one.voiceprint.model == model for one in references)
