"""What is settled about an interview before it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias, get_args

from facesign.errors import SettingsError
from facesign.interview.home import LANGUAGES, Home, Language, require_one_of
from facesign.interview.script import Script

__all__ = ["MOST_CHARACTERS", "Role", "SessionPlan", "Start", "require_day"]

Role: TypeAlias = Literal["applicant", "co_applicant", "interpreter", "companion"]
"""The same as the session's `Participant`, which the server does not load."""
MOST_CHARACTERS = 200
"""Numbers and names are shorter."""


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """Who is interviewed, about what, in which language.

    Raises:
        SettingsError: a value is missing, too long or not allowed.
    """

    customer: str = field(repr=False)
    """Customer number."""
    script: Script = field(repr=False)
    """What is asked."""
    lang: Language = "zh"
    """The language that the applicant reads."""
    external_ref: str | None = field(default=None, repr=False)
    """Loan application number."""
    participants: tuple[Role, ...] = ("applicant",)
    """Who was declared, the applicant among them."""
    applicant_here: bool = False
    """The applicant sits at the officer's computer: one microphone hears both."""

    def __post_init__(self) -> None:
        require_one_of("lang", self.lang, LANGUAGES)
        for participant in self.participants:
            require_one_of("participant", participant, get_args(Role))
        for name, text in (("customer", self.customer), ("external_ref", self.external_ref)):
            if name == "customer" and not (text or "").strip():
                raise SettingsError("an interview needs a customer number")
            if text is not None and len(text) > MOST_CHARACTERS:
                raise SettingsError(f"{name} must have at most {MOST_CHARACTERS} characters")

    def to_dict(self) -> dict[str, Any]:
        """Return what the live state shows of it."""
        return {
            "customer": self.customer,
            "external_ref": self.external_ref,
            "script": self.script.script_id,
            "lang": self.lang,
            "applicant_here": self.applicant_here,
        }


@dataclass(frozen=True, slots=True)
class Start:
    """What the server hands a worker that takes a session over."""

    session_id: str
    created_at: datetime
    """UTC."""
    plan: SessionPlan
    home: Home
    officer: str
    again: bool = False
    """Another worker led it and ended: go on from its record, if there is one."""


def require_day(text: str) -> None:
    """Check that a day is written as `2026-12-03`.

    Raises:
        SettingsError: it is not.
    """
    try:
        date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"a day is written as 2026-12-03, got {text!r}") from None
