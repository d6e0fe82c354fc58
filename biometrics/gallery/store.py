"""The gallery: whose voiceprints there are, kept in one database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy import Connection, func, select, update

from facesign.biometrics.gallery import subjects
from facesign.biometrics.gallery.database import WAIT_S, Database
from facesign.biometrics.gallery.entries import (
    Basis,
    Enrolled,
    Reference,
    Sample,
)
from facesign.biometrics.gallery.epochs import current, next_revision, open_vault, renew
from facesign.biometrics.gallery.protection import KeyBox, Vault
from facesign.biometrics.gallery.purposes import Purpose
from facesign.biometrics.gallery.rows import (
    delete_enrollments,
    delete_history,
    insert_enrollment,
    read_references,
)
from facesign.biometrics.gallery.subjects import Subject
from facesign.biometrics.gallery.tables import (
    EnrollmentRow,
    SubjectRow,
    TemplateRow,
)
from facesign.errors import (
    AlreadyEnrolledError,
    ConfirmationError,
    EnrollmentError,
    UnknownCustomerError,
)

__all__ = ["RETENTION", "Gallery", "Manner", "Revoked"]

Manner: TypeAlias = Literal["new", "add", "replace"]
RETENTION = timedelta(days=3 * 365)
"""How long an enrollment is kept where nothing else is said."""
_ENDED = "retention ended"
_CHECK = "check the number: there is nothing to list or revoke"


@dataclass(frozen=True, slots=True)
class Revoked:
    """What a revocation destroyed."""

    n_templates: int
    n_verifications: int


class Gallery:
    """Enroll, read and revoke templates; every call is one transaction."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        self.database = database
        self.vault = vault
        self.now = now

    @classmethod
    def open(
        cls,
        url: str,
        keys: KeyBox,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait_s: float = WAIT_S,
    ) -> Gallery:
        """Open a gallery, making it where there is none.

        Args:
            url: `sqlite:///FILE` or `postgresql+psycopg://...`.
            keys: The master key, which wraps the gallery's own.
            now: The time; retention and expiry go by it.
            wait_s: How long to wait for another process that has it locked.

        Raises:
            GalleryError: it cannot be opened, reached or written.
            KeyFileError: another master key wraps the gallery's key.
            MissingExtraError: the packages for PostgreSQL are not installed.
        """
        database = Database.open(url, wait_s=wait_s)
        try:
            with database.writing() as connection:
                database.hold(connection)
                vault = open_vault(connection, keys, now())
        except BaseException:
            database.close()
            raise
        return cls(database, vault, now)

    def close(self) -> None:
        """Close the connections to the database."""
        self.database.close()

    def enroll(
        self,
        customer: str,
        samples: Sequence[Sample],
        *,
        purposes: Sequence[Purpose],
        basis: Basis,
        retain_until: datetime | None = None,
        manner: Manner = "new",
    ) -> Enrolled:
        """Keep templates of a customer; they are provisional until `confirm`.

        Args:
            customer: Customer number.
            samples: One voiceprint a recording; each becomes a template.
            purposes: What they may be used for.
            basis: Identity proof and record, as far as known.
            retain_until: When they are deleted; three years from now by default.
            manner: `new` customers only, `add` to the templates there are, or `replace`.

        Raises:
            AlreadyEnrolledError: a new customer is enrolled already.
            EnrollmentError: there is no sample.
            UnknownCustomerError: there is nothing to replace.
        """
        if not samples:
            raise EnrollmentError(["there is no recording"])
        now = self.now()
        until = retain_until or now + RETENTION
        with self.database.writing() as connection:
            revision = next_revision(connection)
            subject = self._subject_for(connection, customer, manner, now)
            if manner == "replace":
                delete_enrollments(connection, _enrollment_ids(connection, subject), revision)
            enrollment_id = insert_enrollment(
                connection,
                subject,
                samples,
                purposes=purposes,
                basis=basis,
                status="provisional",
                retain_until=until,
                epoch=current(connection, self.vault),
                revision=revision,
                now=now,
            )
        if manner == "replace":
            self.database.forget_deleted()
        return Enrolled(str(enrollment_id), "provisional", now, until, len(samples), basis)

    def references(self, customer: str, purpose: Purpose = "verify") -> list[Reference]:
        """Return a customer's templates that may be used for a purpose, newest first.

        Raises:
            TemplateDamagedError: one does not authenticate.
            UnknownCustomerError: there is no such customer, or no template for the purpose.
        """
        with self.database.reading() as connection:
            subject = self._known(connection, customer)
            found = read_references(connection, subject, purpose, self.now())
        if not found:
            raise UnknownCustomerError(customer, f"has no template for {purpose}")
        return found

    def is_enrolled(self, customer: str) -> bool:
        """Tell whether a customer has a template, for whatever purpose."""
        with self.database.reading() as connection:
            return subjects.find(connection, self.vault, customer) is not None

    def enrollments(self, customer: str) -> list[Enrolled]:
        """List a customer's enrollments, oldest first.

        Raises:
            UnknownCustomerError: there is no such customer.
        """
        with self.database.reading() as connection:
            subject = self._known(connection, customer, _CHECK)
            query = (
                select(EnrollmentRow, func.count(TemplateRow.template_id).label("n_templates"))
                .join(TemplateRow, TemplateRow.enrollment_id == EnrollmentRow.enrollment_id)
                .where(EnrollmentRow.subject_id == subject.subject_id)
                .group_by(EnrollmentRow.enrollment_id)
                .order_by(EnrollmentRow.enrollment_id)
            )
            return [
                Enrolled(
                    str(row.enrollment_id),
                    row.status,
                    row.created_at,
                    row.retain_until,
                    row.n_templates,
                    Basis(**subject.unseal_fields(row.sealed, "enrollment", row.enrollment_id)),
                )
                for row in connection.execute(query)
            ]

    def confirm(self, customer: str, basis: Basis) -> int:
        """Confirm a customer's provisional enrollments.

        Args:
            customer: Customer number.
            basis: Who confirms, and identity proof and record where the enrollment did
                not name them.

        Returns:
            How many enrollments were confirmed.

        Raises:
            ConfirmationError: who confirms it, the identity proof or the record is missing.
            UnknownCustomerError: there is no such customer.
        """
        now, n_confirmed = self.now(), 0
        with self.database.writing() as connection:
            next_revision(connection)
            subject = self._known(connection, customer)
            query = select(EnrollmentRow.enrollment_id, EnrollmentRow.sealed).where(
                EnrollmentRow.subject_id == subject.subject_id,
                EnrollmentRow.status == "provisional",
            )
            for enrollment_id, sealed in connection.execute(query).all():
                held = Basis(**subject.unseal_fields(sealed, "enrollment", enrollment_id))
                whole = _completed(held, basis)
                connection.execute(
                    update(EnrollmentRow)
                    .where(EnrollmentRow.enrollment_id == enrollment_id)
                    .values(
                        status="confirmed",
                        confirmed_at=now,
                        sealed=subject.seal_fields(whole.to_dict(), "enrollment", enrollment_id),
                    )
                )
                n_confirmed += 1
        return n_confirmed

    def revoke(self, customer: str, because: str) -> Revoked:
        """Delete all templates, search vectors and verifications of a customer, and the key.

        Raises:
            UnknownCustomerError: there is no such customer.
        """
        with self.database.writing() as connection:
            revision = next_revision(connection)
            subject = self._known(connection, customer, _CHECK)
            revoked = self._destroy(connection, subject, because, revision)
        self.database.forget_deleted()
        return revoked

    def purge(self) -> int:
        """Delete enrollments whose retention has ended; return how many."""
        now = self.now()
        with self.database.reading() as connection:
            if not _ended_ids(connection, now):
                return 0
        with self.database.writing() as connection:
            revision = next_revision(connection)
            ended = _ended_ids(connection, now)
            delete_enrollments(connection, ended, revision)
            for subject in self._without_enrollment(connection):
                self._destroy(connection, subject, _ENDED, revision)
        self.database.forget_deleted()
        return len(ended)

    def renew_epoch(self) -> int:
        """Put every search vector under a new rotation; return how many there are."""
        with self.database.writing() as connection:
            n_derived = renew(connection, self.vault, self.now())
        self.database.forget_deleted()
        return n_derived

    def _known(self, connection: Connection, customer: str, remedy: str | None = None) -> Subject:
        subject = subjects.find(connection, self.vault, customer)
        if subject is None:
            raise UnknownCustomerError(customer, remedy=remedy)
        return subject

    def _subject_for(
        self, connection: Connection, customer: str, manner: Manner, now: datetime
    ) -> Subject:
        subject = subjects.find(connection, self.vault, customer)
        if subject is None and manner == "replace":
            raise UnknownCustomerError(customer)
        if subject is not None and manner == "new":
            raise AlreadyEnrolledError(customer)
        return subject or subjects.make(connection, self.vault, customer, "customers", now)

    def _destroy(
        self, connection: Connection, subject: Subject, because: str, revision: int
    ) -> Revoked:
        ids = _enrollment_ids(connection, subject)
        n_templates = delete_enrollments(connection, ids, revision)
        n_verifications = delete_history(connection, subject)
        subjects.shred(connection, subject, because, self.now())
        return Revoked(n_templates, n_verifications)

    def _without_enrollment(self, connection: Connection) -> list[Subject]:
        query = (
            select(SubjectRow.subject_id, SubjectRow.wrapped_key)
            .outerjoin(EnrollmentRow, EnrollmentRow.subject_id == SubjectRow.subject_id)
            .where(EnrollmentRow.enrollment_id.is_(None), SubjectRow.wrapped_key.is_not(None))
        )
        return [
            subjects.open_subject(self.vault, row.subject_id, row.wrapped_key)
            for row in connection.execute(query).all()
            if row.wrapped_key is not None
        ]


def _enrollment_ids(connection: Connection, subject: Subject) -> list[uuid.UUID]:
    of_subject = EnrollmentRow.subject_id == subject.subject_id
    query = select(EnrollmentRow.enrollment_id).where(of_subject)
    return list(connection.execute(query).scalars())


def _ended_ids(connection: Connection, now: datetime) -> list[uuid.UUID]:
    query = select(EnrollmentRow.enrollment_id).where(EnrollmentRow.retain_until <= now)
    return list(connection.execute(query).scalars())


def _completed(held: Basis, given: Basis) -> Basis:
    """Add to what an enrollment rests on what its confirmation names.

    Raises:
        EnrollmentError: something is still missing.
    """
    whole = Basis(
        given.identity_proof or held.identity_proof,
        given.record or held.record,
        given.confirmed_by,
    )
    missing = [name.replace("_", " ") for name, value in whole.to_dict().items() if not value]
    if missing:
        raise ConfirmationError(missing)
    return whole
