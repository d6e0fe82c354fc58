from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from facesign.errors import (
    ArchiveBusyError,
    ArchiveError,
    SettingsError,
    UnknownSessionError,
    VerdictError,
)
from facesign.interview.archive.entries import ArchivedFlag, ArchivedSession
from facesign.interview.archive.sealing import ArchiveSeal
from facesign.interview.archive.store import Archive
from facesign.interview.archive.tables import Base, SessionRow
from facesign.interview.home import Home
from facesign.interview.keyfiles import init_master_key, rotate

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MATCH = ArchivedFlag("f1", "voice_does_not_match", "identity")
SECOND = ArchivedFlag("f2", "undeclared_person", "identity")
DONE = ArchivedSession(
    "s-1",
    NINE,
    status="closed",
    ended_at=NINE + timedelta(minutes=12),
    officer="zhang",
    customer="C-1042",
    external_ref="APP-77",
    script="car-loan-zh",
    lang="zh",
    outcome="review",
    decision="escalate",
    flags=(MATCH, SECOND),
    n_prompts=3,
    duration_s=720.5,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    init_master_key(home, env={})
    return home


@pytest.fixture
def archive(home: Home) -> Iterator[Archive]:
    with Archive.open(home) as archive:
        yield archive


def ids(sessions: tuple[ArchivedSession, ...]) -> list[str]:
    return [session.session_id for session in sessions]


def test_a_session_comes_back_as_it_was_entered(archive: Archive, home: Home) -> None:
    archive.add(DONE)
    assert archive.session("s-1") == DONE
    with Archive.open(home) as again:
        assert again.sessions() == (DONE,)


def test_a_new_session_needs_little(archive: Archive) -> None:
    archive.add(ArchivedSession("s-2", NINE))
    held = archive.session("s-2")
    assert (held.status, held.customer, held.flags, held.outcome) == ("created", None, (), None)


def test_a_session_is_entered_once(archive: Archive) -> None:
    archive.add(DONE)
    with pytest.raises(ArchiveError, match="session s-1 is there already"):
        archive.add(DONE)


def test_changes_leave_the_rest_as_it_was(archive: Archive) -> None:
    archive.add(DONE)
    changed = archive.update("s-1", decision="stop", flags=(SECOND,))
    assert archive.session("s-1") == changed
    assert (changed.decision, changed.flags, changed.customer) == ("stop", (SECOND,), "C-1042")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mood": "bad"}, "no field 'mood'"),
        ({"session_id": "s-9"}, "no field 'session_id'"),
        ({"status": "done"}, "status must be one of created, consent"),
        ({"decision": "clear"}, "decision must be one of proceed, escalate"),
        ({"ended_at": datetime(2026, 1, 1)}, "ended_at needs a time zone"),
    ],
)
def test_a_wrong_change_changes_nothing(
    archive: Archive, change: dict[str, object], words: str
) -> None:
    archive.add(DONE)
    with pytest.raises(SettingsError, match=words):
        archive.update("s-1", **change)
    assert archive.session("s-1") == DONE


def test_sessions_are_found_by_each_filter_latest_first(archive: Archive) -> None:
    hour = timedelta(hours=1)
    archive.add(DONE)
    archive.add(
        ArchivedSession(
            "s-2", NINE + hour, status="closed", officer="li", customer="C-7", outcome="clear"
        )
    )
    archive.add(ArchivedSession("s-3", NINE + 2 * hour, officer="li", flags=(SECOND,)))
    assert ids(archive.sessions()) == ["s-3", "s-2", "s-1"]
    assert ids(archive.sessions(since=NINE + hour, until=NINE + 2 * hour)) == ["s-2"]
    assert ids(archive.sessions(officer="li")) == ["s-3", "s-2"]
    assert ids(archive.sessions(customer="C-1042")) == ["s-1"]
    assert ids(archive.sessions(customer="c-1042")) == []
    assert ids(archive.sessions(external_ref="APP-77")) == ["s-1"]
    assert ids(archive.sessions(outcome="clear")) == ["s-2"]
    assert ids(archive.sessions(status="created")) == ["s-3"]
    assert ids(archive.sessions(flag="undeclared_person")) == ["s-3", "s-1"]
    assert ids(archive.sessions(flag="undeclared_person", officer="zhang")) == ["s-1"]
    assert ids(archive.sessions(limit=1, offset=1)) == ["s-2"]


