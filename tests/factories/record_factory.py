"""Records with known entries and pieces, and places in them to break."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from facesign.interview.home import Home
from facesign.interview.keyfiles import init_master_key
from facesign.interview.record.frames import Frame, scan
from facesign.interview.record.writer import RecordWriter

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SESSION = "0193a000-0000-7000-8000-000000000001"
PIECES = (b"first piece", b"second", bytes(range(256)) * 8)


def new_home(folder: Path) -> Home:
    home = Home(folder)
    init_master_key(home, env={})
    return home


def begin(home: Home, session_id: str = SESSION) -> RecordWriter:
    return RecordWriter.create(home, session_id=session_id, created_at=NINE)


def fill(writer: RecordWriter) -> None:
    """Add nine frames: four entries, the stream's name, three pieces, one more entry.

    With the first, `opened`, they are entries 0 to 8.
    """
    writer.add("consent", {"purpose": "recording", "granted": True, "given_by": "C-1042"})
    writer.add("question", {"question_id": "income", "time_s": 3.5})
    for data in PIECES:
        writer.piece("media", data)
    writer.add("prompt", {"id": "p1", "text": "哪家公司"}, key_class="behaviour")
    writer.add("outcome", {"outcome": "review"})


def closed_record(home: Home, session_id: str = SESSION) -> Path:
    """Write a whole record, entries 0 to 9, and return its folder."""
    writer = begin(home, session_id)
    fill(writer)
    writer.close()
    return writer.folder


def frames(folder: Path) -> list[Frame]:
    descriptor = os.open(folder / "record.log", os.O_RDONLY)
    try:
        return [frame for frame, _ in scan(descriptor, None)]
    finally:
        os.close(descriptor)


def frame_bytes(folder: Path) -> list[bytes]:
    data = (folder / "record.log").read_bytes()
    return [data[frame.offset : frame.end] for frame in frames(folder)]
