"""Every verification of a customer, and whether the voice drifts away from its template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import insert, select
from uuid6 import uuid7

from facesign.biometrics.gallery import subjects
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.gallery.tables import VerificationRow
from facesign.errors import UnknownCustomerError

__all__ = ["LEAST_FOR_DRIFT", "Drift", "Event", "drift", "events", "keep", "revocations"]

LEAST_FOR_DRIFT = 5
"""Verifications below which a slope says nothing."""
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Event:
    """One verification as it was kept."""

    at: datetime
    fields: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drift:
    """How scores of verifications change over time, per channel."""

    channel: str
    n: int
    """Verifications that it is over."""
    n_no_match: int
    """Verifications that are left out: `no_match`, so another voice as far as is known."""
    first_half: float
    """Median score of the earlier half."""
    second_half: float
    per_year: float | None
    """Slope by the median of all pairs (Theil and Sen); None below 5 or within a day."""


def keep(gallery: Gallery, customer: str, fields: Mapping[str, Any]) -> None:
    """Keep one verification, encrypted under the customer's key.

    Raises:
        UnknownCustomerError: the customer was revoked meanwhile; nothing is kept.
    """
    with gallery.database.writing() as connection:
        subject = subjects.find(connection, gallery.vault, customer)
        if subject is None:
            raise UnknownCustomerError(customer)
        verification_id = uuid7()
        connection.execute(
            insert(VerificationRow).values(
                verification_id=verification_id,
                subject_id=subject.subject_id,
                at=gallery.now(),
                sealed=subject.seal_fields(fields, "verification", verification_id),
            )
        )


def events(gallery: Gallery, customer: str) -> list[Event]:
    """Read a customer's verifications, oldest first; none of one who is not enrolled.

    Raises:
        TemplateDamagedError: one does not authenticate.
    """
    with gallery.database.reading() as connection:
        subject = subjects.find(connection, gallery.vault, customer)
        if subject is None:
            return []
        query = (
            select(VerificationRow)
            .where(VerificationRow.subject_id == subject.subject_id)
            .order_by(VerificationRow.at, VerificationRow.verification_id)
        )
        return [
            Event(row.at, subject.unseal_fields(row.sealed, "verification", row.verification_id))
            for row in connection.execute(query)
        ]


def revocations(gallery: Gallery, customer: str) -> list[tuple[datetime, str]]:
    """List when and why a customer's voiceprints were revoked, oldest first."""
    with gallery.database.reading() as connection:
        return subjects.revocations(connection, gallery.vault, customer)


def drift(found: list[Event]) -> list[Drift]:
    """Summarise scores over time, one entry a channel, of channels with two or more.

    What did not match is left out: an impostor is no change of the customer's voice.

    Source: Sen 1968.
    """
    by_channel: dict[str, list[tuple[datetime, float]]] = {}
    left_out: Counter[str] = Counter()
    for event in found:
        if event.fields.get("decision") == "no_match":
            left_out[event.fields["channel"]] += 1
        elif event.fields.get("score") is not None:
            by_channel.setdefault(event.fields["channel"], []).append(
                (event.at, float(event.fields["score"]))
            )
    return [
        _drift(channel, held, left_out[channel])
        for channel, held in by_channel.items()
        if len(held) > 1
    ]


def _drift(channel: str, held: list[tuple[datetime, float]], n_no_match: int) -> Drift:
    years = np.array([at.timestamp() / 86_400.0 / _DAYS_PER_YEAR for at, _ in held])
    scores = np.array([score for _, score in held])
    half = len(held) // 2
    first, second = float(np.median(scores[:half])), float(np.median(scores[half:]))
    slope = None
    if len(held) >= LEAST_FOR_DRIFT and np.ptp(years) * _DAYS_PER_YEAR >= 1.0:
        from scipy.stats import theilslopes

        slope = float(theilslopes(scores, years).slope)
    return Drift(channel, len(held), n_no_match, first, second, slope)
