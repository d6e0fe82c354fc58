"""From pieces with a role to turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from facesign.biometrics.observation import Subject
from facesign.biometrics.speakers.crosstalk import CLEAN_BELOW
from facesign.biometrics.speakers.pieces import Piece
from facesign.biometrics.speakers.roles import Basis, Role
from facesign.biometrics.stream import FloatArray, Track

__all__ = ["Spoken", "Turn", "turns_of"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One voice, from when to when, without a pause of 0.25 s or more."""

    start_s: float
    end_s: float
    track: Track
    subject: Subject
    """`session` where it is not known who spoke."""
    basis: Basis
    """What that rests on."""
    same_voice: bool = True
    """False where the applicant's lips move with another voice than before."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A turn, with the part of its sound that holds this voice alone."""

    turn: Turn
    samples: FloatArray
    """16 kHz, shape (n_samples,); shorter than the turn where another voice is heard too."""

    def __repr__(self) -> str:
        """Show times, never samples."""
        return f"Spoken({self.turn!r}, n_samples={len(self.samples)})"


def turns_of(pieces: Sequence[Piece], roles: Sequence[Role]) -> Iterator[Spoken]:
    """Join neighbours with the same role.

    Args:
        pieces: In the order in which they were heard.
        roles: The role of each.
    """
    turn: Turn | None = None
    clean: list[FloatArray] = []
    for piece, role in zip(pieces, roles, strict=True):
        alone = piece.echo_share < CLEAN_BELOW and not piece.two_at_once
        samples = piece.samples if alone else piece.samples[:0]
        if turn is not None and not piece.opens and _continues(turn, role):
            turn = replace(turn, end_s=piece.end_s)
            clean.append(samples)
            continue
        if turn is not None:
            yield Spoken(turn, np.concatenate(clean))
        turn = Turn(
            piece.start_s, piece.end_s, piece.track, role.subject, role.basis, role.same_voice
        )
        clean = [samples]
    if turn is not None:
        yield Spoken(turn, np.concatenate(clean))


def _continues(turn: Turn, role: Role) -> bool:
    return (turn.subject, turn.basis, turn.same_voice) == (
        role.subject,
        role.basis,
        role.same_voice,
    )
