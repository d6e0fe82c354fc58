"""Consent before capture: which purposes the person agreed to, in which words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from facesign.errors import ConsentError

__all__ = ["PURPOSES", "Consent", "ConsentBook", "Purpose", "read_consent"]

Purpose: TypeAlias = Literal["recording", "face", "voice", "behaviour", "search"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


@dataclass(frozen=True, slots=True)
class Consent:
    """One purpose, given or refused."""

    purpose: Purpose
    text: str
    """Version of the words that were shown, such as `zh-2026-11`."""
    given_by: str
    """Customer number of who decided."""
    granted: bool
    at: datetime
    """When, in UTC."""

    def __repr__(self) -> str:
        """Leave out who gave it."""
        return f"Consent({self.purpose}, text={self.text!r}, granted={self.granted})"


class ConsentBook:
    """What was agreed to; the last word on a purpose counts."""

    def __init__(self) -> None:
        self._entries: list[Consent] = []

    @property
    def entries(self) -> tuple[Consent, ...]:
        """All entries in the order they were made."""
        return tuple(self._entries)

    def add(self, purpose: str, *, text: str, given_by: str, granted: bool = True) -> Consent:
        """Enter a decision.

        Raises:
            ConsentError: the purpose is unknown or the words or the person are missing.
        """
        consent = _checked(purpose, text, given_by, granted, datetime.now(UTC))
        self._entries.append(consent)
        return consent

    def extend(self, consents: tuple[Consent, ...]) -> None:
        """Enter decisions that were made earlier."""
        self._entries.extend(consents)

    def decision(self, purpose: Purpose) -> bool | None:
        """Return True where granted, False where refused, None where nobody was asked."""
        for entry in reversed(self._entries):
            if entry.purpose == purpose:
                return entry.granted
        return None


def read_consent(path: Path) -> tuple[Consent, ...]:
    """Read a consent file.

    The file is JSON: `{"text": "zh-2026-11", "given_by": "C-1042", "at": "2026-11-20T09:30:00Z",
    "purposes": {"recording": true, "face": true, "voice": true, "behaviour": false}}`.

    Raises:
        ConsentError: the file cannot be read or does not say this.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConsentError(f"{path}: not a readable consent file ({_short(error)})") from error
    wanted = ("text", "given_by", "at", "purposes")
    if not isinstance(data, dict) or any(key not in data for key in wanted):
        raise ConsentError(f"{path}: a consent file holds {', '.join(wanted)}")
    return _from_dict(path, data)


def _from_dict(path: Path, data: dict[str, Any]) -> tuple[Consent, ...]:
    try:
        at = datetime.fromisoformat(str(data["at"]))
    except ValueError as error:
        raise ConsentError(f"{path}: `at` is not an ISO 8601 time: {data['at']!r}") from error
    if at.tzinfo is None:
        raise ConsentError(f"{path}: `at` needs a time zone, such as 2026-11-20T09:30:00Z")
    purposes = data["purposes"]
    if not isinstance(purposes, dict) or not all(isinstance(v, bool) for v in purposes.values()):
        raise ConsentError(f"{path}: `purposes` maps each purpose to true or false")
    try:
        return tuple(
            _checked(purpose, data["text"], data["given_by"], granted, at.astimezone(UTC))
            for purpose, granted in purposes.items()
        )
    except ConsentError as error:
        raise ConsentError(f"{path}: {error}") from error


def _checked(purpose: str, text: Any, given_by: Any, granted: bool, at: datetime) -> Consent:
    for known in PURPOSES:
        if purpose == known:
            break
    else:
        raise ConsentError(f"no purpose {purpose!r}; there are {', '.join(PURPOSES)}")
    if not all(isinstance(value, str) and value for value in (text, given_by)):
        raise ConsentError("consent needs the version of the words shown and who gave it")
    return Consent(known, text, given_by, granted, at)


def _short(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0]
