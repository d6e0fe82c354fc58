from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from facesign.interview.home import Home
from facesign.interview.keyfiles import init_master_key
from facesign.interview.record.consents import consents_of
from facesign.interview.record.reader import Record
from facesign.interview.record.writer import RecordWriter

SESSION = "01a22c18-cd5b-7238-a529-193fd1953ef4"


def command(name: str, **values: Any) -> tuple[str, dict[str, Any]]:
    return "command", {"name": name, "values": values}


def consent(purpose: str, granted: bool) -> tuple[str, dict[str, Any]]:
    return "consent", {"purpose": purpose, "granted": granted}


GIVEN = command("consent", purpose="face", granted=True)


@pytest.mark.parametrize(
    ("entries", "held"),
    [
        ([], {}),
        ([consent("face", True)], {"face": "granted"}),
        ([consent("face", False)], {"face": "refused"}),
        ([consent("voice", True), GIVEN], {"voice": "granted", "face": "granted"}),
        ([GIVEN, command("note", text="face")], {"face": "granted"}),
        ([GIVEN, command("withdraw", purpose="face")], {"face": "withdrawn"}),
        ([GIVEN, consent("face", False), consent("face", False)], {"face": "withdrawn"}),
        ([command("consent", purpose="face", granted=False), GIVEN], {"face": "granted"}),
    ],
)
def test_the_last_decision_on_a_purpose_holds(
    tmp_path: Path, entries: list[tuple[str, dict[str, Any]]], held: dict[str, str]
) -> None:
    home = Home(tmp_path / "home")
    init_master_key(home, env={})
    writer = RecordWriter.create(home, session_id=SESSION, created_at=datetime.now(UTC))
    for kind, data in entries:
        writer.add(kind, data)
    writer.close("closed")
    with Record.open(home, SESSION) as record:
        assert consents_of(record) == held
