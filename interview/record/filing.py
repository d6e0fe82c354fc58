"""Filing a recording: its files go into a record as they are, and are read from there."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

import uuid6

from facesign.errors import MediaError
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.record.reader import Record
from facesign.interview.record.writer import PIECE_BYTES, Closing, RecordWriter

__all__ = ["FiledRecording", "StreamSource", "filed_sources"]


@dataclass(frozen=True, slots=True)
class StreamSource:
    """One stream of a record, as a recording that can be opened for reading."""

    record: Record
    stream: str
    name: str
    """File name as it was received."""

    def open(self) -> BinaryIO:
        """Open it from its start; it is decrypted as it is read."""
        return cast(BinaryIO, io.BufferedReader(self.record.media(self.stream), 1 << 16))


def filed_sources(record: Record) -> dict[str, StreamSource]:
    """Return the files that were stored in a record, by stream: `media` and its microphones."""
    return {
        entry.data["stream"]: StreamSource(record, entry.data["stream"], entry.data["name"])
        for entry in record.entries("received")
    }


class FiledRecording:
    """The record of a recorded interview: holds its files, open until the report is in it.

    Leaving the block before `finish` closes the record as interrupted.

    Args:
        home: The home folder.
        files: What was received, by the name of its stream.

    Raises:
        MediaError: a file cannot be read.
        KeyFileError, OutputError: the record cannot be written.
    """

    def __init__(self, home: Home, files: Mapping[str, Path]) -> None:
        self.writer = RecordWriter.create(
            home, session_id=str(uuid6.uuid7()), created_at=datetime.now(UTC)
        )
        self._home = home
        self._record: Record | None = None
        try:
            for stream, path in files.items():
                self._store(stream, path)
            self._record = Record.open(home, self.writer.session_id)
        except BaseException:
            self._end()
            raise
        self.sources = filed_sources(self._record)

    def __enter__(self) -> FiledRecording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def finish(self) -> None:
        """Close the record: the report is in it."""
        self.writer.close("closed")
        self._enter("closed")

    def _store(self, stream: str, path: Path) -> None:
        self.writer.add("received", {"stream": stream, "name": path.name})
        try:
            file = path.open("rb")
        except OSError as error:
            raise MediaError(path, error.strerror or str(error)) from error
        with file:
            while data := file.read(PIECE_BYTES):
                self.writer.piece(stream, data)

    def _end(self) -> None:
        if self._record is not None:
            self._record.close()
        if self.writer.is_open:
            try:
                self.writer.close("interrupted")
                self._enter("interrupted")
            finally:
                self.writer.drop()

    def _enter(self, status: Closing) -> None:
        with Archive.open(self._home) as archive:
            if archive.has(self.writer.session_id):
                archive.update(self.writer.session_id, status=status, ended_at=datetime.now(UTC))
