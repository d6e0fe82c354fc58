from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_process import environment
from record_factory import NINE, PIECES, SESSION, begin, closed_record, fill, frames, new_home

from facesign.errors import RecordDamagedError, RecordError
from facesign.interview.archive.entries import ArchivedSession
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.record.reader import Record
from facesign.interview.record.recovery import recover, recover_all
from facesign.interview.record.verification import verify
from facesign.interview.record.writer import RecordWriter


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def left_open(home: Home) -> Path:
    """A record whose writer went away after entry 8."""
    writer = begin(home)
    fill(writer)
    writer.drop()
    return writer.folder


def test_a_record_that_was_left_open_says_so(home: Home, left_open: Path) -> None:
    with Record.open(home, SESSION) as record:
        assert record.status == "unclosed"
        assert record.media("media").read() == b"".join(PIECES)


def test_recovery_closes_it_and_says_what_is_missing(home: Home, left_open: Path) -> None:
    log = left_open / "record.log"
    last = frames(left_open)[-1]
    os.truncate(log, last.end - 3)
    found = recover(home, SESSION)
    assert (found.n_entries, found.cut_bytes) == (8, last.end - last.offset - 3)
    assert "closed as interrupted; 8 entries hold, missing is what came after 20" in found.message
    assert f"an unfinished entry of {found.cut_bytes} bytes was cut off" in found.message
    assert "\n" not in found.message
    checked = verify(home, SESSION)
    assert (checked.ok, checked.status) == (True, "interrupted")
    with Record.open(home, SESSION) as record:
        (resumed,) = record.entries("resumed")
        assert resumed.data["n_entries"] == 8
        assert resumed.data["last_at"] == found.last_at.isoformat()
        assert record.media("media").read() == b"".join(PIECES)


def test_recovery_holds_wherever_the_log_was_cut(home: Home, left_open: Path) -> None:
    log = left_open / "record.log"
    whole = log.read_bytes()
    ends = [frame.end for frame in frames(left_open)]
    for size in [*range(ends[0], len(whole), 397), *ends]:
        log.write_bytes(whole[:size])
        found = recover(home, SESSION)
        assert found.n_entries == sum(end <= size for end in ends)
        assert found.cut_bytes == size - max(end for end in ends if end <= size)
        assert verify(home, SESSION).ok
        with Record.open(home, SESSION) as record:
            pieces = list(record.pieces("media")) if record.streams else []
        assert pieces == list(PIECES[: len(pieces)])


def test_empty_blocks_at_the_end_count_as_cut_off(home: Home, left_open: Path) -> None:
    with (left_open / "record.log").open("ab") as file:
        file.write(bytes(4096))
    assert recover(home, SESSION).cut_bytes == 4096


def test_a_resumed_record_goes_on_with_its_streams(home: Home, left_open: Path) -> None:
    writer = RecordWriter.resume(home, SESSION)
    writer.piece("media", b"and more")
    writer.close()
    checked = verify(home, SESSION)
    assert (checked.ok, checked.status, checked.streams["media"]["n_pieces"]) == (True, "closed", 4)
    with Record.open(home, SESSION) as record:
        assert record.streams == ("media",)
        assert record.media("media").read() == b"".join(PIECES) + b"and more"


def test_a_changed_record_is_not_recovered(home: Home, left_open: Path) -> None:
    log, frame = left_open / "record.log", frames(left_open)[4]
    data = bytearray(log.read_bytes())
    data[frame.offset + 45] ^= 1
    log.write_bytes(data)
    with pytest.raises(RecordDamagedError, match=f"entry 4 at byte {frame.offset}: was changed"):
        recover(home, SESSION)
    assert log.read_bytes() == data


def test_all_that_were_left_open_are_closed_and_no_other(home: Home, left_open: Path) -> None:
    closed_record(home, "closed-before")
    at_it = begin(home, "being-recorded")
    (home.records / "nothing").mkdir()
    assert [found.session_id for found in recover_all(home)] == [SESSION]
    assert recover_all(home) == ()
    at_it.close()
    assert verify(home, "being-recorded").status == "closed"
    with pytest.raises(RecordError, match="is closed"):
        recover(home, "closed-before")


def test_the_archive_learns_of_it(home: Home, left_open: Path) -> None:
    with Archive.open(home) as archive:
        archive.add(ArchivedSession(SESSION, NINE, status="questions"))
        found = recover(home, SESSION)
        held = archive.session(SESSION)
    assert (held.status, held.ended_at) == ("interrupted", found.last_at)


RECORDS = """
import sys, itertools
from datetime import UTC, datetime
from pathlib import Path
from facesign.interview.home import Home
from facesign.interview.record.writer import RecordWriter
writer = RecordWriter.create(
    Home(Path(sys.argv[1])), session_id=sys.argv[2], created_at=datetime.now(UTC)
)
for number in itertools.count():
    writer.piece("media", number.to_bytes(4, "big") * (1 + number % 9000))
    writer.add("mark", {"number": number})
    # Told only when it is in the record.
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.slow
def test_what_was_told_as_recorded_survives_a_kill_at_any_moment(
    home: Home, tmp_path: Path
) -> None:
    rng = random.Random(0)
    for run in range(6):
        session_id = f"killed-{run}"
        child = subprocess.Popen(
            [sys.executable, "-c", RECORDS, str(home.root), session_id],
            stdout=subprocess.PIPE,
            env=environment(tmp_path),
        )
        assert child.stdout is not None
        told = [int(child.stdout.readline())]
        for _ in range(rng.randrange(300)):
            told.append(int(child.stdout.readline()))
        child.send_signal(signal.SIGKILL)
        told += [int(line) for line in child.stdout.read().split(b"\n") if line]
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
        recover(home, session_id)
        assert verify(home, session_id).ok
        with Record.open(home, session_id) as record:
            assert record.status == "interrupted"
            marks = [entry.data["number"] for entry in record.entries("mark")]
        assert marks == list(range(len(marks)))
        assert marks[-1] >= told[-1]
