"""Writing a record: entries and received pieces, appended as they come."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from facesign.errors import ItemError, OutputError, RecordError, SessionStateError
from facesign.interview.home import Home, require_one_of
from facesign.interview.keyfiles import KeyNotice, ensure_keys, store_key
from facesign.interview.keys import KEY_BYTES, KeyClass
from facesign.interview.record.folder import (
    CLASSES,
    HEADER,
    LOG,
    RING,
    Header,
    key_id_of,
    open_log,
    read_header,
    require_id,
    take_lock,
)
from facesign.interview.record.frames import CLOSING, ENTRY, PIECE
from facesign.interview.record.log import LogEnd
from facesign.models.atomic import locked, replace_file

__all__ = ["CLOSINGS", "PIECE_BYTES", "Closing", "RecordWriter", "Stream", "packed"]

Closing: TypeAlias = Literal["closed", "interrupted", "abandoned", "rescheduled"]
CLOSINGS: tuple[Closing, ...] = get_args(Closing)
PIECE_BYTES = 1 << 20
"""Longer pieces are stored as several, so that a player's jump decrypts little."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Stream:
    """What a writer knows of one stream of pieces."""

    number: int
    key_class: KeyClass
    n_pieces: int = 0
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def took(self, data: bytes) -> None:
        """Count one piece."""
        self.n_pieces += 1
        self.size += len(data)
        self.digest.update(data)

    def totals(self) -> dict[str, Any]:
        """Return what the closing entry says of it."""
        return {
            "size": self.size,
            "n_pieces": self.n_pieces,
            "sha256": self.digest.hexdigest(),
        }


