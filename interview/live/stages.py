"""The stages of a live session, and which may follow which."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from facesign.errors import SessionStateError

__all__ = ["ENDED", "STAGES", "Pauser", "Stage", "Stages"]

Stage: TypeAlias = Literal[
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
Pauser: TypeAlias = Literal["applicant", "officer"]
STAGES: tuple[Stage, ...] = get_args(Stage)
ENDED: tuple[Stage, ...] = ("closed", "interrupted", "abandoned", "rescheduled")
"""Stages that nothing follows."""
_CUT_SHORT: tuple[Stage, ...] = ("interrupted", "abandoned", "rescheduled")
_NEXT: dict[Stage, tuple[Stage, ...]] = {
    "created": ("consent", *_CUT_SHORT),
    "consent": ("baseline", *_CUT_SHORT),
    "baseline": ("questions", "review", *_CUT_SHORT),
    "questions": ("review", *_CUT_SHORT),
    # What was decided is decided on what there is, so a review ends in a decision.
    "review": ("closed", "interrupted"),
    "closed": (),
    "interrupted": (),
    "abandoned": (),
    "rescheduled": (),
}


class Stages:
    """Where one session stands; a move that is not allowed is refused."""

    def __init__(self) -> None:
        self._stage: Stage = "created"
        self._paused_by: Pauser | None = None

    @property
    def stage(self) -> Stage:
        """The stage now."""
        return self._stage

    @property
    def paused_by(self) -> Pauser | None:
        """Who paused; None while it is not paused."""
        return self._paused_by

    @property
    def captures(self) -> bool:
        """Whether what the camera and the microphone give is taken now."""
        return self._stage in ("baseline", "questions") and self._paused_by is None

    @property
    def has_ended(self) -> bool:
        """Whether nothing can follow."""
        return self._stage in ENDED

    def __str__(self) -> str:
        by = self._paused_by
        return f"the {by} paused" if by else f"the stage is {self._stage}"

    def move(self, to: Stage) -> None:
        """Go to another stage; staying where it stands is no move and always allowed.

        Raises:
            SessionStateError: the stage cannot follow the one now.
        """
        if to == self._stage:
            return
        if to not in _NEXT[self._stage]:
            allowed = ", ".join(_NEXT[self._stage]) or "nothing"
            raise SessionStateError(f"{to} cannot follow {self._stage}; what can: {allowed}")
        self._stage = to
        if to not in ("baseline", "questions"):
            self._paused_by = None

    def pause(self, by: Pauser) -> None:
        """Stop taking what is captured, until `resume`.

        Raises:
            SessionStateError: nothing is captured in this stage.
        """
        if self._stage not in ("baseline", "questions"):
            raise SessionStateError(f"nothing is captured in the stage {self._stage}: no pause")
        self._paused_by = self._paused_by or by

    def resume(self, by: Pauser) -> None:
        """Go on; the officer cannot end a pause that the applicant asked for.

        Raises:
            SessionStateError: it is not paused, or the applicant paused and has not resumed.
        """
        if self._paused_by is None:
            raise SessionStateError("the session is not paused")
        if self._paused_by == "applicant" and by == "officer":
            raise SessionStateError("the applicant paused: only the applicant can go on")
        self._paused_by = None