def test_an_unknown_session_is_named(archive: Archive) -> None:
    for look in (archive.session, archive.update):
        with pytest.raises(UnknownSessionError, match="no session 's-9' in the archive"):
            look("s-9")
    with pytest.raises(UnknownSessionError, match="s-9"):
        archive.viewed("s-9", by="wu")


def test_verdicts_are_kept_in_order_and_the_last_one_stands(archive: Archive) -> None:
    archive.add(DONE)
    archive.add_verdict("s-1", "flag", "f1", "cannot_tell", source="no answer yet", by="wu")
    archive.add_verdict("s-1", "flag", "f1", "confirmed", source="called the employer", by="wu")
    archive.add_verdict("s-1", "prompt", "p2", "rejected", source="pay slips", by="wu")
    given = archive.verdicts("s-1")
    assert [(v.kind, v.item_id, v.verdict) for v in given] == [
        ("flag", "f1", "cannot_tell"),
        ("flag", "f1", "confirmed"),
        ("prompt", "p2", "rejected"),
    ]
    assert given[1].source == "called the employer"
    assert given[1].at.tzinfo is not None


@pytest.mark.parametrize("name", ["zhang", "Zhang"])
def test_an_officer_does_not_judge_the_own_case(archive: Archive, name: str) -> None:
    archive.add(DONE)
    with pytest.raises(VerdictError, match="led session s-1: somebody else must judge it"):
        archive.add_verdict("s-1", "flag", "f1", "rejected", source="I was there", by=name)
    assert archive.verdicts("s-1") == ()


def test_a_verdict_needs_a_source_an_item_that_is_there_and_a_session_that_is_over(
    archive: Archive,
) -> None:
    archive.add(DONE)
    archive.add(ArchivedSession("s-2", NINE, status="questions", flags=(MATCH,)))
    with pytest.raises(VerdictError, match="needs source"):
        archive.add_verdict("s-1", "flag", "f1", "confirmed", source=" ", by="wu")
    with pytest.raises(VerdictError, match="has no flag 'f9'"):
        archive.add_verdict("s-1", "flag", "f9", "confirmed", source="seen", by="wu")
    with pytest.raises(VerdictError, match="is not over: it is in questions"):
        archive.add_verdict("s-2", "flag", "f1", "confirmed", source="seen", by="wu")
    with pytest.raises(SettingsError, match="verdict must be one of confirmed, rejected"):
        archive.add_verdict("s-1", "flag", "f1", "guilty", source="s", by="wu")  # type: ignore[arg-type]


def test_looks_are_logged_in_order(archive: Archive) -> None:
    archive.add(DONE)
    archive.viewed("s-1", by="wu", at=NINE)
    archive.viewed("s-1", by="li", what="media")
    assert [(v.by, v.what) for v in archive.views("s-1")] == [("wu", "opened"), ("li", "media")]
    assert archive.views("s-1")[0].at == NINE


def test_neither_customer_nor_source_lies_open_in_the_file(archive: Archive, home: Home) -> None:
    archive.add(DONE)
    archive.add_verdict("s-1", "flag", "f1", "confirmed", source="called the employer", by="wu")
    files = list(home.root.glob("archive.db*"))
    held = b"".join(path.read_bytes() for path in files)
    assert b"s-1" in held
    for secret in (b"C-1042", b"APP-77", b"employer"):
        assert secret not in held
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_an_entry_moved_to_another_session_does_not_open(archive: Archive, home: Home) -> None:
    archive.add(DONE)
    archive.add(ArchivedSession("s-2", NINE, customer="C-7"))
    archive.close()
    with sqlite3.connect(home.archive) as raw:
        raw.execute(
            "UPDATE sessions SET sealed = (SELECT sealed FROM sessions WHERE session_id = 's-1')"
        )
    raw.close()
    with Archive.open(home) as again, pytest.raises(ArchiveError, match="s-2 was changed"):
        again.session("s-2")


