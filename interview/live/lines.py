"""What the server knows of one page's pieces: which are written, and when to send some again."""

from __future__ import annotations

from typing import Literal, TypeAlias

from facesign.interview.live.follow import Latest

__all__ = ["Ack", "Line", "Side"]

Side: TypeAlias = Literal["applicant", "officer"]
Ack: TypeAlias = tuple[int, int]
"""Segment and number of the last piece that was written."""


class Line:
    """One page's pieces on their way into the record."""

    def __init__(self) -> None:
        self.acks: Latest[Ack] = Latest((0, -1))
        """The last piece that was written."""
        self.restarts = Latest(0)
        """How often the page had to be told what is expected next: it then sends again what was
        not written, or begins a new segment."""
        self.left = Latest(0)
        """The segment of which nothing more is taken: a page that still sends it begins another."""

    def again(self, segment: int, n_pieces: int) -> None:
        """Let the page go on from a piece; from 0 of segment 0 it begins a new segment."""
        self.acks.set((segment, n_pieces - 1))
        self.restarts.set(self.restarts.value + 1)

    def close(self) -> None:
        """Nothing more is written."""
        self.acks.close()
