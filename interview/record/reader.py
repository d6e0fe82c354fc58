"""Reading a record: its entries, and its streams by range."""

from __future__ import annotations

import json
import os
import weakref
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeAlias

from cryptography.exceptions import InvalidTag

from facesign.errors import RecordDamagedError, RecordError
from facesign.interview.home import Home
from facesign.interview.keys import KeyClass
from facesign.interview.record.folder import (
    CLASSES,
    LOG,
    Header,
    find_folder,
    is_being_written,
    open_keys,
    open_log,
    read_header,
)
from facesign.interview.record.frames import CLOSING, PIECE, Broken, Frame, open_frame, scan
from facesign.interview.record.stream import RecordStream
from facesign.interview.record.writer import CLOSINGS, Closing

__all__ = ["SHREDDED", "Entry", "Record", "RecordStatus"]

RecordStatus: TypeAlias = Closing | Literal["recording", "unclosed", "damaged"]
SHREDDED = "shredded"
"""Kind of an entry whose key was erased."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a record."""

    seq: int
    at: datetime
    """When it was written, UTC."""
    kind: str
    data: Mapping[str, Any] = field(repr=False)
    key_class: KeyClass


class Record:
    """A record as it lies in its folder; made by `open`, closed with the descriptor it holds.

    Everything that is read authenticates; whether anything is missing is what `verify` finds out.
    """

    def __init__(
        self,
        home: Home,
        folder: Path,
        header: Header,
        keys: dict[KeyClass, bytes],
        descriptor: int,
        *,
        is_written: bool,
    ) -> None:
        self.folder = folder
        self._home = home
        self.header = header
        self._keys = keys
        self._descriptor = descriptor
        self._is_written = is_written
        self._closing = weakref.finalize(self, os.close, descriptor)
        self._frames: list[Frame] = []
        self._streams: dict[str, int] = {}
        self._broken: Broken | None = None
        self._index()

    @classmethod
    def open(cls, home: Home, record: str | Path) -> Record:
        """Open a record for reading, closed or still being recorded.

        Args:
            home: Where the master key lies.
            record: The id of a session of this home, or the path of a record's folder.

        Raises:
            RecordError: there is no record, or it is of a schema that this version does not know.
            RecordDamagedError: its header or its keys are another record's.
            KeyFileError: its keys cannot be opened with this master key.
        """
        folder = find_folder(home, record)
        header = read_header(folder)
        keys = open_keys(home, folder, header)
        is_written = is_being_written(folder / LOG)
        return cls(home, folder, header, keys, open_log(folder / LOG), is_written=is_written)

    def close(self) -> None:
        """Close the file; streams of it cannot be read any more."""
        self._closing()

    def __enter__(self) -> Record:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        """Show the id and the number of entries, never a person's data."""
        return f"Record({self.session_id}, n_entries={len(self._frames)})"

    @property
    def session_id(self) -> str:
        """Whose record it is."""
        return self.header.session_id

    @property
    def created_at(self) -> datetime:
        """When the session was created, UTC."""
        return self.header.created_at

    @property
    def erased(self) -> tuple[KeyClass, ...]:
        """Classes whose key was erased: their entries and streams cannot be read."""
        return tuple(name for name in CLASSES if name not in self._keys)

    @property
    def status(self) -> RecordStatus:
        """How it ended; `recording`, `unclosed` after a crash, or `damaged`."""
        last = self._frames[-1] if self._frames else None
        if last is not None and last.kind == CLOSING and self._broken is None:
            entry = self._entry(last)
            if entry.kind == SHREDDED:
                return "closed"
            status = entry.data["status"]
            return CLOSINGS[CLOSINGS.index(status)]
        if self._is_written:
            return "recording"
        if self._broken is not None and not self._broken.is_cut:
            return "damaged"
        return "unclosed"

    @property
    def streams(self) -> tuple[str, ...]:
        """Names of the streams, in the order they began."""
        return tuple(self._streams)

    def entries(self, *kinds: str) -> Iterator[Entry]:
        """Yield the entries in order, all or those of some kinds.

        An entry whose key was erased has the kind `shredded` and no data.

        Raises:
            RecordDamagedError: an entry was changed.
        """
        for frame in self._frames:
            if frame.kind != PIECE:
                entry = self._entry(frame)
                if not kinds or entry.kind in kinds:
                    yield entry

    def last(self, kind: str) -> Entry | None:
        """Return the last entry of a kind, None where there is none."""
        for frame in reversed(self._frames):
            if frame.kind != PIECE:
                entry = self._entry(frame)
                if entry.kind == kind:
                    return entry
        return None

    def media(self, stream: str) -> RecordStream:
        """Return a stream as a file that decrypts what is read of it.

        Raises:
            RecordError: there is no such stream, or its key was erased.
        """
        if stream not in self._streams:
            there_are = ", ".join(self._streams) or "none"
            raise RecordError(self.folder, f"has no stream {stream!r}; there are {there_are}")
        pieces = self._pieces(stream)
        if pieces and pieces[0].key_class not in self._keys:
            raise RecordError(self.folder, f"the key of stream {stream!r} was erased")
        return RecordStream(stream, pieces, self._plain)

    def arrivals(self, stream: str) -> tuple[tuple[datetime, int], ...]:
        """Return when each piece of a stream was written, UTC, and how many bytes it has."""
        if stream not in self._streams:
            return ()
        return tuple((_at(frame), frame.plain_size) for frame in self._pieces(stream))

    def pieces(self, stream: str) -> Iterator[bytes]:
        """Yield the pieces of a stream as they came; up to 1 MiB each.

        Raises:
            RecordError: as `media`.
        """
        self.media(stream)
        for frame in self._pieces(stream):
            yield self._plain(frame)

    def erase(self, key_class: KeyClass, *, because: str) -> bool:
        """Destroy the key of one class; see `facesign.interview.record.retention.erase`."""
        from facesign.interview.record.retention import erase

        done = erase(self._home, self.folder, key_class, because=because)
        self._keys.pop(key_class, None)
        return done

    def _pieces(self, stream: str) -> list[Frame]:
        number = self._streams[stream]
        return [f for f in self._frames if f.kind == PIECE and f.stream == number]

    def _index(self) -> None:
        """Find the frames, and the names of the streams."""
        numbers: set[int] = set()
        try:
            for frame, _ in scan(self._descriptor, None):
                if frame.kind == PIECE and frame.stream not in numbers:
                    numbers.add(frame.stream)
                    self._name_streams()
                self._frames.append(frame)
        except Broken as broken:
            self._broken = broken

    def _name_streams(self) -> None:
        """A stream's name is the entry right before its first piece."""
        if self._frames and "statutory" in self._keys:
            about = self._entry(self._frames[-1])
            if about.kind == "stream":
                self._streams[str(about.data["name"])] = int(about.data["number"])

    def _entry(self, frame: Frame) -> Entry:
        at = _at(frame)
        if frame.key_class not in self._keys:
            return Entry(frame.seq, at, SHREDDED, {}, frame.key_class)
        values = json.loads(zlib.decompress(self._plain(frame)))
        return Entry(frame.seq, at, values["kind"], values["data"], frame.key_class)

    def _plain(self, frame: Frame) -> bytes:
        if not self._closing.alive:
            raise RecordError(self.folder, "was closed; open it again to read on")
        key = self._keys[frame.key_class]
        try:
            return open_frame(self._descriptor, frame, key, record=self.header.digest)
        except InvalidTag as error:
            raise RecordDamagedError(
                self.folder / LOG, f"entry {frame.seq} at byte {frame.offset}: was changed"
            ) from error


def _at(frame: Frame) -> datetime:
    return _EPOCH + timedelta(microseconds=frame.at_us)
