from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from record_factory import SESSION, begin, closed_record, fill, frame_bytes, frames, new_home

from facesign.errors import KeyFileError, RecordDamagedError, RecordError
from facesign.interview.home import Home
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

OTHER = "0193a000-0000-7000-8000-000000000002"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def folder(home: Home) -> Path:
    return closed_record(home)


def log_of(folder: Path) -> Path:
    return folder / "record.log"


def rewritten(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    log_of(folder).write_bytes(b"".join(change(frame_bytes(folder))))


def test_a_whole_record_verifies_with_its_counts(home: Home, folder: Path) -> None:
    found = verify(home, SESSION)
    assert found.ok
    assert (found.status, found.n_entries, found.n_pieces, found.erased) == ("closed", 7, 3, ())
    assert found.streams["media"]["size"] == 11 + 6 + 2048
    assert found.head == frame_bytes(folder)[-1][-32:].hex()
    assert found.require() is found
    json.dumps(found.to_dict())


def test_a_copy_elsewhere_verifies_with_the_homes_key(
    home: Home, folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(folder, tmp_path / "handed over")
    assert verify(home, copy).ok
    with pytest.raises(KeyFileError, match=r"ring\.json"):
        verify(new_home(tmp_path / "stranger"), copy)
    assert verify(new_home(tmp_path / "auditor"), copy, use_keys=False).ok


@pytest.mark.parametrize("use_keys", [True, False])
def test_a_flipped_bit_anywhere_is_found_in_its_entry(
    home: Home, folder: Path, use_keys: bool
) -> None:
    whole = log_of(folder).read_bytes()
    for frame in frames(folder):
        for place in (frame.offset + 1, frame.offset + 14, frame.offset + 22, frame.end - 40):
            for bit in (1, 128):
                data = bytearray(whole)
                data[place] ^= bit
                log_of(folder).write_bytes(data)
                problem = verify(home, folder, use_keys=use_keys).problem
                assert problem is not None
                assert problem.startswith(f"entry {frame.seq} at byte {frame.offset}: "), place


def test_a_cut_tail_is_found_wherever_it_was_cut(home: Home, folder: Path) -> None:
    whole = log_of(folder).read_bytes()
    last = frames(folder)[-1]
    for size in range(last.offset + 1, last.end):
        log_of(folder).write_bytes(whole[:size])
        problem = str(verify(home, folder).problem)
        assert problem.startswith(f"entry 9 at byte {last.offset}: is cut off"), size


def test_a_removed_tail_is_found_by_the_missing_closing_entry(home: Home, folder: Path) -> None:
    ends = [frame.end for frame in frames(folder)]
    whole = log_of(folder).read_bytes()
    for n_left in range(1, len(ends)):
        log_of(folder).write_bytes(whole[: ends[n_left - 1]])
        found = verify(home, folder)
        assert found.status == "unclosed"
        assert str(found.problem).startswith(
            f"entry {n_left} at byte {ends[n_left - 1]}: is not there, the record was not closed"
        )


def test_an_emptied_log_is_found(home: Home, folder: Path) -> None:
    log_of(folder).write_bytes(b"")
    assert str(verify(home, folder).problem).startswith("entry 0 at byte 0: is not there")
    log_of(folder).unlink()
    with pytest.raises(RecordError, match=r"holds no record\.log: its entries are gone"):
        verify(home, folder)


def test_swapped_entries_are_found(home: Home, folder: Path) -> None:
    offset = frames(folder)[1].offset
    rewritten(folder, lambda f: [f[0], f[2], f[1], *f[3:]])
    assert verify(home, folder).problem == (
        f"entry 1 at byte {offset}: is missing: entry 2 is in its place"
    )


def test_a_removed_piece_is_found(home: Home, folder: Path) -> None:
    offset = frames(folder)[5].offset
    rewritten(folder, lambda f: [*f[:5], *f[6:]])
    assert verify(home, folder).problem == (
        f"entry 5 at byte {offset}: is missing: entry 6 is in its place"
    )


def test_a_doubled_entry_is_found(home: Home, folder: Path) -> None:
    offset = frames(folder)[2].end
    rewritten(folder, lambda f: [*f[:3], f[2], *f[3:]])
    assert verify(home, folder).problem == (
        f"entry 3 at byte {offset}: is not here: entry 2 is in its place"
    )


def test_bytes_after_the_closing_entry_are_found(home: Home, folder: Path) -> None:
    end = frames(folder)[-1].end
    with log_of(folder).open("ab") as file:
        file.write(b"more of it, in whatever form" * 3)
    assert verify(home, folder).problem == (
        f"entry 10 at byte {end}: its head is damaged, or it is no entry"
    )


def test_a_changed_piece_with_a_chain_made_anew_does_not_authenticate(
    home: Home, folder: Path
) -> None:
    """Whoever has no key can make hashes but no ciphertext."""
    import hashlib

    changed = frame_bytes(folder)
    offset = frames(folder)[5].offset
    chain = changed[4][-32:]
    body = bytearray(changed[5][:-32])
    body[45] ^= 1
    for index in range(5, len(changed)):
        content = bytes(body) if index == 5 else changed[index][:-32]
        chain = hashlib.sha256(chain + content).digest()
        changed[index] = content + chain
    log_of(folder).write_bytes(b"".join(changed))
    assert verify(home, folder, use_keys=False).ok
    assert verify(home, folder).problem == (
        f"entry 5 at byte {offset}: does not authenticate, it was changed"
    )


def test_the_header_of_another_record_is_found(home: Home, folder: Path) -> None:
    other = closed_record(home, OTHER)
    shutil.copy(other / "header.json", folder)
    with pytest.raises(RecordDamagedError, match="names another key of class statutory"):
        verify(home, folder)
    assert str(verify(home, folder, use_keys=False).problem).startswith(
        "entry 0 at byte 0: was changed, or header.json is another record's"
    )


def test_the_keys_or_the_log_of_another_record_are_found(home: Home, folder: Path) -> None:
    other = closed_record(home, OTHER)
    own = log_of(folder).read_bytes()
    shutil.copy(log_of(other), folder)
    assert str(verify(home, folder).problem).startswith("entry 0 at byte 0: was changed, or header")
    log_of(folder).write_bytes(own)
    shutil.copy(other / "ring.json", folder)
    with pytest.raises(RecordDamagedError, match=r"than ring\.json has"):
        verify(home, folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('"schema": 1', '"schema": 2'), "schema is 2, this version"),
        (lambda text: text.replace('"intl"', '"gm"'), "suite is gm, this version reads intl"),
        (lambda text: text.replace("created_at", "created"), "is not the header of a record"),
        (lambda text: "[]", "is not the header of a record"),
        (lambda text: "no json", "is not the header of a record"),
    ],
)
def test_a_header_that_cannot_be_read_is_said_to_be_so(
    home: Home, folder: Path, change: Callable[[str], str], words: str
) -> None:
    header = folder / "header.json"
    header.write_text(change(header.read_text()))
    with pytest.raises(RecordError, match=words):
        verify(home, folder)


