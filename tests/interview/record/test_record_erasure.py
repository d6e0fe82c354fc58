from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from record_factory import NINE, PIECES, SESSION, begin, closed_record, fill, frames, new_home

from facesign.errors import ItemError, RecordError, SettingsError
from facesign.interview.home import Home, Settings
from facesign.interview.keyfiles import read_ring
from facesign.interview.record.reader import SHREDDED, Record
from facesign.interview.record.retention import erase, purge
from facesign.interview.record.verification import verify


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def test_erased_behaviour_cannot_be_read_and_the_chain_still_verifies(home: Home) -> None:
    folder = closed_record(home)
    assert erase(home, SESSION, "behaviour", because="consent withdrawn")
    found = verify(home, SESSION)
    assert (found.ok, found.status, found.erased) == (True, "closed", ("behaviour",))
    assert [key.key_class for key in read_ring(folder / "ring.json")] == ["statutory"]
    with Record.open(home, SESSION) as record:
        kinds = [entry.kind for entry in record.entries()]
        assert SHREDDED in kinds
        assert "prompt" not in kinds
        assert record.media("media").read() == b"".join(PIECES)
        closing = record.last("closed")
        assert closing is not None
        assert closing.data["erased"]["behaviour"][1] == "consent withdrawn"
        assert closing.data["status"] == "closed"


def test_erasing_twice_is_erasing_once(home: Home) -> None:
    folder = closed_record(home)
    assert erase(home, SESSION, "behaviour", because="retention")
    log = (folder / "record.log").read_bytes()
    assert not erase(home, SESSION, "behaviour", because="retention")
    assert (folder / "record.log").read_bytes() == log


def test_a_streams_key_is_erased_with_its_class(home: Home) -> None:
    writer = begin(home)
    writer.piece("signals", b"levels", key_class="behaviour")
    writer.piece("media", b"picture")
    writer.close("abandoned")
    with Record.open(home, SESSION) as record:
        assert record.erase("behaviour", because="retention")
        with pytest.raises(RecordError, match="the key of stream 'signals' was erased"):
            record.media("signals")
        assert record.media("media").read() == b"picture"
    assert verify(home, SESSION).ok
    assert verify(home, SESSION).status == "abandoned"


def test_the_whole_record_can_be_erased_and_its_chain_still_holds(home: Home) -> None:
    closed_record(home)
    assert erase(home, SESSION, "behaviour", because="retention")
    assert erase(home, SESSION, "statutory", because="retention")
    found = verify(home, SESSION)
    assert (found.ok, found.erased) == (True, ("statutory", "behaviour"))
    with Record.open(home, SESSION) as record:
        assert {entry.kind for entry in record.entries()} == {SHREDDED}
        assert record.streams == ()


def test_a_key_that_went_missing_is_not_taken_for_erased(home: Home) -> None:
    folder = closed_record(home)
    copy = shutil.copytree(folder, folder.parent / "copy")
    assert erase(home, SESSION, "behaviour", because="retention")
    shutil.copy(folder / "ring.json", copy)
    assert verify(home, copy).problem == (
        "its key of class behaviour is gone, and no entry says that it was erased"
    )


def test_an_erasure_that_a_crash_cut_short_is_seen_and_done_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_record(home)

    def crash(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("facesign.interview.record.retention.remove_keys", crash)
        with pytest.raises(KeyboardInterrupt):
            erase(home, SESSION, "behaviour", because="retention")
    assert "is there, an entry says that it was erased" in str(verify(home, SESSION).problem)
    assert erase(home, SESSION, "behaviour", because="retention")
    assert verify(home, SESSION).ok


def test_half_a_closing_entry_of_an_earlier_try_is_cut_off(home: Home) -> None:
    folder = closed_record(home)
    with (folder / "record.log").open("ab") as file:
        file.write(b"FSr1\2")
    assert erase(home, SESSION, "behaviour", because="retention")
    assert verify(home, SESSION).ok


def test_only_a_closed_record_is_erased_and_only_by_class(home: Home) -> None:
    writer = begin(home)
    fill(writer)
    with pytest.raises(RecordError, match="is being recorded by another process"):
        erase(home, SESSION, "behaviour", because="retention")
    writer.drop()
    with pytest.raises(RecordError, match="was not closed; facesign evidence recover"):
        erase(home, SESSION, "behaviour", because="retention")
    with pytest.raises(ItemError, match="key_class must be one of statutory, behaviour"):
        erase(home, SESSION, "templates", because="retention")
    with Record.open(home, SESSION) as record:
        assert record.erased == ()


def test_a_purge_erases_what_is_older_than_the_settings_keep(home: Home) -> None:
    home.config.write_text("behaviour_days = 30\n")
    closed_record(home, "old")
    left = begin(home, "left-open")
    fill(left)
    left.drop()
    assert purge(home, now=NINE + timedelta(days=30)).erased == ()
    done = purge(home, now=NINE + timedelta(days=30, seconds=1))
    assert (done.erased, done.failed) == (("left-open", "old"), ())
    assert purge(home, now=NINE + timedelta(days=400)).erased == ()
    for session_id in ("old", "left-open"):
        assert verify(home, session_id).erased == ("behaviour",)


def test_a_purge_goes_on_past_a_record_that_is_damaged(home: Home) -> None:
    damaged = closed_record(home, "a-damaged")
    closed_record(home, "b-whole")
    data = bytearray((damaged / "record.log").read_bytes())
    data[frames(damaged)[3].offset] ^= 1
    (damaged / "record.log").write_bytes(data)
    done = purge(home, now=NINE + timedelta(days=91))
    assert done.erased == ("b-whole",)
    (line,) = done.failed
    assert "a-damaged" in line
    assert "entry 3 at byte" in line


@pytest.mark.parametrize("days", ["-1", "1.5", "true", '"90"', "99999"])
def test_the_days_are_a_whole_number(home: Home, days: str) -> None:
    assert Settings().behaviour_days == 90
    home.config.write_text(f"behaviour_days = {days}\n")
    with pytest.raises(SettingsError, match="behaviour_days must be a whole number"):
        home.settings()
