"""What the record of an interview adds to its case: media, notes, evidence, consents, report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facesign.interview.record.consents import consents_of
from facesign.interview.record.contents import playable_streams, report_of
from facesign.interview.record.reader import Record

__all__ = ["NO_RECORD", "of_record"]

NO_RECORD: dict[str, Any] = {
    "status": None,
    "erased": [],
    "media": [],
    "voices": [],
    "notes": [],
    "evidence": [],
    "consents": [],
    "report": None,
}
"""A case of which nothing was recorded: who stops before consenting leaves no record."""


def of_record(record: Record) -> dict[str, Any]:
    """Return what a record says, with its report as it was written."""
    report = report_of(record)
    commands = [entry.data for entry in record.entries("command")]
    evidence = [
        {"reference": None, "time_s": one["time_s"], **one["values"]}
        for one in commands
        if one["name"] == "evidence"
    ]
    return {
        "status": record.status,
        "erased": list(record.erased),
        "media": _media(record),
        "voices": _voices(record),
        "notes": [_note(one) for one in commands if one["name"] in ("note", "mark")],
        "evidence": evidence if report is None else report["identity"]["evidence"],
        "consents": [
            {"purpose": purpose, "state": state} for purpose, state in consents_of(record).items()
        ],
        "report": report,
    }


def _note(command: Mapping[str, Any]) -> dict[str, Any]:
    values = command["values"]
    return {"text": values.get("text", values.get("label", "")), "at_s": command["time_s"]}


def _media(record: Record) -> list[dict[str, Any]]:
    """List the streams that a player plays, one after the other, with where each starts."""
    starts = _starts(record, "segment_starts")
    shown = list(playable_streams(record))
    if starts:
        shown = [name for name in shown if name in starts]
    return [{"stream": name, "start_s": starts.get(name, 0.0)} for name in shown]


def _voices(record: Record) -> list[dict[str, Any]]:
    """List what is heard of the officer's own microphone beside that, from when until when."""
    starts, own = _starts(record, "segment_starts"), _starts(record, "officer_starts")
    voices = []
    for entry in record.entries("officer_segment"):
        stream = entry.data["stream"]
        if stream not in own:
            continue
        # What was said while nothing of the applicant was received has no time in the session.
        begun_s = starts.get(entry.data["beside"], 0.0)
        until_s = min((start_s for start_s in starts.values() if start_s > begun_s), default=None)
        voices.append({"stream": stream, "start_s": own[stream], "until_s": until_s})
    return voices


def _starts(record: Record, kind: str) -> dict[str, float]:
    """Return where streams begin on the session's clock."""
    return {entry.data["stream"]: float(entry.data["offset_s"]) for entry in record.entries(kind)}