class RecordWriter:
    """Append to one record; made by `create` or `resume`, used by one process and thread.

    The record is in the file as far as it was added; `close` ends it. A writer that goes away
    without closing leaves a record that `recover` closes as interrupted.
    """

    def __init__(
        self, home: Home, folder: Path, header: Header, log: LogEnd, streams: dict[str, Stream]
    ) -> None:
        self.home = home
        self.folder = folder
        self.header = header
        self._log: LogEnd | None = log
        self._streams = streams

    @classmethod
    def create(
        cls,
        home: Home,
        *,
        session_id: str,
        created_at: datetime,
        announce: Callable[[KeyNotice], None] | None = None,
    ) -> RecordWriter:
        """Begin a record; the folder appears with its keys and first entry, or not at all.

        Args:
            home: The home folder.
            session_id: Whose record it is, and the name of its folder.
            created_at: When the session was created, UTC.
            announce: Told of a master key that had to be made; by default it is logged as
                a warning.

        Raises:
            RecordError: there is a record of this session already.
            KeyFileError: the master key cannot be read.
            OutputError: the home folder cannot be written.
        """
        folder = home.records / require_id(session_id)
        if folder.exists():
            raise RecordError(folder, "there is a record of this session already")
        fresh = home.records / f".new-{session_id}"
        shutil.rmtree(fresh, ignore_errors=True)
        home.make(fresh)
        try:
            header, keys = _write_header(home, fresh, session_id, created_at, announce or _warn)
            log = _new_log(fresh, folder, header, keys)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        writer = cls(home, folder, header, log, {})
        try:
            writer.add("opened", {"session_id": session_id})
            log.sync()
            # A rotation of the master key must not look for the ring in between.
            with locked(home.keys):
                os.rename(fresh, folder)
        except BaseException as error:
            log.close()
            shutil.rmtree(fresh, ignore_errors=True)
            if isinstance(error, OSError) and not isinstance(error, OutputError):
                raise OutputError(folder, error.strerror or str(error)) from error
            raise
        _sync_folder(home.records)
        return writer

    @classmethod
    def resume(cls, home: Home, session_id: str) -> RecordWriter:
        """Go on with a record that was not closed, after a crash or in another process.

        An unfinished frame at its end is cut off, and an entry says so.

        Raises:
            RecordError: there is none, it is closed, or another process writes it.
            RecordDamagedError: it was changed.
        """
        from facesign.interview.record.recovery import reopen

        return reopen(home, session_id)

    def __repr__(self) -> str:
        """Show the id, never a person's data."""
        return f"RecordWriter({self.session_id})"

    @property
    def session_id(self) -> str:
        """Whose record it is."""
        return self.header.session_id

    @property
    def is_open(self) -> bool:
        """Whether anything can be added."""
        return self._log is not None

    @property
    def n_entries(self) -> int:
        """Entries and pieces so far."""
        return self._open().seq

    def add(self, kind: str, data: Mapping[str, Any], *, key_class: KeyClass = "statutory") -> None:
        """Append an entry.

        Args:
            kind: What it is, such as `consent`.
            data: Plain values, as JSON has them.
            key_class: `behaviour` for what is erased with the key of that class.

        Raises:
            OutputError: it cannot be written; what was recorded before is kept.
            SessionStateError: the record is closed.
            ItemError: data holds what JSON has not.
        """
        self._append(ENTRY, packed(kind, data), key_class)

    def piece(self, stream: str, data: bytes, *, key_class: KeyClass = "statutory") -> None:
        """Append received bytes, unchanged; a stream's pieces follow each other.

        Args:
            stream: Its name, such as `media`.
            data: The bytes.
            key_class: The class of the stream, the same for all its pieces.

        Raises:
            OutputError: it cannot be written; what was recorded before is kept.
            SessionStateError: the record is closed.
        """
        self._open()
        held = self._streams.get(stream)
        if held is None:
            number = len(self._streams) + 1
            self.add("stream", {"number": number, "name": stream, "key_class": key_class})
            held = self._streams[stream] = Stream(number, key_class)
        if held.key_class != key_class:
            raise ItemError("key_class", f"{held.key_class}, as before in {stream}", key_class)
        view = memoryview(data)
        for first in range(0, len(view), PIECE_BYTES):
            part = bytes(view[first : first + PIECE_BYTES])
            self._append(PIECE, part, key_class, stream=held.number)
            held.took(part)

    def sync(self) -> None:
        """Return when everything is on the disk; without it that takes up to a second."""
        self._open().sync()

    def close(self, status: Closing = "closed") -> None:
        """End the record: say how it ended and what its streams amount to.

        Raises:
            OutputError: it cannot be written; the record stays open.
            SessionStateError: it is closed already.
        """
        require_one_of("status", status, CLOSINGS)
        streams = {name: stream.totals() for name, stream in self._streams.items()}
        self._append(CLOSING, packed("closed", {"status": status, "streams": streams}))
        self._open().sync()
        self.drop()

    def drop(self) -> None:
        """Let go of the record without closing it, so that another process may resume."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def _append(
        self, kind: int, plain: bytes, key_class: KeyClass = "statutory", *, stream: int = 0
    ) -> None:
        at_us = round(datetime.now(UTC).timestamp() * 1_000_000)
        if key_class not in CLASSES:
            raise ItemError("key_class", f"one of {', '.join(CLASSES)}", key_class)
        self._open().append(kind, plain, key_class, stream=stream, at_us=at_us)

    def _open(self) -> LogEnd:
        if self._log is None:
            raise SessionStateError(f"the record of {self.session_id} is closed")
        return self._log


def packed(kind: str, data: Mapping[str, Any]) -> bytes:
    """Return what is encrypted of an entry.

    Raises:
        ItemError: data holds what JSON has not.
    """
    try:
        text = json.dumps({"kind": kind, "data": dict(data)}, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ItemError(f"data of {kind}", "plain values as JSON has them", str(error)) from error
    return zlib.compress(text.encode(), level=1)


def _write_header(
    home: Home,
    folder: Path,
    session_id: str,
    created_at: datetime,
    announce: Callable[[KeyNotice], None],
) -> tuple[Header, dict[KeyClass, bytes]]:
    from facesign import __version__

    chain = ensure_keys(home, announce)
    keys: dict[KeyClass, bytes] = {name: os.urandom(KEY_BYTES) for name in CLASSES}
    for key_class, key in keys.items():
        store_key(home, folder / RING, chain.wrap(key_class, key))
    ids: dict[str, str] = {key_class: key_id_of(key) for key_class, key in keys.items()}
    data = Header.to_bytes(session_id, created_at.astimezone(UTC), ids, f"facesign {__version__}")
    replace_file(folder / HEADER, data)
    return read_header(folder), keys


def _new_log(fresh: Path, folder: Path, header: Header, keys: dict[KeyClass, bytes]) -> LogEnd:
    path = fresh / LOG
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error
    descriptor = open_log(path, for_writing=True)
    take_lock(path, descriptor)
    digest = header.digest
    return LogEnd(folder / LOG, descriptor, record=digest, keys=keys, chain=digest)


def _sync_folder(folder: Path) -> None:
    # Some network file systems refuse to sync a folder.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _warn(notice: KeyNotice) -> None:
    _log.warning("%s", notice.message)
