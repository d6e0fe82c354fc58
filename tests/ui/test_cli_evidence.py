from __future__ import annotations

import json
import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_process import facesign_command
from record_factory import PIECES, SESSION, begin, closed_record, fill, frames, new_home
from typer.testing import CliRunner, Result

from facesign.errors import OutputError, RecordDamagedError, RecordError
from facesign.interview.home import Home
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify
from facesign.interview.record.writer import RecordWriter
from facesign.ui.cli import app


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def evidence(home: Home, *words: str | Path) -> Result:
    return CliRunner().invoke(app, ["evidence", *map(str, words), "--home", str(home.root)])


def test_verify_says_that_a_record_is_whole_and_what_it_amounts_to(home: Home) -> None:
    closed_record(home)
    done = evidence(home, "verify", SESSION)
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[:3] == [f"session: {SESSION}", "status: closed, whole", "entries: 7, pieces: 3"]
    head = verify(home, SESSION).head
    assert lines[-1] == f"head: {head}"
    assert "stream media: 2065 bytes, sha256 " in done.output


def test_verify_takes_a_copied_folder_by_its_path(home: Home, tmp_path: Path) -> None:
    copy = shutil.copytree(closed_record(home), tmp_path / "copy")
    assert evidence(home, "verify", copy).exit_code == 0
    told = evidence(home, "verify", copy, "--json").output
    assert json.loads(told)["streams"]["media"]["n_pieces"] == 3
    alone = evidence(home, "verify", copy, "--without-key").output
    assert "status: closed, whole (hashes alone, without a key)" in alone


def test_verify_names_the_first_broken_place(home: Home) -> None:
    folder = closed_record(home)
    frame = frames(folder)[4]
    data = bytearray((folder / "record.log").read_bytes())
    data[frame.offset + 41] ^= 1
    (folder / "record.log").write_bytes(data)
    done = evidence(home, "verify", SESSION)
    assert isinstance(done.exception, RecordDamagedError)
    assert str(done.exception) == f"{folder}: entry 4 at byte {frame.offset}: was changed"
    as_json = evidence(home, "verify", SESSION, "--json")
    assert isinstance(as_json.exception, RecordDamagedError)
    assert json.loads(as_json.output)["ok"] is False


@pytest.mark.slow
def test_a_broken_record_is_one_line_and_exit_status_one(home: Home, tmp_path: Path) -> None:
    folder = closed_record(home)
    os.truncate(folder / "record.log", frames(folder)[-1].offset)
    done = facesign_command("evidence", "verify", folder, "--home", home.root, cwd=tmp_path)
    done.fails_with("entry 9 at byte", "the record was not closed", "facesign evidence recover")
    missing = facesign_command("evidence", "verify", "nobody", "--home", home.root, cwd=tmp_path)
    missing.fails_with("there is no record")


def test_export_writes_entries_and_media_for_the_owner_alone(home: Home, tmp_path: Path) -> None:
    closed_record(home)
    out = tmp_path / "case"
    done = evidence(home, "export", SESSION, "--out", out)
    assert done.exit_code == 0
    assert [Path(line) for line in done.output.splitlines()] == [
        out / "entries.jsonl",
        out / "media" / "media-media.bin",
    ]
    assert (out / "media" / "media-media.bin").read_bytes() == b"".join(PIECES)
    rows = [json.loads(line) for line in (out / "entries.jsonl").read_text("utf-8").splitlines()]
    assert [row["kind"] for row in rows][:3] == ["opened", "consent", "question"]
    assert rows[4]["data"]["text"] == "哪家公司"
    modes = {stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*") if p.is_file()}
    assert modes == {0o600}
    assert stat.S_IMODE(out.stat().st_mode) == 0o700


def test_export_leaves_out_what_was_erased(home: Home, tmp_path: Path) -> None:
    closed_record(home)
    erased = evidence(home, "erase", SESSION, "--class", "behaviour", "--because", "withdrawn")
    assert erased.output == "behaviour: erased\n"
    again = evidence(home, "erase", SESSION, "--class", "behaviour", "--because", "withdrawn")
    assert again.output == "behaviour: was erased before\n"
    assert evidence(home, "export", SESSION, "--out", tmp_path / "case").exit_code == 0
    text = (tmp_path / "case" / "entries.jsonl").read_text("utf-8")
    assert "哪家公司" not in text
    assert '"kind": "shredded"' in text
    assert "erased: behaviour" in evidence(home, "verify", SESSION).output


def test_export_writes_into_no_folder_that_holds_something(home: Home, tmp_path: Path) -> None:
    closed_record(home)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    done = evidence(home, "export", SESSION, "--out", tmp_path / "full")
    assert isinstance(done.exception, OutputError)
    assert "it is not empty; name a new folder" in str(done.exception)
    assert os.listdir(tmp_path / "full") == ["mine.txt"]


def test_a_damaged_record_is_not_exported_by_half(home: Home, tmp_path: Path) -> None:
    folder = closed_record(home)
    frame = frames(folder)[6]
    data = bytearray((folder / "record.log").read_bytes())
    data[frame.offset + 41] ^= 1
    (folder / "record.log").write_bytes(data)
    done = evidence(home, "export", SESSION, "--out", tmp_path / "out" / "case")
    assert isinstance(done.exception, RecordDamagedError)
    assert list((tmp_path / "out").iterdir()) == []


def test_recover_closes_what_was_left_open_and_says_what_is_missing(home: Home) -> None:
    for session_id in ("one", "two"):
        writer = begin(home, session_id)
        fill(writer)
        writer.drop()
    assert evidence(home, "recover", "two").output.startswith("two: closed as interrupted; 9 ent")
    assert evidence(home, "recover").output.startswith("one: closed as interrupted")
    idle = evidence(home, "recover")
    assert (idle.stdout, idle.stderr) == ("", "no record was left open: nothing to recover\n")
    assert isinstance(evidence(home, "recover", "one").exception, RecordError)
    with Record.open(home, "one") as record:
        assert record.status == "interrupted"


def test_purge_prints_the_sessions_whose_behaviour_it_erased(home: Home) -> None:
    now = datetime.now(UTC)
    for name, days in (("old", 91), ("new", 89)):
        created_at = now - timedelta(days=days)
        RecordWriter.create(home, session_id=name, created_at=created_at).close()
    assert evidence(home, "purge").output == "old\n"
    idle = evidence(home, "purge")
    assert (idle.stdout, idle.exit_code) == ("", 0)
    assert idle.stderr == "no behaviour is older than the setting behaviour_days\n"


@pytest.mark.slow
def test_analyze_keeps_a_record_and_says_where(tmp_path: Path) -> None:
    from media_factory import Clicks, Clip, steady, write_media

    film = write_media(tmp_path / "film.mp4", Clip(steady(1.0)), Clicks((0.5,), 1.0))
    done = facesign_command("analyze", film, "--record", cwd=tmp_path)
    assert done.code == 0, done
    assert done.out.startswith("outcome: inconclusive")
    (line,) = [one for one in done.err.splitlines() if one.startswith("record: ")]
    folder = Path(line.removeprefix("record: "))
    checked = facesign_command("evidence", "verify", folder.name, cwd=tmp_path)
    assert checked.code == 0, checked
    assert "status: closed, whole" in checked.out
    assert not [p for p in tmp_path.rglob("*.mp4") if p != film]
