"""Subjects: whose templates they are, and the key that everything of theirs hangs on."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, insert, select, update
from uuid6 import uuid7

from facesign.biometrics.gallery.entries import Register
from facesign.biometrics.gallery.protection import Vault, new_key, seal, unseal
from facesign.biometrics.gallery.tables import IdentityRow, SubjectRow
from facesign.errors import TemplateDamagedError

__all__ = ["Subject", "customer_of", "find", "make", "open_subject", "revocations", "shred"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject whose key was opened."""

    subject_id: uuid.UUID
    key: bytes = field(repr=False)

    def seal(self, plain: bytes, kind: str, row_id: uuid.UUID) -> bytes:
        """Encrypt what one row holds, bound to that row of that subject."""
        return seal(self.key, plain, f"{kind} {row_id} of {self.subject_id}")

    def unseal(self, sealed: bytes, kind: str, row_id: uuid.UUID) -> bytes:
        """Decrypt what `seal` returned.

        Raises:
            TemplateDamagedError: it was changed, or moved from another row.
        """
        try:
            return unseal(self.key, sealed, f"{kind} {row_id} of {self.subject_id}")
        except InvalidTag as error:
            raise TemplateDamagedError(str(row_id)) from error

    def seal_fields(self, fields: Mapping[str, Any], kind: str, row_id: uuid.UUID) -> bytes:
        """Encrypt named values."""
        return self.seal(json.dumps(fields, ensure_ascii=False).encode(), kind, row_id)

    def unseal_fields(self, sealed: bytes, kind: str, row_id: uuid.UUID) -> dict[str, Any]:
        """Decrypt named values; raises as `unseal`."""
        fields: dict[str, Any] = json.loads(self.unseal(sealed, kind, row_id))
        return fields


def find(
    connection: Connection, vault: Vault, customer: str, register: Register = "customers"
) -> Subject | None:
    """Find the subject of a customer number, None where there is none that was not revoked."""
    query = (
        select(SubjectRow.subject_id, SubjectRow.wrapped_key)
        .join(IdentityRow, IdentityRow.subject_id == SubjectRow.subject_id)
        .where(IdentityRow.customer_tag == _tag(vault, customer, register))
        .where(SubjectRow.wrapped_key.is_not(None))
    )
    row = connection.execute(query).first()
    if row is None or row.wrapped_key is None:
        return None
    return open_subject(vault, row.subject_id, row.wrapped_key)


def revocations(
    connection: Connection, vault: Vault, customer: str, register: Register = "customers"
) -> list[tuple[datetime, str]]:
    """List when and why voiceprints of a customer number were revoked."""
    query = (
        select(SubjectRow.revoked_at, SubjectRow.revoked_because)
        .join(IdentityRow, IdentityRow.subject_id == SubjectRow.subject_id)
        .where(IdentityRow.customer_tag == _tag(vault, customer, register))
        .where(SubjectRow.revoked_at.is_not(None))
        .order_by(SubjectRow.revoked_at)
    )
    return [(at, because or "") for at, because in connection.execute(query) if at is not None]


def make(
    connection: Connection, vault: Vault, customer: str, register: Register, now: datetime
) -> Subject:
    """Make a subject with a key of its own."""
    subject = Subject(uuid7(), new_key())
    wrapped = vault.wrap(subject.key, f"subject {subject.subject_id}")
    connection.execute(
        insert(SubjectRow).values(
            subject_id=subject.subject_id, wrapped_key=wrapped, created_at=now
        )
    )
    connection.execute(
        insert(IdentityRow).values(
            subject_id=subject.subject_id,
            customer_tag=_tag(vault, customer, register),
            sealed=subject.seal(customer.encode(), "identity", subject.subject_id),
        )
    )
    return subject


def open_subject(vault: Vault, subject_id: uuid.UUID, wrapped: bytes) -> Subject:
    """Open a subject's key.

    Raises:
        TemplateDamagedError: the wrapped key was changed.
    """
    try:
        return Subject(subject_id, vault.unwrap(wrapped, f"subject {subject_id}"))
    except InvalidTag as error:
        raise TemplateDamagedError(str(subject_id)) from error


def customer_of(connection: Connection, subject: Subject) -> str:
    """Return the customer number of a subject."""
    query = select(IdentityRow.sealed).where(IdentityRow.subject_id == subject.subject_id)
    sealed = connection.execute(query).scalar_one()
    return subject.unseal(sealed, "identity", subject.subject_id).decode()


def shred(connection: Connection, subject: Subject, because: str, now: datetime) -> None:
    """Destroy a subject's key, so that nothing encrypted under it can be read here again.

    A backup made before still holds the wrapped key: it has to be given up as well.
    """
    connection.execute(
        update(SubjectRow)
        .where(SubjectRow.subject_id == subject.subject_id)
        .values(wrapped_key=None, revoked_at=now, revoked_because=because)
    )
    connection.execute(
        update(IdentityRow).where(IdentityRow.subject_id == subject.subject_id).values(sealed=b"")
    )


def _tag(vault: Vault, customer: str, register: Register) -> bytes:
    return vault.tag(f"{register}|{customer}")
