"""The outcome of a session: clear, review or inconclusive, with reasons. People decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from facesign.interview.flags import Flag

__all__ = ["ALWAYS_REQUIRED", "Check", "CheckName", "Outcome", "Reason", "decide_outcome"]

Outcome: TypeAlias = Literal["clear", "review", "inconclusive"]
CheckName: TypeAlias = Literal[
    "consent",
    "quality",
    "identity",
    "genuineness",
    "face",
    "voice",
    "search",
    "behaviour",
    "voice_behaviour",
    "movements",
]
ALWAYS_REQUIRED: tuple[CheckName, ...] = ("genuineness",)
"""Whatever a bank requires, nothing is clear while nobody looked for attacks."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: assessed with or without finding, or not assessed with the reason."""

    check: CheckName
    finding: bool | None
    """None where it was not assessed."""
    reason: str | None
    """Reason code where it was not assessed."""
    required: bool = False

    @property
    def assessed(self) -> bool:
        """Whether the check was made."""
        return self.finding is not None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {
            "check": self.check,
            "required": self.required,
            "status": "assessed" if self.assessed else "not_assessed",
            "finding": self.finding,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of the outcome."""

    code: str
    detail: tuple[tuple[str, float | str], ...] = ()
    """Numbers behind it; the unit is the end of the name."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {"code": self.code, "detail": dict(self.detail)}


def decide_outcome(
    checks: Sequence[Check], flags: Sequence[Flag], capture: Iterable[Reason] = ()
) -> tuple[Outcome, tuple[Reason, ...]]:
    """Derive the outcome: a flag makes it review, anything unchecked makes it inconclusive.

    Args:
        checks: Every check, with `required` set.
        flags: All flags; prompts are not asked, behaviour decides nothing.
        capture: What the recording itself was short of, such as `no_face`.

    Returns:
        The outcome and its reasons, weightiest first.
    """
    unchecked = [check for check in checks if not check.assessed and _is_required(check)]
    found = [check for check in checks if check.finding and _is_required(check)]
    reasons = tuple([*_flag_reasons(flags), *capture, *_check_reasons(found, unchecked)])
    if flags or found:
        return "review", reasons
    return ("inconclusive" if unchecked or reasons else "clear"), reasons


def _is_required(check: Check) -> bool:
    return check.required or check.check in ALWAYS_REQUIRED


def _flag_reasons(flags: Sequence[Flag]) -> Iterator[Reason]:
    for code in dict.fromkeys(flag.code for flag in flags):
        count = sum(flag.code == code for flag in flags)
        yield Reason(f"flag:{code}", (("n_spans", count),))


def _check_reasons(found: Sequence[Check], unchecked: Sequence[Check]) -> Iterator[Reason]:
    for check in found:
        yield Reason(f"finding:{check.check}")
    for check in unchecked:
        yield Reason(f"not_checked:{check.check}")
