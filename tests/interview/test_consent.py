from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from facesign.errors import ConsentError
from facesign.interview.consent import PURPOSES, ConsentBook, read_consent


def form(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "text": "zh-2026-11",
        "given_by": "C-1042",
        "at": "2026-11-20T17:30:00+08:00",
        "purposes": {"recording": True, "face": True, "behaviour": False},
    }
    data.update(changes)
    return {key: value for key, value in data.items() if value is not ...}


def save(tmp_path: Path, data: Any) -> Path:
    path = tmp_path / "consent.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_nobody_was_asked_at_first() -> None:
    book = ConsentBook()
    assert [book.decision(purpose) for purpose in PURPOSES] == [None] * 5
    assert book.entries == ()


def test_the_last_word_on_a_purpose_counts_and_all_are_kept() -> None:
    book = ConsentBook()
    book.add("voice", text="en-1", given_by="C-1")
    book.add("face", text="en-1", given_by="C-1", granted=False)
    book.add("voice", text="en-1", given_by="C-1", granted=False)
    book.add("face", text="en-1", given_by="C-1")
    assert (book.decision("voice"), book.decision("face")) == (False, True)
    assert [entry.granted for entry in book.entries] == [True, False, False, True]


def test_the_time_of_a_decision_is_now_in_utc() -> None:
    entry = ConsentBook().add("face", text="en-1", given_by="C-1")
    assert entry.at.tzinfo is UTC
    assert abs(datetime.now(UTC) - entry.at) < timedelta(minutes=1)


def test_a_decision_does_not_show_who_made_it() -> None:
    entry = ConsentBook().add("face", text="en-1", given_by="C-1042")
    assert repr(entry) == "Consent(face, text='en-1', granted=True)"


def test_an_unknown_purpose_lists_those_there_are() -> None:
    with pytest.raises(ConsentError, match="no purpose 'marketing'; there are recording, face"):
        ConsentBook().add("marketing", text="en-1", given_by="C-1")


@pytest.mark.parametrize(("text", "given_by"), [("", "C-1"), ("en-1", "")])
def test_consent_without_words_or_without_a_person_is_refused(text: str, given_by: str) -> None:
    with pytest.raises(ConsentError, match="the version of the words shown and who gave it"):
        ConsentBook().add("face", text=text, given_by=given_by)


def test_a_form_gives_one_decision_for_each_purpose_at_its_time_in_utc(tmp_path: Path) -> None:
    entries = read_consent(save(tmp_path, form()))
    assert [(e.purpose, e.granted) for e in entries] == [
        ("recording", True),
        ("face", True),
        ("behaviour", False),
    ]
    assert {e.at for e in entries} == {datetime(2026, 11, 20, 9, 30, tzinfo=UTC)}
    assert {(e.text, e.given_by) for e in entries} == {("zh-2026-11", "C-1042")}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "not a readable consent file"),
        ("{", "not a readable consent file"),
        ("[" * 100_000, "not a readable consent file"),
        ([], "a consent file holds text, given_by, at, purposes"),
        (form(text=...), "a consent file holds text, given_by, at, purposes"),
        (form(at="yesterday"), "`at` is not an ISO 8601 time: 'yesterday'"),
        (form(at="2026-11-20T09:30:00"), "`at` needs a time zone"),
        (form(purposes=["face"]), "`purposes` maps each purpose to true or false"),
        (form(purposes={"face": "yes"}), "`purposes` maps each purpose to true or false"),
        (form(purposes={"face": 1}), "`purposes` maps each purpose to true or false"),
        (form(purposes={"marketing": True}), "no purpose 'marketing'"),
        (form(given_by=""), "consent needs the version of the words"),
        (form(given_by=None), "consent needs the version of the words"),
        (form(text=7), "consent needs the version of the words"),
    ],
    ids=lambda v: str(v)[:30],
)
def test_each_malformed_form_has_one_line_that_names_the_file(
    tmp_path: Path, data: Any, message: str
) -> None:
    path = save(tmp_path, data)
    with pytest.raises(ConsentError, match=message) as caught:
        read_consent(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_form_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConsentError, match=r"none\.json: .*No such file"):
        read_consent(tmp_path / "none.json")
