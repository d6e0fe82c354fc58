"""Going on with a session whose worker ended before its time, from what its record holds.

What was received is analyzed once more, frame by frame as before, while more comes. What was said
is known from the start, so that the officer can go on at once.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from facesign.errors import FacesignError, RecordError
from facesign.interview.home import Home
from facesign.interview.live.conduct import Conduct
from facesign.interview.live.history import GONE_ON, History
from facesign.interview.live.logbook import Logbook
from facesign.interview.live.officer_line import OfficerLine, StoredVoice
from facesign.interview.live.replay import conduct_of
from facesign.interview.live.segments import GAP_CLOCK_S, Segments, Stored
from facesign.interview.record.reader import Record
from facesign.interview.record.writer import PIECE_BYTES, RecordWriter
from facesign.interview.voice_search import Searches

__all__ = ["GoingOn"]


@dataclass(frozen=True, slots=True, eq=False)
class GoingOn:
    """A session's record, opened to write on, and what it says of the session."""

    writer: RecordWriter
    record: Record
    history: History

    @classmethod
    def open(cls, home: Home, session_id: str) -> GoingOn | None:
        """Open the record of a session; None where nothing was recorded yet.

        Raises:
            RecordError: it is closed, or its report was being written.
            RecordDamagedError: it was changed.
        """
        if not (home.records / session_id).is_dir():
            return None
        writer = RecordWriter.resume(home, session_id)
        try:
            record = Record.open(home, session_id)
            history = History.read(record)
            if history.is_written_up:
                # Half a report cannot be taken back, and a second one would contradict it.
                raise RecordError(record.folder, "ended while its report was being written")
        except FacesignError:
            writer.drop()
            raise
        return cls(writer, record, history)

    def conduct(self, home: Home, book: Logbook, **options: Any) -> Conduct:
        """Return the interview as far as it was said; options as of `Conduct`."""
        searches = Searches(self.history.still_searched, keep=book.searched)
        conduct = conduct_of(self.history, self.record, home, searches=searches, **options)
        for command in self.history.before:
            conduct.apply(command["name"], command["values"], time_s=command["time_s"])
        if self.history.segments and not conduct.stages.has_ended:
            conduct.open()
        for command in self.history.later:
            conduct.apply(command["name"], command["values"], time_s=command["time_s"])
        return conduct

    def take_up(self, book: Logbook, segments: Segments, officer: OfficerLine) -> None:
        """Write on where the other worker ended, and decode what it received."""
        history = self.history
        arrived = [self.record.arrivals(segment.stream) for segment in history.segments]
        goes_on = history.is_open and _is_countable(arrived[-1])
        at_s, last_at = self._last_arrival()
        silent_s = max(0.0, (datetime.now(UTC) - last_at).total_seconds())
        book.go_on(self.writer)
        book.add(
            GONE_ON,
            {"at_s": round(at_s, 3), "silent_s": round(silent_s, 3), "segment_goes_on": goes_on},
        )
        officer.go_on(list(self._voices()), n_segments=len(history.voices))
        segments.go_on(list(self._stored()), is_open=goes_on, at_s=at_s, silent_s=silent_s)

    def _stored(self) -> Iterator[Stored]:
        for segment in self.history.segments:
            there = segment.stream in self.record.streams
            yield Stored(
                self.record.media(segment.stream) if there else io.BytesIO(),
                len(self.record.arrivals(segment.stream)),
                self.history.skipped.get(segment.stream, frozenset()),
            )

    def _voices(self) -> Iterator[StoredVoice]:
        numbers = {one.stream: number for number, one in enumerate(self.history.segments, start=1)}
        for one in self.history.voices:
            offset_s = self.history.offsets.get(one.stream)
            # What was not placed yet is a second of sound at most.
            if offset_s is not None and one.stream in self.record.streams:
                media = self.record.media(one.stream)
                yield StoredVoice(one.stream, numbers[one.beside], offset_s, media)

    def _last_arrival(self) -> tuple[float, datetime]:
        """Return session time and moment of the last piece, by when the pieces came."""
        at_s, last_at = 0.0, self.record.created_at
        for index, segment in enumerate(self.history.segments):
            starts_s = at_s + GAP_CLOCK_S if index else 0.0
            at_s = self.history.offsets.get(segment.stream, starts_s)
            if arrived := self.record.arrivals(segment.stream):
                last_at = arrived[-1][0]
                at_s += (last_at - arrived[0][0]).total_seconds()
        return at_s, last_at


def _is_countable(arrived: tuple[tuple[datetime, int], ...]) -> bool:
    """Tell whether each stored part is one piece: a large piece is stored as several."""
    return all(size < PIECE_BYTES for _, size in arrived)
