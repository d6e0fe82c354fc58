from __future__ import annotations

import io
import os
import random
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from record_factory import NINE, PIECES, SESSION, begin, closed_record, fill, frames, new_home

from facesign.errors import (
    ItemError,
    KeyFileError,
    OutputError,
    RecordError,
    SessionStateError,
    SettingsError,
)
from facesign.interview.home import Home
from facesign.interview.keyfiles import KeyNotice, rotate
from facesign.interview.record.reader import Record
from facesign.interview.record.writer import PIECE_BYTES, RecordWriter


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def test_entries_come_back_in_order_with_their_time_and_class(home: Home) -> None:
    before = datetime.now(UTC)
    closed_record(home)
    with Record.open(home, SESSION) as record:
        entries = list(record.entries())
        assert record.status == "closed"
        assert record.created_at == NINE
    kinds = ["opened", "consent", "question", "stream", "prompt", "outcome", "closed"]
    assert [entry.kind for entry in entries] == kinds
    assert [entry.seq for entry in entries] == [0, 1, 2, 3, 7, 8, 9]
    assert entries[4].data == {"id": "p1", "text": "哪家公司"}
    assert [e.kind for e in entries if e.key_class == "behaviour"] == ["prompt"]
    assert before <= entries[0].at <= entries[-1].at <= datetime.now(UTC)


def test_a_stream_comes_back_unchanged_from_any_place(home: Home) -> None:
    closed_record(home)
    whole = b"".join(PIECES)
    with Record.open(home, SESSION) as record:
        assert record.streams == ("media",)
        media = record.media("media")
        assert media.size == len(whole)
        assert media.read() == whole
        buffered = io.BufferedReader(record.media("media"))
        rng = random.Random(0)
        for _ in range(200):
            first, size = rng.randrange(len(whole) + 5), rng.randrange(400)
            buffered.seek(first)
            assert buffered.read(size) == whole[first : first + size]
        assert media.seek(-4, io.SEEK_END) == len(whole) - 4
        assert media.read() == whole[-4:]
        assert media.read() == b""
        assert list(record.pieces("media")) == list(PIECES)


def test_a_long_piece_is_stored_in_parts_that_a_player_can_jump_to(home: Home) -> None:
    data = os.urandom(2 * PIECE_BYTES + 10)
    writer = begin(home)
    writer.piece("media", data)
    writer.close()
    with Record.open(home, SESSION) as record:
        assert [len(part) for part in record.pieces("media")] == [PIECE_BYTES, PIECE_BYTES, 10]
        assert record.media("media").read() == data


def test_streams_lie_apart_whatever_order_their_pieces_come_in(home: Home) -> None:
    writer = begin(home)
    for number in range(5):
        writer.piece("media", bytes([number]))
        writer.piece("signals", bytes([100 + number]), key_class="behaviour")
    writer.close()
    with Record.open(home, SESSION) as record:
        assert record.streams == ("media", "signals")
        assert record.media("media").read() == bytes([0, 1, 2, 3, 4])
        assert record.media("signals").read() == bytes([100, 101, 102, 103, 104])
        totals = record.last("closed")
        assert totals is not None
        assert totals.data["streams"]["signals"]["n_pieces"] == 5


def test_nothing_of_it_lies_open_and_only_the_owner_may_read_it(home: Home) -> None:
    folder = closed_record(home)
    held = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (b"C-1042", b"income", b"first piece", b"consent", b"prompt", b"media"):
        assert secret not in held
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sorted(p.name for p in folder.iterdir()) == ["header.json", "record.log", "ring.json"]


def test_no_nonce_is_used_twice(home: Home) -> None:
    folder = closed_record(home)
    data = (folder / "record.log").read_bytes()
    nonces = [data[frame.offset + 28 : frame.offset + 40] for frame in frames(folder)]
    assert len(set(nonces)) == len(nonces) == 10


def test_what_was_added_can_be_read_while_it_is_being_recorded(home: Home) -> None:
    writer = begin(home)
    fill(writer)
    with Record.open(home, SESSION) as record:
        assert record.status == "recording"
        assert record.media("media").read() == b"".join(PIECES)
    writer.close()


def test_a_closed_record_takes_nothing_more(home: Home) -> None:
    writer = begin(home)
    writer.close("abandoned")
    for late in (
        lambda: writer.add("note", {}),
        lambda: writer.piece("media", b""),
        lambda: writer.close(),
    ):
        with pytest.raises(SessionStateError, match="is closed"):
            late()
    with pytest.raises(RecordError, match="is closed: nothing can be added"):
        RecordWriter.resume(home, SESSION)
    with Record.open(home, SESSION) as record:
        assert record.status == "abandoned"


def test_another_writer_is_refused_while_one_is_at_it(home: Home) -> None:
    writer = begin(home)
    with pytest.raises(RecordError, match="there is a record of this session already"):
        begin(home)
    with pytest.raises(RecordError, match="is being recorded by another process"):
        RecordWriter.resume(home, SESSION)
    writer.close()


