"""Which voice is the applicant's, which the officer's, which another's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from facesign.biometrics.observation import Subject
from facesign.biometrics.speakers.lips import LipEvidence, pooled
from facesign.biometrics.speakers.pieces import Piece
from facesign.biometrics.speakers.separation import Separation
from facesign.biometrics.stream import FloatArray

__all__ = ["Basis", "Role", "Voice", "assign_roles"]

Basis: TypeAlias = Literal[
    "lips", "own_track", "officer_sample", "questions", "only_voice", "echo", "unknown"
]
"""What a role rests on."""

LEAST_EVIDENCE_S = 3.0
CLEAR_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Role:
    """Whose voice it is, as far as that is known."""

    subject: Subject
    """`session` where it is not known."""
    basis: Basis
    same_voice: bool = True
    """False where the applicant's lips move with it although it is not the voice that they
    move with most."""


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """Sums over pieces that are taken to be one voice."""

    mean: FloatArray
    """Mean of the unit embeddings, shape (n_values,)."""
    n_pieces: int
    seconds: float
    own_track_s: float
    officer_track_s: float
    asked_s: float
    """While a question was being asked."""
    answered_s: float
    lips: LipEvidence | None

    def __repr__(self) -> str:
        """Show lengths, never the embedding."""
        return f"Voice(n_pieces={self.n_pieces}, seconds={self.seconds:.2f})"

    @property
    def direction(self) -> FloatArray:
        """The mean at unit length."""
        return np.asarray(self.mean / max(float(np.linalg.norm(self.mean)), 1e-9), np.float32)

    @property
    def turn(self) -> Subject:
        """Whose turn it was by track or questions; `session` where unknown or both."""
        mine, theirs = self.own_track_s + self.answered_s, self.officer_track_s + self.asked_s
        if bool(mine) == bool(theirs):
            return "session"
        return "applicant" if mine else "officer"

    @property
    def lips_follow(self) -> bool:
        """Whether the applicant's lips move with it."""
        return self.lips is not None and self.lips.follow

    @property
    def lips_rest(self) -> bool:
        """Whether the applicant's lips rest while it is heard."""
        return self.lips is not None and self.lips.rest

    @classmethod
    def of(cls, piece: Piece, turn: Subject) -> Voice:
        """Make one of a piece and whose turn it was."""
        seconds = piece.duration_s
        return cls(
            mean=piece.embedding,
            n_pieces=1,
            seconds=seconds,
            own_track_s=seconds if piece.track == "applicant" else 0.0,
            officer_track_s=seconds if piece.track == "officer" else 0.0,
            asked_s=seconds if turn == "officer" else 0.0,
            answered_s=seconds if turn == "applicant" else 0.0,
            lips=piece.lips,
        )

    @classmethod
    def merged(cls, voices: Iterable[Voice]) -> Voice:
        """Add up voices, at least one."""
        parts = list(voices)
        counts = np.array([part.n_pieces for part in parts], np.float32)
        means = np.stack([part.mean for part in parts])
        return cls(
            mean=np.asarray(counts @ means / counts.sum(), np.float32),
            n_pieces=int(counts.sum()),
            seconds=sum(part.seconds for part in parts),
            own_track_s=sum(part.own_track_s for part in parts),
            officer_track_s=sum(part.officer_track_s for part in parts),
            asked_s=sum(part.asked_s for part in parts),
            answered_s=sum(part.answered_s for part in parts),
            lips=pooled(part.lips for part in parts),
        )