def test_the_archive_opens_after_the_master_key_was_replaced(archive: Archive, home: Home) -> None:
    archive.add(DONE)
    assert rotate(home, env={}).n_rewrapped == 1
    with Archive.open(home) as again:
        assert again.sessions(customer="C-1042") == (DONE,)


def test_a_database_that_stays_locked_is_said_to_be_busy(archive: Archive, home: Home) -> None:
    archive.add(DONE)
    with (
        Archive.open(home, wait_s=0.05) as impatient,
        archive.database.writing(),
        pytest.raises(ArchiveBusyError, match="locked for more than"),
    ):
        impatient.viewed("s-1", by="wu")


def test_many_at_once_lose_nothing(home: Home) -> None:
    def enter(number: int) -> None:
        with Archive.open(home) as archive:
            archive.add(ArchivedSession(f"s-{number}", NINE, customer=f"C-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(24)))
    with Archive.open(home) as archive:
        assert {s.customer for s in archive.sessions()} == {f"C-{n}" for n in range(24)}


def test_a_file_that_is_no_archive_or_a_newer_one_is_refused(home: Home) -> None:
    home.archive.write_bytes(b"something else " * 100)
    with pytest.raises(ArchiveError, match="is not an archive"):
        Archive.open(home)
    home.archive.unlink()
    with Archive.open(home):
        pass
    with sqlite3.connect(home.archive) as raw:
        raw.execute("UPDATE archive_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(ArchiveError, match="version 9999, this facesign knows 0001; update it"):
        Archive.open(home)


def test_the_steps_make_the_tables_that_the_code_reads(archive: Archive) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with archive.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "archive_version"})
        assert compare_metadata(context, Base.metadata) == []


def test_no_two_users_have_one_name(archive: Archive) -> None:
    user = {
        "name": "wu",
        "role": "analyst",
        "password_hash": "x",
        "created_at": NINE,
        "disabled": False,
        "session_version": 1,
    }
    users = insert(Base.metadata.tables["users"])
    with archive.database.writing() as connection:
        connection.execute(users.values(**user))
    with pytest.raises(ArchiveError, match="UNIQUE"), archive.database.writing() as connection:
        connection.execute(users.values(**user))


def test_why_a_session_was_broken_off_is_kept_encrypted(home: Home, archive: Archive) -> None:
    archive.add(replace(DONE, session_id="s-9", customer=None, external_ref=None))
    archive.update("s-9", status="rescheduled", because="no interpreter", next_on="2026-12-03")
    held = archive.session("s-9")
    assert (held.because, held.next_on) == ("no interpreter", "2026-12-03")
    assert b"no interpreter" not in home.archive.read_bytes()


def test_a_row_from_before_reasons_were_kept_can_be_read(home: Home, archive: Archive) -> None:
    archive.add(DONE)
    seal = ArchiveSeal(home, lambda notice: None)
    older = seal.seal({"customer": "C-1042", "external_ref": "APP-77"}, bound_to="s-1")
    with archive.database.writing() as connection:
        connection.execute(update(SessionRow).values(sealed=older))
    assert archive.session("s-1") == DONE


def test_customers_are_those_of_all_sessions_once_each(archive: Archive) -> None:
    archive.add(DONE)
    archive.add(replace(DONE, session_id="s-2"))
    archive.add(replace(DONE, session_id="s-3", customer="C-7", officer="wang"))
    archive.add(replace(DONE, session_id="s-4", customer=None))
    assert archive.customers() == {"C-1042", "C-7"}


def test_opening_it_twice_keeps_the_locks_of_the_first(home: Home, archive: Archive) -> None:
    archive.add(DONE)
    Archive.open(home).close()
    # A process that is the last to close the file takes its log away; this one is not the last.
    script = (
        "from pathlib import Path; from facesign import Archive; Archive.open(Path({!r})).close()"
    )
    subprocess.run([sys.executable, "-c", script.format(str(home.root))], check=True)
    assert home.archive.with_name("archive.db-wal").exists()
    archive.update("s-1", status="closed")
    assert archive.session("s-1") == DONE
