"""What goes into the gallery and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from facesign.biometrics.voiceprint.voiceprint import Voiceprint

__all__ = ["Basis", "Due", "Enrolled", "Owner", "Reference", "Register", "Sample", "Status"]

Status: TypeAlias = Literal["provisional", "confirmed"]
Register: TypeAlias = Literal["customers", "watch_list"]
"""Whose entries: the two never share a key, so revoking one leaves the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One recording's voiceprint, to be enrolled."""

    voiceprint: Voiceprint
    channel: str
    """What it came through, such as `wideband`, `narrowband` or the bank's own word."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What an enrollment rests on."""

    identity_proof: str | None = field(default=None, repr=False)
    """How it is known whose voice it is, such as the reference of a network check."""
    record: str | None = None
    """The evidence record of the session in which it was taken."""
    confirmed_by: str | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {
            "identity_proof": self.identity_proof,
            "record": self.record,
            "confirmed_by": self.confirmed_by,
        }


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One enrollment of a customer: templates that were made together."""

    enrollment_id: str
    status: Status
    created_at: datetime
    retain_until: datetime
    n_templates: int
    basis: Basis


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One template of a customer, decrypted."""

    template_id: str
    voiceprint: Voiceprint
    channel: str
    status: Status
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose template a search found."""

    customer: str = field(repr=False)
    subject_id: str
    enrollment_id: str
    status: Status


@dataclass(frozen=True, slots=True)
class Due:
    """A customer who should be enrolled again."""

    customer: str = field(repr=False)
    model: str
    """Model of the templates there are."""
    retain_until: datetime
    reason: Literal["other_model", "retention_ends"]

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "customer": self.customer,
            "reason": self.reason,
            "model": self.model,
            "retain_until": self.retain_until.isoformat(),
        }
