from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from record_factory import new_home

from facesign.errors import ArchiveError
from facesign.interview.archive.entries import ArchivedFlag, ArchivedSession
from facesign.interview.archive.past import past_of
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MISMATCH = ArchivedFlag("f1", "voice_does_not_match", "identity")
PERSON = ArchivedFlag("f2", "undeclared_person", "identity")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def counted(home: Home, customer: str | None = "C-1", ref: str | None = None) -> dict[str, float]:
    found = past_of(home, customer=customer, external_ref=ref, session_id="new", now=NOW)
    return {o.name.removeprefix("history."): o.value for o in found if o.value is not None}


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_earlier_sessions_of_the_customer_are_counted_in_their_windows(home: Home) -> None:
    with Archive.open(home) as archive:
        for session in (
            ArchivedSession("a", days_ago(1), status="interrupted", customer="C-1"),
            ArchivedSession("b", days_ago(3), status="closed", customer="C-1", flags=(MISMATCH,)),
            ArchivedSession(
                "c", days_ago(40), status="closed", customer="C-1", decision="pause_and_protect"
            ),
            ArchivedSession("d", days_ago(80), status="closed", customer="C-1", decision="stop"),
            ArchivedSession("e", days_ago(400), status="closed", customer="C-1", decision="stop"),
            ArchivedSession("f", days_ago(1), status="closed", customer="C-2", decision="stop"),
        ):
            archive.add(session)
    assert counted(home) == {
        "sessions": 2.0,
        "broken_off": 1.0,
        "applications": 0.0,
        "stopped": 1.0,
        "protected": 1.0,
        "confirmed_flags": 0.0,
        "voice_no_match": 1.0,
    }


def test_the_last_verdict_on_a_flag_counts(home: Home) -> None:
    flags = (MISMATCH, PERSON)
    with Archive.open(home) as archive:
        archive.add(
            ArchivedSession("a", days_ago(90), status="closed", customer="C-1", flags=flags)
        )
        for item, verdict in (("f1", "confirmed"), ("f2", "confirmed"), ("f1", "rejected")):
            archive.add_verdict("a", "flag", item, verdict, source="called", by="wu")  # type: ignore[arg-type]
        archive.add_verdict("a", "prompt", "p1", "confirmed", source="called", by="wu")
    assert counted(home)["confirmed_flags"] == 1.0


def test_one_case_under_several_customers_is_seen(home: Home) -> None:
    with Archive.open(home) as archive:
        for name, customer in (("a", "C-1"), ("b", "C-2"), ("c", "C-3"), ("d", "C-3")):
            archive.add(ArchivedSession(name, days_ago(2), customer=customer, external_ref="APP-7"))
    assert counted(home, ref="APP-7")["application_of_others"] == 2.0
    assert counted(home, customer=None, ref="APP-7") == {"application_of_others": 3.0}


def test_without_archive_or_customer_nothing_is_said_and_nothing_made(home: Home) -> None:
    assert counted(home) == {}
    assert not home.archive.exists()
    with Archive.open(home) as archive:
        archive.add(ArchivedSession("a", days_ago(1), customer="C-1"))
    assert counted(home, customer=None) == {}


def test_an_archive_that_cannot_be_read_is_said(home: Home) -> None:
    home.archive.write_bytes(b"something else " * 100)
    with pytest.raises(ArchiveError, match="is not an archive"):
        counted(home)
