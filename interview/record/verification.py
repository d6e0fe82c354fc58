"""Verifying a record: does the chain hold, is anything missing, and where does it break first."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from facesign.errors import RecordDamagedError
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

__all__ = ["Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of verifying one record."""

    folder: Path
    session_id: str
    status: str
    """How it was closed; `recording` or `unclosed` where it was not."""
    n_entries: int
    """Entries that hold, pieces not counted."""
    n_pieces: int
    """Pieces of received streams that hold."""
    first_at: datetime | None
    last_at: datetime | None
    """When the last entry that holds was written, UTC."""
    head: str
    """The chain's hash after it, in hex: whoever notes it elsewhere can show later that nothing
    up to here was replaced, whatever keys somebody had."""
    streams: Mapping[str, Mapping[str, Any]]
    """Size and SHA-256 of each received stream."""
    erased: tuple[KeyClass, ...]
    """Classes whose key was erased."""
    keys_used: bool
    """False where the chain alone was followed, without a key."""
    problem: str | None
    """The first place that does not hold, or what is missing; None where all holds."""

    @property
    def ok(self) -> bool:
        """Whether the record is whole."""
        return self.problem is None

    def require(self) -> Verification:
        """Return itself where the record is whole.

        Raises:
            RecordDamagedError: it is not; the first broken place is named.
        """
        if self.problem is not None:
            raise RecordDamagedError(self.folder, self.problem)
        return self

    def lines(self) -> Iterator[str]:
        """Yield what the command line prints."""
        yield f"session: {self.session_id}"
        holds = "holds so far" if self.status == "recording" else "whole"
        checked = "" if self.keys_used else " (hashes alone, without a key)"
        yield f"status: {self.status}, {holds}{checked}"
        yield f"entries: {self.n_entries}, pieces: {self.n_pieces}"
        if self.first_at is not None and self.last_at is not None:
            yield f"from {self.first_at.isoformat()} to {self.last_at.isoformat()}"
        for name, totals in self.streams.items():
            yield f"stream {name}: {totals['size']} bytes, sha256 {totals['sha256']}"
        for key_class in self.erased:
            yield f"erased: {key_class}"
        yield f"head: {self.head}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "record": str(self.folder),
            "session_id": self.session_id,
            "ok": self.ok,
            "problem": self.problem,
            "status": self.status,
            "n_entries": self.n_entries,
            "n_pieces": self.n_pieces,
            "first_at": None if self.first_at is None else self.first_at.isoformat(),
            "last_at": None if self.last_at is None else self.last_at.isoformat(),
            "head": self.head,
            "streams": {name: dict(totals) for name, totals in self.streams.items()},
            "erased": list(self.erased),
            "keys_used": self.keys_used,
        }


def verify(home: Home, record: str | Path, *, use_keys: bool = True) -> Verification:
    """Read a record from its first byte to its last and check all of it.

    Args:
        home: Where the master key lies.
        record: The id of a session of this home, or the path of a record's folder.
        use_keys: Whether to decrypt too; without, the chain of hashes alone is followed.

    Raises:
        RecordError: there is no record, or it is of a schema that this version does not know.
        RecordDamagedError: its header is none, or its keys are another record's.
        KeyFileError: its keys cannot be opened with this master key.
    """
    folder = find_folder(home, record)
    header = read_header(folder)
    keys = open_keys(home, folder, header) if use_keys else None
    is_written = is_being_written(folder / LOG)
    descriptor = open_log(folder / LOG)
    try:
        reading = _Reading(header, keys)
        problem = reading.through(descriptor)
        if is_written and reading.is_cut:
            problem = None  # the writer is in the middle of it
    finally:
        os.close(descriptor)
    erased: tuple[KeyClass, ...] = ()
    if keys is not None:
        erased = tuple(name for name in CLASSES if name not in keys)
        problem = problem or _key_problem(erased, reading.closed)
    status = "recording" if is_written else reading.status
    if problem is None and status == "unclosed":
        problem = (
            f"entry {reading.seq} at byte {reading.end}: is not there, the record was not closed, "
            "so what came after may be missing; facesign evidence recover closes it"
        )
    return Verification(
        folder=folder,
        session_id=header.session_id,
        status=status,
        n_entries=reading.n_entries,
        n_pieces=reading.n_pieces,
        first_at=_moment(reading.first),
        last_at=_moment(reading.last),
        head=reading.chain.hex(),
        streams=reading.closed.get("streams", {}),
        erased=erased,
        keys_used=use_keys,
        problem=problem,
    )


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    header: Header
    keys: Mapping[KeyClass, bytes] | None
    seq: int = 0
    end: int = 0
    n_entries: int = 0
    n_pieces: int = 0
    chain: bytes = b""
    is_cut: bool = False
    first: Frame | None = None
    last: Frame | None = None
    closed: dict[str, Any] = field(default_factory=dict)
    digests: dict[int, Any] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)

    @property
    def status(self) -> str:
        if self.last is None or self.last.kind != CLOSING:
            return "unclosed"
        return str(self.closed.get("status", "closed"))

    def through(self, descriptor: int) -> str | None:
        """Read all; return the first problem."""
        self.chain = self.header.digest
        try:
            for frame, chain in scan(descriptor, self.header.digest):
                if self.last is not None and self.last.kind == CLOSING != frame.kind:
                    return f"entry {frame.seq} at byte {frame.offset}: comes after the closing one"
                if self.keys is not None and frame.key_class in self.keys:
                    self._decrypt(descriptor, frame, self.keys[frame.key_class])
                self._count(frame, chain)
        except Broken as broken:
            self.is_cut = broken.is_cut
            return str(broken)
        except (InvalidTag, ValueError, KeyError, zlib.error):
            return f"entry {self.seq} at byte {self.end}: does not authenticate, it was changed"
        return self._stream_problem()

    def _count(self, frame: Frame, chain: bytes) -> None:
        self.first = self.first or frame
        self.last, self.chain = frame, chain
        self.seq, self.end = frame.seq + 1, frame.end
        if frame.kind == PIECE:
            self.n_pieces += 1
        else:
            self.n_entries += 1

    def _decrypt(self, descriptor: int, frame: Frame, key: bytes) -> None:
        plain = open_frame(descriptor, frame, key, record=self.header.digest)
        if frame.kind == PIECE:
            self.digests.setdefault(frame.stream, hashlib.sha256()).update(plain)
            return
        entry = json.loads(zlib.decompress(plain))
        if frame.kind == CLOSING:
            self.closed = entry["data"]
        elif entry["kind"] == "stream":
            self.names[entry["data"]["name"]] = entry["data"]["number"]

    def _stream_problem(self) -> str | None:
        """Compare the streams with what the closing entry says of them."""
        for name, totals in self.closed.get("streams", {}).items():
            digest = self.digests.get(self.names.get(name, -1))
            if digest is not None and digest.hexdigest() != totals["sha256"]:
                return f"stream {name}: its bytes are not those that the closing entry names"
        return None


def _key_problem(erased: tuple[KeyClass, ...], closed: Mapping[str, Any]) -> str | None:
    noted = closed.get("erased", {})
    for key_class in erased:
        if "statutory" not in erased and key_class not in noted:
            return f"its key of class {key_class} is gone, and no entry says that it was erased"
    for key_class in noted:
        if key_class not in erased:
            return f"its key of class {key_class} is there, an entry says that it was erased"
    return None


def _moment(frame: Frame | None) -> datetime | None:
    return None if frame is None else datetime.fromtimestamp(frame.at_us / 1_000_000, UTC)
