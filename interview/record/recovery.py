"""Recovery: going on with, or closing, a record whose writer went away."""

from __future__ import annotations

import json
import os
import zlib
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag

from facesign.errors import KeyFileError, OutputError, RecordDamagedError, RecordError
from facesign.interview.archive.store import Archive
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
    require_id,
    take_lock,
)
from facesign.interview.record.frames import CLOSING, PIECE, Broken, Frame, open_frame, scan
from facesign.interview.record.log import LogEnd
from facesign.interview.record.writer import RecordWriter, Stream

__all__ = ["Recovery", "recover", "recover_all", "reopen"]


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found at the end of a record that nobody closed."""

    session_id: str
    n_entries: int
    """Entries and pieces that hold."""
    last_at: datetime
    """When the last of them was written, UTC."""
    cut_bytes: int
    """Bytes of an unfinished entry that were cut off."""

    @property
    def message(self) -> str:
        """One line for the user: what is missing."""
        cut = f"; an unfinished entry of {self.cut_bytes} bytes was cut off"
        return (
            f"{self.session_id}: closed as interrupted; {self.n_entries} entries hold, missing is "
            f"what came after {self.last_at.isoformat(timespec='milliseconds')}"
            f"{cut if self.cut_bytes else ''}"
        )


def recover(home: Home, session_id: str) -> Recovery:
    """Close a record whose writer went away as interrupted, and say what is missing.

    Raises:
        RecordError: there is none, it is closed, or another process writes it.
        RecordDamagedError: it was changed, and is left alone.
    """
    writer, found = _reopened(home, session_id)
    try:
        writer.close("interrupted")
    finally:
        writer.drop()
    with Archive.open(home) as archive:
        if archive.has(session_id):
            archive.update(session_id, status="interrupted", ended_at=found.last_at)
    return found


def recover_all(home: Home) -> tuple[Recovery, ...]:
    """Close every record of a home that was left open and that nobody writes.

    A record that is damaged is left as it is, for `verify` to say where.
    """
    done = []
    for log in sorted(home.records.glob(f"[!.]*/{LOG}")):
        try:
            if not is_being_written(log) and not _is_closed(log):
                done.append(recover(home, log.parent.name))
        except (RecordError, KeyFileError):
            continue
    return tuple(done)


def reopen(home: Home, session_id: str) -> RecordWriter:
    """Go on with a record that was not closed; see `RecordWriter.resume`."""
    return _reopened(home, session_id)[0]


def _reopened(home: Home, session_id: str) -> tuple[RecordWriter, Recovery]:
    folder = find_folder(home, require_id(session_id))
    header = read_header(folder)
    keys, path = open_keys(home, folder, header), folder / LOG
    for name in CLASSES:
        if name not in keys:
            raise RecordError(folder, f"its key of class {name} was erased: nothing can be added")
    descriptor = open_log(path, for_writing=True)
    try:
        take_lock(path, descriptor)
        held = _read_through(descriptor, header, keys, path)
        end, size = held.end, os.fstat(descriptor).st_size
        if size > end:
            os.ftruncate(descriptor, end)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, RecordError):
            raise
        raise OutputError(path, error.strerror or str(error)) from error
    log = LogEnd(
        path,
        descriptor,
        record=header.digest,
        keys=keys,
        size=end,
        seq=held.seq,
        chain=held.chain,
    )
    writer = RecordWriter(home, folder, header, log, held.streams)
    found = Recovery(session_id, held.seq, held.last_at, size - end)
    writer.add(
        "resumed",
        {
            "n_entries": found.n_entries,
            "last_at": found.last_at.isoformat(),
            "cut_bytes": found.cut_bytes,
        },
    )
    return writer, found


@dataclass(slots=True)
class _Held:
    """What a log holds, as far as it goes."""

    chain: bytes
    streams: dict[str, Stream]
    last_at: datetime
    end: int = 0
    seq: int = 0


def _read_through(
    descriptor: int, header: Header, keys: dict[KeyClass, bytes], path: Path
) -> _Held:
    held = _Held(header.digest, {}, header.created_at)
    by_number: dict[int, Stream] = {}
    frame: Frame | None = None
    try:
        for frame, chain in scan(descriptor, header.digest):
            plain = open_frame(descriptor, frame, keys[frame.key_class], record=header.digest)
            if frame.kind == PIECE:
                by_number[frame.stream].took(plain)
            else:
                values = json.loads(zlib.decompress(plain))
                if values["kind"] == "stream":
                    about = values["data"]
                    stream = Stream(about["number"], about["key_class"])
                    held.streams[about["name"]] = by_number[stream.number] = stream
            held.chain, held.end, held.seq = chain, frame.end, frame.seq + 1
    except Broken as broken:
        if not broken.is_cut:
            raise RecordDamagedError(path, str(broken)) from broken
    except (InvalidTag, KeyError) as error:
        raise RecordDamagedError(
            path, f"entry {held.seq} at byte {held.end}: was changed"
        ) from error
    if frame is None:
        raise RecordDamagedError(path, "holds no entry")
    if frame.kind == CLOSING and held.seq == frame.seq + 1:
        raise RecordError(path, "is closed: nothing can be added")
    held.last_at = datetime.fromtimestamp(frame.at_us / 1_000_000, UTC)
    return held


def _is_closed(log: Path) -> bool:
    descriptor = open_log(log)
    try:
        last = deque(scan(descriptor, None), maxlen=1)
    except Broken:
        return False
    finally:
        os.close(descriptor)
    return bool(last) and last[0][0].kind == CLOSING
