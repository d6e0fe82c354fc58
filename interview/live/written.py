"""What stands during a live interview: the question, and what people wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from facesign.interview.flags import ExternalEvidence
from facesign.interview.script import Question

__all__ = ["Asked", "Written"]


@dataclass(slots=True)
class Asked:
    """The question that stands."""

    question: Question
    since_s: float
    phase: Literal["asking", "answering"] = "asking"


@dataclass(slots=True)
class Written:
    """What people wrote, in the order it came."""

    notes: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[ExternalEvidence] = field(default_factory=list)
    """What other systems of the bank found."""
    because: str | None = None
    """Why it was broken off."""
    next_on: str | None = None
    """Day on which it will be held instead."""

    def broken_off(self) -> dict[str, str | None] | None:
        """Return why it was broken off and when it is held instead; None where neither is known."""
        if self.because is None and self.next_on is None:
            return None
        return {"because": self.because, "next_on": self.next_on}
