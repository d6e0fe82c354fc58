"""After what each run of the officer's sound was analyzed, on its way into the record.

It comes by a line of its own, so its order among the applicant's frames and sound is as it
happened; a replay takes it from the record.
"""

from __future__ import annotations

from dataclasses import dataclass

from facesign.interview.live.logbook import Logbook

__all__ = ["HEARD", "Place", "Places"]

HEARD = "officer_heard"
"""The entry that lists them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one run of the officer's sound was analyzed."""

    stream: str
    number: int
    """Count of the runs before it in its stream."""
    after: int
    """Frames and runs of sound of both that had been analyzed before it."""


class Places:
    """Gather places, and list each once."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Place]] = {}

    def add(self, place: Place) -> None:
        """Take note of one."""
        self._waiting.setdefault(place.stream, []).append(place)

    def list_in(self, book: Logbook) -> None:
        """Enter those that were not listed yet."""
        for stream, places in self._waiting.items():
            number, after = [one.number for one in places], [one.after for one in places]
            book.add(HEARD, {"stream": stream, "number": number, "after": after})
        self._waiting.clear()
