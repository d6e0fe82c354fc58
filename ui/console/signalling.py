"""Signals between the officer's and the applicant's page: the server passes them on, no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from facesign.interview.live.session import Side

__all__ = ["MOST_SIGNAL_BYTES", "Rooms"]

MOST_SIGNAL_BYTES = 64 * 1024
"""A session description with all its candidates has a few thousand."""
MOST_WAITING = 200
_OTHER: dict[Side, Side] = {"applicant": "officer", "officer": "applicant"}


class Rooms:
    """One room a session, with one place for each side; a page that comes anew takes the place."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, Side], asyncio.Queue[dict[str, Any] | None]] = {}

    async def enter(self, session_id: str, side: Side) -> AsyncGenerator[dict[str, Any], None]:
        """Yield what the other side says, and whether it is there, until the place is taken."""
        place: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(MOST_WAITING)
        before = self._places.pop((session_id, side), None)
        if before is not None:
            _put(before, None)
        self._places[session_id, side] = place
        try:
            is_there = (session_id, _OTHER[side]) in self._places
            self.say(session_id, side, {"kind": "peer", "here": True})
            yield {"kind": "peer", "here": is_there}
            while (said := await place.get()) is not None:
                yield said
        finally:
            if self._places.get((session_id, side)) is place:
                del self._places[session_id, side]
                self.say(session_id, side, {"kind": "peer", "here": False})

    def say(self, session_id: str, side: Side, message: dict[str, Any]) -> None:
        """Pass something on to the other side; where nobody is, it is dropped."""
        place = self._places.get((session_id, _OTHER[side]))
        if place is not None:
            _put(place, message)


def _put(place: asyncio.Queue[dict[str, Any] | None], message: dict[str, Any] | None) -> None:
    if place.full():
        # A page that takes nothing is as good as gone.
        place.get_nowait()
    place.put_nowait(message)
