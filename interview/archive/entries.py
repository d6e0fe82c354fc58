"""What the archive keeps of a session, of a verdict and of a look at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from facesign.errors import SettingsError, VerdictError
from facesign.interview.home import require_one_of

__all__ = [
    "DECISIONS",
    "ENDED",
    "STATUSES",
    "ArchivedFlag",
    "ArchivedSession",
    "Decision",
    "JudgedKind",
    "Status",
    "Verdict",
    "VerdictWord",
    "View",
]

Status: TypeAlias = Literal[
    "created",
    "consent",
    "baseline",
    "questions",
    "review",
    "closed",
    "interrupted",
    "abandoned",
    "rescheduled",
]
Decision: TypeAlias = Literal["proceed", "escalate", "stop", "pause_and_protect"]
JudgedKind: TypeAlias = Literal["prompt", "flag"]
VerdictWord: TypeAlias = Literal["confirmed", "rejected", "cannot_tell"]

STATUSES: tuple[Status, ...] = get_args(Status)
ENDED: tuple[Status, ...] = ("closed", "interrupted", "abandoned", "rescheduled")
DECISIONS: tuple[Decision, ...] = get_args(Decision)


@dataclass(frozen=True, slots=True)
class ArchivedFlag:
    """One flag of a session; its evidence lies in the record."""

    flag_id: str
    code: str
    family: str


@dataclass(frozen=True, slots=True)
class ArchivedSession:
    """One interview, and how it went."""

    session_id: str
    created_at: datetime
    """UTC, aware."""
    status: Status = "created"
    ended_at: datetime | None = None
    officer: str | None = None
    """Name of the user who led it; None for a recording that was analyzed."""
    customer: str | None = field(default=None, repr=False)
    external_ref: str | None = field(default=None, repr=False)
    """The bank's own number for the case."""
    script: str | None = None
    lang: str = "en"
    outcome: str | None = None
    """`clear`, `review` or `inconclusive`; None before there is a report."""
    decision: Decision | None = None
    """What the officer decided."""
    flags: tuple[ArchivedFlag, ...] = ()
    n_prompts: int = 0
    duration_s: float | None = None
    because: str | None = field(default=None, repr=False)
    """Why it was abandoned, or what was noted when it was rescheduled."""
    next_on: str | None = None
    """Day on which a rescheduled one will be held, as `2026-12-03`."""

    def __post_init__(self) -> None:
        require_one_of("status", self.status, STATUSES)
        if self.decision is not None:
            require_one_of("decision", self.decision, DECISIONS)
        for name in ("created_at", "ended_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise SettingsError(f"{name} needs a time zone, got {moment.isoformat()}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an analyst found a prompt or a flag to be."""

    kind: JudgedKind
    item_id: str
    """Its id in the report, such as `f1`."""
    verdict: VerdictWord
    source: str = field(repr=False)
    """Where the truth is known from, such as `called the employer`."""
    by: str
    at: datetime

    def __post_init__(self) -> None:
        require_one_of("kind", self.kind, get_args(JudgedKind))
        require_one_of("verdict", self.verdict, get_args(VerdictWord))
        for name in ("item_id", "source", "by"):
            if not getattr(self, name).strip():
                raise VerdictError(f"a verdict needs {name}: what it is on, how it is known, whose")


@dataclass(frozen=True, slots=True)
class View:
    """Somebody looked at a session, or at some part of it."""

    by: str
    at: datetime
    what: str
    """Such as `opened`, `media` or `exported`."""
