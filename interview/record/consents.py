"""What the applicant decided on each purpose, as a record holds it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from facesign.interview.record.reader import Record

__all__ = ["Decided", "consents_of"]

Decided: TypeAlias = Literal["granted", "refused", "withdrawn"]


def consents_of(record: Record) -> dict[str, Decided]:
    """Return the last decision on each purpose that was asked, in the order they were asked.

    Sessions of programs and files enter `consent`, live ones the commands of the applicant.
    """
    found: dict[str, Decided] = {}
    for entry in record.entries("consent", "command"):
        given = entry.data
        if entry.kind == "command":
            if given["name"] not in ("consent", "withdraw"):
                continue
            given = given["values"]
        purpose = str(given["purpose"])
        if given.get("granted") is True:
            found[purpose] = "granted"
        else:
            had = found.get(purpose, "refused")
            found[purpose] = "refused" if had == "refused" else "withdrawn"
    return found