@pytest.mark.parametrize("session_id", ["", "..", "a/b", ".new-x", "x" * 65, "a\n"])
def test_an_id_that_is_no_name_of_a_folder_is_refused(home: Home, session_id: str) -> None:
    with pytest.raises(RecordError, match="is not the id of a session"):
        begin(home, session_id)
    with pytest.raises(RecordError, match="is not the id of a session"):
        Record.open(home, session_id)
    assert not home.records.exists()


def test_what_json_has_not_is_refused_and_nothing_is_written(home: Home) -> None:
    writer = begin(home)
    for data in ({"value": float("nan")}, {"value": object()}):
        with pytest.raises(ItemError, match="data of note must be plain values"):
            writer.add("note", data)
    with pytest.raises(ItemError, match="key_class must be one of statutory, behaviour"):
        writer.add("note", {}, key_class="logs")
    with pytest.raises(SettingsError, match="status must be one of closed, interrupted"):
        writer.close("over")  # type: ignore[arg-type]
    assert writer.n_entries == 1
    writer.close()


def test_a_stream_keeps_its_class(home: Home) -> None:
    writer = begin(home)
    writer.piece("media", b"1")
    with pytest.raises(ItemError, match="must be statutory, as before in media"):
        writer.piece("media", b"2", key_class="behaviour")
    writer.close()


def test_a_master_key_that_had_to_be_made_is_announced(tmp_path: Path) -> None:
    home, told = Home(tmp_path / "home"), list[KeyNotice]()
    writer = RecordWriter.create(home, session_id=SESSION, created_at=NINE, announce=told.append)
    writer.close()
    assert [notice.path for notice in told] == [home.keys / "master.key"]


def test_a_record_opens_after_the_master_key_was_replaced_even_while_it_was_recorded(
    home: Home,
) -> None:
    writer = begin(home)
    writer.add("note", {"text": "before"})
    assert rotate(home, env={}).n_rewrapped == 2
    writer.add("note", {"text": "after"})
    writer.close()
    with Record.open(home, SESSION) as record:
        assert [e.data["text"] for e in record.entries("note")] == ["before", "after"]


def test_without_the_master_key_nothing_opens(home: Home) -> None:
    closed_record(home)
    (home.keys / "master.key").unlink()
    with pytest.raises(KeyFileError, match="there is no master key"):
        Record.open(home, SESSION)


def test_a_failed_creation_leaves_no_folder(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(OutputError, match="No space left on device"):
        begin(home)
    assert list(home.records.iterdir()) == []


def test_what_was_added_reaches_the_disk_within_a_second(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, synced = begin(home), threading.Event()
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: synced.set())
    writer.piece("media", b"and nothing after it")
    assert synced.wait(1.0)
    writer.close()


def test_a_disk_that_fails_behind_the_kernel_stops_the_next_write(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = begin(home)
    assert writer._log is not None

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", fail)
        writer.add("note", {"number": 1})
        writer._log._syncer._thread.join(2.0)  # it ends where it cannot go on
        with pytest.raises(OutputError, match="Input/output error"):
            writer.sync()
        with pytest.raises(OutputError, match="Input/output error; what was recorded until now"):
            writer.add("note", {"number": 2})
    writer.drop()
    with Record.open(home, SESSION) as record:
        assert [entry.data["number"] for entry in record.entries("note")] == [1]


FULL_DISK = """
import resource, sys
from pathlib import Path
from facesign.errors import OutputError
from facesign.interview.home import Home
from facesign.interview.record.writer import RecordWriter
writer = RecordWriter.resume(Home(Path(sys.argv[1])), sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    for number in range(100):
        writer.piece("media", bytes([number]) * 1000)
except OutputError as error:
    print(number, error)
# What fits is still taken.
writer.close("interrupted")
"""


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_recorded(home: Home) -> None:
    begin(home).drop()
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(home.root), SESSION],
        capture_output=True,
        text=True,
        check=True,
    )
    number, _, line = done.stdout.partition(" ")
    assert "cannot write" in line
    assert "File too large; what was recorded until now is kept" in line
    assert 10 < int(number) < 20
    with Record.open(home, SESSION) as record:
        assert record.status == "interrupted"
        whole = b"".join(bytes([n]) * 1000 for n in range(int(number)))
        assert record.media("media").read() == whole


def test_a_stream_of_a_closed_file_is_not_read(home: Home) -> None:
    closed_record(home)
    record = Record.open(home, SESSION)
    media = record.media("media")
    record.close()
    with pytest.raises(RecordError, match="was closed; open it again"):
        media.read()
    with Record.open(home, SESSION) as again, pytest.raises(RecordError, match="no stream 'face'"):
        again.media("face")