def assign_roles(
    voices: Sequence[Voice], separation: Separation, *, officer: FloatArray | None = None
) -> tuple[Role, ...]:
    """Tell whose each voice is.

    The officer comes first, by the sample held in memory, else by their own track, else by
    the questions' times. The applicant is among the other voices the one that the lips move
    with, else the one on their own track, else the one that answers, else the only one beside
    an officer who is known. What is left is another voice where the officer is known and it is
    clearly unlike both; somebody who laughs, whispers or turns away may sound like two.

    Args:
        voices: The voices of the session.
        separation: How alike two voices are.
        officer: Embedding of the officer's sample, unit length; None without one.

    Returns:
        One role per voice; `session` where it is not known.
    """
    roles = [Role("session", "unknown") for _ in voices]
    by, basis = _officer(voices, officer, separation.other_below)
    if by is not None:
        roles[by] = Role("officer", basis)
    rest = [index for index in range(len(voices)) if index != by]
    known_by_sample = officer is not None
    who, basis = _applicant(voices, rest, officer_known=by is not None or known_by_sample)
    if who is None:
        return tuple(roles)
    roles[who] = Role("applicant", basis)
    known = [index for index in (who, by) if index is not None]
    for index in rest:
        if index == who:
            continue
        fits = {
            one: _alike(voices[index], voices[one])
            + separation.turn_bonus * (voices[index].turn == roles[one].subject)
            for one in known
        }
        nearest = max(fits, key=lambda one: fits[one])
        alike = fits[nearest]
        if alike >= separation.same_above:
            roles[index] = roles[nearest]
        elif basis == "lips" and voices[index].lips_follow:
            is_same = _alike(voices[index], voices[who]) >= separation.other_below
            roles[index] = Role("applicant", "lips", same_voice=is_same)
        elif by is not None and alike < separation.other_below:
            roles[index] = Role("other", "unknown")
    return tuple(roles)


def _alike(one: Voice, other: Voice) -> float:
    return float(one.direction @ other.direction)


_Found: TypeAlias = tuple[int | None, Basis]


def _officer(voices: Sequence[Voice], sample: FloatArray | None, cut: float) -> _Found:
    may_be = [index for index, voice in enumerate(voices) if not _is_applicants(voice)]
    if sample is not None:
        alike = {index: float(voices[index].direction @ sample) for index in may_be}
        nearest = max(may_be, key=lambda index: alike[index], default=None)
        if nearest is not None and alike[nearest] >= cut:
            return nearest, "officer_sample"
    tracked = [index for index in may_be if voices[index].officer_track_s >= LEAST_EVIDENCE_S]
    if tracked:
        return max(tracked, key=lambda index: voices[index].officer_track_s), "own_track"
    asking = [i for i in may_be if _is_clear(voices[i].asked_s, voices[i].answered_s)]
    if asking:
        return max(asking, key=lambda index: voices[index].asked_s), "questions"
    return None, "unknown"


def _is_applicants(voice: Voice) -> bool:
    """Tell whether lips, track or answers speak against the officer."""
    return (
        voice.lips_follow
        or _is_clear(voice.own_track_s, voice.officer_track_s)
        or _is_clear(voice.answered_s, voice.asked_s)
    )


def _applicant(voices: Sequence[Voice], rest: Sequence[int], *, officer_known: bool) -> _Found:
    moved = [index for index in rest if voices[index].lips_follow]
    if moved:
        return max(moved, key=lambda index: _n_moving(voices[index])), "lips"
    rest = [index for index in rest if not voices[index].lips_rest]
    tracked = [index for index in rest if voices[index].own_track_s >= LEAST_EVIDENCE_S]
    if tracked:
        return max(tracked, key=lambda index: voices[index].own_track_s), "own_track"
    answering = [
        index for index in rest if _is_clear(voices[index].answered_s, voices[index].asked_s)
    ]
    if answering:
        return max(answering, key=lambda index: voices[index].answered_s), "questions"
    # One voice alone may be two that the encoder does not tell apart.
    if len(rest) == 1 and officer_known:
        return rest[0], "only_voice"
    return None, "unknown"


def _is_clear(for_s: float, against_s: float) -> bool:
    return for_s >= LEAST_EVIDENCE_S and for_s >= CLEAR_SHARE * (for_s + against_s)


def _n_moving(voice: Voice) -> int:
    return 0 if voice.lips is None else voice.lips.n_moving
