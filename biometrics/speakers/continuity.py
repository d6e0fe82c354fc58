"""Whether the applicant's voice after an interruption is the one from before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facesign.biometrics.speakers.pieces import Piece
from facesign.biometrics.speakers.roles import Role
from facesign.biometrics.stream import FloatArray

__all__ = ["LEAST_AFTER_S", "Continuity", "is_applicants"]

LEAST_AFTER_S = 3.0
"""Speech of the applicant after an interruption that is compared with before it."""


def is_applicants(role: Role, *, by_lips: bool) -> bool:
    """Tell whether a role says surely enough that the applicant speaks.

    Args:
        role: Whose voice it is.
        by_lips: Whether the lips have to tell, as somebody else may be on the same track.
    """
    sure = role.basis == "lips" or not by_lips
    return role.subject == "applicant" and role.same_voice and sure


class Continuity:
    """Compare the applicant's voice across interruptions.

    As long as an interruption is not bridged, a later one is compared with what was before the
    earlier: somebody who took over in between is not what the next is compared with.

    Args:
        same_above: Cosine of two voices from which they are one.
        by_lips: Whether the lips have to tell that the applicant speaks.
    """

    def __init__(self, same_above: float, *, by_lips: bool = False) -> None:
        self._same_above = same_above
        self._by_lips = by_lips
        self._before: FloatArray | None = None
        self._bridged: dict[float, bool | None] = {}

    @property
    def waits(self) -> bool:
        """Whether an interruption is still to be bridged."""
        return False in self._bridged.values()

    def interrupt(self, time_s: float, before: FloatArray | None) -> None:
        """Note an interruption.

        Args:
            time_s: Where speech goes on.
            before: The applicant's voice up to there, unit length; None where too little of it
                was heard: then nothing can be compared.
        """
        if not self.waits:
            self._before = before
        self._bridged[time_s] = None if self._before is None else False

    def look(self, pieces: Sequence[Piece], roles: Sequence[Role]) -> None:
        """Compare what the applicant said since with what was before."""
        if not self.waits or self._before is None:
            return
        last_s = max(self._bridged)
        since = [
            piece
            for piece, role in zip(pieces, roles, strict=True)
            if piece.start_s >= last_s and is_applicants(role, by_lips=self._by_lips)
        ]
        if sum(piece.duration_s for piece in since) < LEAST_AFTER_S:
            return
        mean = np.mean([piece.embedding for piece in since], axis=0)
        alike = float(mean @ self._before) / max(float(np.linalg.norm(mean)), 1e-9)
        if alike >= self._same_above:
            self._bridged = {
                time_s: bridged if bridged is None else True
                for time_s, bridged in self._bridged.items()
            }

    def is_bridged(self, time_s: float) -> bool | None:
        """Tell whether the voice was the same after an interruption; None where unknown."""
        return self._bridged.get(time_s)
