"""The folder of one record: its header, its ring of keys, its log."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from facesign.errors import KeyFileError, OutputError, RecordDamagedError, RecordError
from facesign.interview.home import Home
from facesign.interview.keyfiles import load_keys, read_ring
from facesign.interview.keys import SUITE, KeyClass

__all__ = [
    "CLASSES",
    "LOG",
    "RING",
    "SCHEMA",
    "Header",
    "find_folder",
    "is_being_written",
    "key_id_of",
    "open_keys",
    "read_header",
    "take_lock",
]

SCHEMA = 1
CLASSES: tuple[KeyClass, ...] = ("statutory", "behaviour")
"""The classes that a record has keys of."""
HEADER = "header.json"
RING = "ring.json"
LOG = "record.log"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_LOCK_TRIES = 20
_LOCK_WAIT_S = 0.05


@dataclass(frozen=True, slots=True)
class Header:
    """What a record says of itself in the open; nothing of a person."""

    session_id: str
    created_at: datetime
    """UTC, aware."""
    keys: Mapping[str, str]
    """Id of the data key of each class."""
    digest: bytes = field(repr=False)
    """SHA-256 of the file: what the first entry follows."""

    @staticmethod
    def to_bytes(
        session_id: str, created_at: datetime, keys: Mapping[str, str], made_by: str
    ) -> bytes:
        """Return the content of `header.json`."""
        values = {
            "schema": SCHEMA,
            "suite": SUITE,
            "session_id": session_id,
            "created_at": created_at.isoformat(),
            "made_by": made_by,
            "keys": dict(keys),
        }
        return json.dumps(values, indent=1).encode() + b"\n"


def require_id(session_id: str) -> str:
    """Check that an id names a folder and nothing else.

    Raises:
        RecordError: it does not.
    """
    if not _ID.fullmatch(session_id):
        raise RecordError(repr(session_id), "is not the id of a session")
    return session_id


def find_folder(home: Home, record: str | Path) -> Path:
    """Return the folder of a record, by its session's id or by its own path.

    Raises:
        RecordError: there is no record.
    """
    folder = record if isinstance(record, Path) else home.records / require_id(record)
    if not folder.is_dir():
        raise RecordError(folder, "there is no record; it is a folder, or the id of a session")
    return folder


def read_header(folder: Path) -> Header:
    """Read `header.json`.

    Raises:
        RecordError: it is missing, or of a schema or suite that this version does not know.
        RecordDamagedError: it is not a header.
    """
    path = folder / HEADER
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise RecordError(folder, f"holds no {HEADER}: it is no record") from error
    except OSError as error:
        raise RecordError(path, str(error.strerror)) from error
    try:
        values: dict[str, Any] = json.loads(data)
        for name, known in (("schema", SCHEMA), ("suite", SUITE)):
            if values[name] != known:
                raise RecordError(
                    path, f"{name} is {values[name]}, this version reads {known}; update facesign"
                )
        return Header(
            session_id=str(values["session_id"]),
            created_at=datetime.fromisoformat(values["created_at"]),
            keys={str(name): str(key_id) for name, key_id in values["keys"].items()},
            digest=hashlib.sha256(data).digest(),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordDamagedError(path, "is not the header of a record, or was changed") from error


def key_id_of(data_key: bytes) -> str:
    """Return what the header calls a data key."""
    return hashlib.sha256(b"facesign record key id\0" + data_key).hexdigest()[:16]


def open_keys(home: Home, folder: Path, header: Header) -> dict[KeyClass, bytes]:
    """Unwrap the keys that the record still has.

    Raises:
        KeyFileError: the master key is missing or another, or a wrapped key is damaged.
        RecordDamagedError: the keys are another record's.
    """
    ring = folder / RING
    chain, keys = load_keys(home), dict[KeyClass, bytes]()
    try:
        for wrapped in read_ring(ring):
            keys[wrapped.key_class] = chain.unwrap(wrapped)
    except KeyFileError as error:
        raise KeyFileError(ring, str(error)) from error
    for key_class, key in keys.items():
        if header.keys.get(key_class) != key_id_of(key):
            raise RecordDamagedError(
                folder / HEADER,
                f"names another key of class {key_class} than {RING} has: "
                "one of them belongs to another record, or was changed",
            )
    return keys


def take_lock(log: Path, descriptor: int) -> None:
    """Take the log for writing, until the descriptor is closed.

    Raises:
        RecordError: another process writes it.
    """
    for attempt in range(_LOCK_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            # A reader holds it for a moment only, to see whether anybody writes.
            if attempt < _LOCK_TRIES - 1:
                time.sleep(_LOCK_WAIT_S)
    raise RecordError(log.parent, "is being recorded by another process")


def is_being_written(log: Path) -> bool:
    """Tell whether a process holds the log for writing."""
    descriptor = open_log(log)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)


def open_log(log: Path, *, for_writing: bool = False) -> int:
    """Open the log and return its descriptor.

    Raises:
        RecordError: it is missing or may not be read.
        OutputError: it may not be written.
    """
    flags = os.O_RDWR | os.O_APPEND if for_writing else os.O_RDONLY
    try:
        return os.open(log, flags)
    except FileNotFoundError as error:
        raise RecordError(log.parent, f"holds no {LOG}: its entries are gone") from error
    except OSError as error:
        if for_writing:
            raise OutputError(log, str(error.strerror)) from error
        raise RecordError(log, str(error.strerror)) from error
