"""What other systems found, and interviews that are broken off, without picture or sound."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from session_factory import SCRIPT

from facesign.errors import SessionStateError, SettingsError
from facesign.interview.consent import PURPOSES
from facesign.interview.home import Home
from facesign.interview.live.conduct import Conduct
from facesign.interview.live.plan import SessionPlan
from facesign.interview.live.recent import Recent
from facesign.interview.live.view import LiveView
from facesign.interview.record.contents import keep_report, keep_report_again
from facesign.interview.report import Report

CHECKED = {"source": "national ID network check", "kind": "identity", "result": "no_match"}


@pytest.fixture
def conduct(tmp_path: Path) -> Conduct:
    made = Conduct(
        session_id="01a22c12-acbc-73b5-a315-fe17bf3ec691",
        created_at=datetime.now(UTC),
        plan=SessionPlan("C-1042", SCRIPT, lang="en"),
        home=Home(tmp_path / "home"),
    )
    for purpose in PURPOSES:
        values = {"purpose": purpose, "granted": True, "text": "en-2026-11", "lang": "en"}
        made.apply("consent", values, time_s=0.0)
    return made


class Kept:
    """A record that only remembers what was entered."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, Mapping[str, Any]]] = []

    def add(self, kind: str, data: Mapping[str, Any], *, key_class: str = "statutory") -> None:
        self.entries.append((kind, data))

    def piece(self, stream: str, data: bytes, *, key_class: str = "statutory") -> None:
        raise AssertionError("no signals were measured")

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        return [data for name, data in self.entries if name == kind]


def state(conduct: Conduct) -> dict[str, Any]:
    return LiveView(conduct, Recent()).state(time_s=3.0, recording=False, problem=None)


def finished(conduct: Conduct) -> Report:
    conduct.open()
    conduct.stages.move("review")
    report = conduct.finish()
    assert report is not None
    return report


def test_evidence_while_it_runs_is_shown_and_raises_its_flag(conduct: Conduct) -> None:
    conduct.open()
    conduct.apply("evidence", {**CHECKED, "reference": "N-9"}, time_s=2.5)
    shown = state(conduct)
    assert shown["evidence"] == [{**CHECKED, "reference": "N-9", "time_s": 2.5}]
    assert [flag["code"] for flag in shown["flags"]] == ["identity_mismatch"]
    assert "evidence.identity_no_match" in {
        one["name"] for point in shown["monitors"] for one in point["observations"]
    }


def test_evidence_at_review_changes_the_report_as_if_it_had_come_before(conduct: Conduct) -> None:
    before = finished(conduct)
    assert before.flags == ()
    conduct.apply("evidence", CHECKED, time_s=4.0)
    conduct.apply("evidence", {**CHECKED, "kind": "genuineness", "result": "match"}, time_s=5.0)
    after = conduct.report
    assert after is not None
    assert (before.outcome, after.outcome) == ("inconclusive", "review")
    assert [flag.code for flag in after.flags] == ["identity_mismatch"]
    assert [one["time_s"] for one in after.identity["evidence"]] == [4.0, 5.0]
    assert state(conduct)["outcome"]["outcome"] == "review"


def test_the_record_of_a_later_report_has_what_is_new_and_nothing_twice(conduct: Conduct) -> None:
    book = Kept()
    before = finished(conduct)
    keep_report(book, before, after=7)
    conduct.apply("evidence", CHECKED, time_s=4.0)
    assert conduct.report is not None
    keep_report_again(book, conduct.report, before, after=7)
    rows = [row for entry in book.of("observations") for row in entry["rows"]]
    assert len(rows) == len(conduct.report.observations)
    assert sum(row["name"] == "evidence.identity_no_match" for row in rows) == 1
    assert [entry["code"] for entry in book.of("flag")] == ["identity_mismatch"]
    assert [entry["outcome"] for entry in book.of("outcome")] == ["inconclusive", "review"]
    assert [entry["after"] for entry in book.of("outcome")] == [7, 7]


def test_evidence_before_the_capture_is_refused(conduct: Conduct) -> None:
    with pytest.raises(SessionStateError, match="nothing is captured in the stage consent"):
        conduct.apply("evidence", CHECKED, time_s=0.0)


@pytest.mark.parametrize("wrong", [{"kind": "income"}, {"result": "maybe"}, {"source": ""}])
def test_evidence_of_nothing_known_is_refused_and_not_shown(
    conduct: Conduct, wrong: dict[str, str]
) -> None:
    conduct.open()
    with pytest.raises(SettingsError):
        conduct.apply("evidence", {**CHECKED, **wrong}, time_s=1.0)
    assert state(conduct)["evidence"] == []


def test_a_rescheduled_interview_tells_its_day_and_note(conduct: Conduct) -> None:
    assert state(conduct)["broken_off"] is None
    with pytest.raises(SettingsError, match="a day is written as 2026-12-03, got 'soon'"):
        conduct.apply("reschedule", {"on": "soon"}, time_s=0.0)
    assert conduct.stages.stage == "consent"
    conduct.apply("reschedule", {"on": "2026-12-03", "note": " ID card forgotten "}, time_s=0.0)
    shown = state(conduct)
    assert shown["stage"] == "rescheduled"
    assert shown["broken_off"] == {"because": "ID card forgotten", "next_on": "2026-12-03"}


def test_an_applicant_who_stops_need_not_say_why(conduct: Conduct) -> None:
    conduct.open()
    conduct.apply("abandon", {}, time_s=1.0)
    assert (conduct.stages.stage, state(conduct)["broken_off"]) == ("abandoned", None)
