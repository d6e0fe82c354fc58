"""Frames that there was no time for, on their way into the record."""

from __future__ import annotations

from collections.abc import Mapping, Set

from facesign.interview.live.logbook import Logbook

__all__ = ["Skips"]


class Skips:
    """Gather skipped frames, and list each once.

    Args:
        listed: By stream, the numbers of those that the record lists already.
    """

    def __init__(self, listed: Mapping[str, Set[int]]) -> None:
        self._listed = listed
        self._waiting: dict[str, list[tuple[int, float]]] = {}

    def add(self, stream: str, index: int, time_s: float) -> None:
        """Take note of a frame."""
        if index not in self._listed.get(stream, ()):
            self._waiting.setdefault(stream, []).append((index, time_s))

    def list_in(self, book: Logbook) -> None:
        """Enter those that were not listed yet."""
        for stream, skipped in self._waiting.items():
            book.add(
                "skipped",
                {
                    "stream": stream,
                    "index": [index for index, _ in skipped],
                    "time_s": [round(time_s, 3) for _, time_s in skipped],
                },
            )
        self._waiting.clear()