def test_a_header_with_another_date_no_longer_fits_its_log(home: Home, folder: Path) -> None:
    header = folder / "header.json"
    header.write_text(header.read_text().replace("2026-11-20", "2026-11-21"))
    assert "header.json is another record's or was changed" in str(verify(home, folder).problem)


def test_a_missing_record_is_said_to_be_missing(home: Home, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no record"):
        verify(home, OTHER)
    with pytest.raises(RecordError, match=r"holds no header\.json: it is no record"):
        verify(home, tmp_path)


def test_a_record_that_is_being_recorded_holds_so_far(home: Home) -> None:
    writer = begin(home)
    fill(writer)
    found = verify(home, SESSION)
    assert (found.status, found.n_pieces) == ("recording", 3)
    writer.close()
    assert verify(home, SESSION).status == "closed"


def test_a_reader_meets_a_changed_entry_with_its_place(home: Home, folder: Path) -> None:
    frame = frames(folder)[5]
    data = bytearray(log_of(folder).read_bytes())
    data[frame.offset + 45] ^= 1
    log_of(folder).write_bytes(data)
    with Record.open(home, SESSION) as record:
        assert len(list(record.entries())) == 7
        with pytest.raises(RecordDamagedError, match=f"entry 5 at byte {frame.offset}: was change"):
            record.media("media").read()
