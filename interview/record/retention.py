"""Erasing what a record holds, by destroying the key, and doing so when the time is over."""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from facesign.errors import FacesignError, ItemError, RecordDamagedError, RecordError
from facesign.interview.home import Home
from facesign.interview.keyfiles import read_ring, remove_keys
from facesign.interview.keys import KeyClass
from facesign.interview.record.folder import (
    CLASSES,
    LOG,
    RING,
    find_folder,
    open_keys,
    open_log,
    read_header,
    take_lock,
)
from facesign.interview.record.frames import CLOSING, Broken, Frame, open_frame, scan
from facesign.interview.record.log import LogEnd
from facesign.interview.record.recovery import recover_all
from facesign.interview.record.writer import packed

__all__ = ["Purge", "erase", "purge"]

_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Purge:
    """What a purge did."""

    erased: tuple[str, ...]
    """Sessions whose behaviour cannot be read any more."""
    failed: tuple[str, ...]
    """One line for each record that it could not be done for."""


def erase(home: Home, record: str | Path, key_class: KeyClass, *, because: str) -> bool:
    """Destroy a record's key of one class, so that nothing of that class can be read again.

    The chain still verifies: its hashes are over what is encrypted. The closing entry is written
    once more and says what was erased, when and why. Copies of the folder made before, and of
    its ring of keys, can still be read as long as the master key is there.

    Args:
        home: Where the master key lies.
        record: The id of a session of this home, or the path of a record's folder.
        key_class: `behaviour`, or `statutory` for all the rest, media included.
        because: Why, in a word or two, such as `retention` or `consent withdrawn`.

    Returns:
        False where it was erased before.

    Raises:
        RecordError: there is no record, it is not closed, or it is being recorded.
        OutputError: it cannot be written.
    """
    if key_class not in CLASSES:
        raise ItemError("key_class", f"one of {', '.join(CLASSES)}", key_class)
    folder = find_folder(home, record)
    header = read_header(folder)
    keys = open_keys(home, folder, header)
    if key_class not in keys:
        return False
    path = folder / LOG
    descriptor = open_log(path, for_writing=True)
    try:
        take_lock(path, descriptor)
        last = _last_frame(descriptor, path)
        # What a crash left of an earlier try.
        os.ftruncate(descriptor, last.end)
    except BaseException:
        os.close(descriptor)
        raise
    log = LogEnd(
        path,
        descriptor,
        record=header.digest,
        keys=keys,
        size=last.end,
        seq=last.seq + 1,
        chain=os.pread(descriptor, _HASH_BYTES, last.end - _HASH_BYTES),
    )
    try:
        if "statutory" in keys:
            closing = _closing(descriptor, last, keys["statutory"], header.digest, path)
            at = datetime.now(UTC)
            noted = {**closing.get("erased", {}), key_class: [at.isoformat(), because]}
            plain = packed("closed", {**closing, "erased": noted})
            log.append(CLOSING, plain, "statutory", at_us=round(at.timestamp() * 1e6))
            log.sync()
        remove_keys(home, folder / RING, key_class)
    finally:
        log.close()
    return True


def purge(home: Home, *, now: datetime | None = None) -> Purge:
    """Erase behaviour in all records that are older than the settings keep it.

    Records that a crash left open are closed first.

    Args:
        home: The home folder; `behaviour_days` of its settings says how long.
        now: The moment to count from.
    """
    recover_all(home)
    before = (now or datetime.now(UTC)) - timedelta(days=home.settings().behaviour_days)
    erased, failed = [], []
    for log in sorted(home.records.glob(f"[!.]*/{LOG}")):
        folder = log.parent
        try:
            held = {key.key_class for key in read_ring(folder / RING)}
            if "behaviour" not in held or read_header(folder).created_at >= before:
                continue
            if erase(home, folder, "behaviour", because="retention"):
                erased.append(folder.name)
        except FacesignError as error:
            failed.append(str(error))
    return Purge(tuple(erased), tuple(failed))


def _last_frame(descriptor: int, path: Path) -> Frame:
    """Return the closing frame that ends the log."""
    last: Frame | None = None
    try:
        for frame, _ in scan(descriptor, None):
            last = frame
    except Broken as broken:
        if not broken.is_cut:
            raise RecordDamagedError(path, str(broken)) from broken
    if last is None or last.kind != CLOSING:
        raise RecordError(
            path.parent, "was not closed; facesign evidence recover closes it, then erase"
        )
    return last


def _closing(
    descriptor: int, frame: Frame, key: bytes, record: bytes, path: Path
) -> dict[str, Any]:
    try:
        plain = open_frame(descriptor, frame, key, record=record)
    except InvalidTag as error:
        raise RecordDamagedError(
            path, f"entry {frame.seq} at byte {frame.offset}: was changed"
        ) from error
    data: dict[str, Any] = json.loads(zlib.decompress(plain))["data"]
    return data
