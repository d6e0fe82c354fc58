"""What an officer may do in an interview, without a browser."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from console_home import HOST, Console, opened

from facesign.errors import NotLiveError, ScriptError, SessionStateError, SettingsError
from facesign.interview.live.session import LiveSession
from facesign.ui.console import interview_actions as actions
from facesign.ui.console.guard import SignedIn
from facesign.ui.console.live_words import in_words
from facesign.ui.console.replay_actions import found, session_rows
from facesign.ui.console.texts import texts

ANNA = SignedIn("anna", "officer", "key-a")
OTTO = SignedIn("otto", "officer", "key-o")
PLAN: dict[str, Any] = {
    "customer": " C-7 ",
    "external_ref": "",
    "lang": "zh",
    "script": "car-loan-zh",
    "participants": ["interpreter"],
    "here": False,
}
REPORT = Path(__file__).parents[2] / "interview" / "page" / "report_example.json"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with opened(tmp_path_factory.mktemp("actions") / "home", with_users=False) as made:
        yield made


@pytest.fixture(scope="module")
def session(console: Console) -> LiveSession:
    return actions.create(console.desk, ANNA, **PLAN)


def test_a_created_interview_is_the_officers_and_in_the_archive(
    console: Console, session: LiveSession
) -> None:
    assert actions.running(console.desk, ANNA) == [session]
    assert actions.running(console.desk, OTTO) == []
    assert actions.own(console.desk, ANNA, session.session_id) is session
    held = console.desk.archive.session(session.session_id)
    assert (held.officer, held.customer, held.external_ref) == ("anna", "C-7", None)
    assert session.plan.participants == ("applicant", "interpreter")


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, sid: actions.act(desk, OTTO, sid, "next"),
        lambda desk, sid: actions.consent(desk, OTTO, sid, {}, "zh"),
        lambda desk, sid: actions.withdraw(desk, OTTO, sid, "voice"),
        lambda desk, sid: actions.decide(desk, OTTO, sid, "stop", "because", texts("en")),
    ],
)
def test_another_officer_can_do_nothing_in_it(
    console: Console, session: LiveSession, act: Any
) -> None:
    with pytest.raises(NotLiveError):
        act(console.desk, session.session_id)


def test_what_is_missing_or_unknown_is_one_clear_line(
    console: Console, session: LiveSession
) -> None:
    desk = console.desk
    with pytest.raises(SettingsError, match="needs a customer number"):
        actions.create(desk, ANNA, **{**PLAN, "customer": "  "})
    with pytest.raises(ScriptError, match="no script"):
        actions.create(desk, ANNA, **{**PLAN, "script": "../../etc/passwd"})
    with pytest.raises(SettingsError, match="participant"):
        actions.create(desk, ANNA, **{**PLAN, "participants": ["judge"]})
    with pytest.raises(SettingsError, match="no action 'close'"):
        actions.act(desk, ANNA, session.session_id, "close")
    with pytest.raises(SettingsError, match="on their own device"):
        actions.consent(desk, ANNA, session.session_id, {"recording": True}, "en")
    with pytest.raises(SettingsError, match="Choose a decision"):
        actions.decide(desk, ANNA, session.session_id, None, "because", texts("en"))
    with pytest.raises(SettingsError, match="Give a reason"):
        actions.decide(desk, ANNA, session.session_id, "stop", " ", texts("en"))
    assert len(actions.running(desk, ANNA)) == 1


def test_the_view_begins_with_a_link_for_the_applicant(
    console: Console, session: LiveSession
) -> None:
    view = actions.view_of(console.desk, session, HOST)
    assert view["link"]["url"].startswith(f"http://{HOST}/join/")
    assert view["link"]["problem"] == "this_computer_only"
    assert (view["here"], view["lang"], view["customer"]) == (False, "zh", "C-7")


def test_a_new_link_is_made_on_demand_and_the_one_before_holds_too(
    console: Console, session: LiveSession
) -> None:
    first, second = (
        actions.view_of(console.desk, session, HOST, anew=True)["link"]["url"] for _ in range(2)
    )
    assert first != second
    client = console.client()
    for url in (first, second):
        page = client.get(url.removeprefix(f"http://{HOST}"))
        assert (page.status_code, 'data-problem=""' in page.text) == (200, True)


def test_the_live_state_is_told_in_words_without_a_score(session: LiveSession) -> None:
    report = json.loads(REPORT.read_text("utf-8"))
    shown = {
        name: [{**one, "first_s": 1.0} for one in report[name]] for name in ("prompts", "flags")
    }
    shown["monitors"] = report["monitors"]
    state = {**session.state(), **shown, "checks": report["checks"]}
    en, zh = in_words(state, "en"), in_words(state, "zh")
    assert [card["kind"] for card in en["cards"]] == ["protect", "flag", "prompt"]
    assert [card["title"] for card in zh["cards"][:1]] == ["单独询问"]
    assert len(en["cards"][1]["ranked"]) == 4
    assert en["cards"][2]["seen"][0]["usual"].startswith("0.48")
    assert [one["id"] for one in en["further"]] == ["identity.other_face"]
    assert zh["cards"][2]["ask"][0].startswith("三月份的工资")
    assert zh["questions"][0]["text"] != en["questions"][0]["text"]
    assert not {"prompts", "flags", "monitors"} & en.keys()
    assert "score" not in json.dumps(en)


CHECKED = {"source": " network check ", "kind": "identity", "result": "match", "reference": ""}


def test_evidence_needs_a_source_and_an_interview_that_captures(
    console: Console, session: LiveSession
) -> None:
    desk, t = console.desk, texts("en")
    with pytest.raises(NotLiveError):
        actions.add_evidence(desk, OTTO, session.session_id, CHECKED, t)
    with pytest.raises(SettingsError, match="Name the source"):
        actions.add_evidence(desk, ANNA, session.session_id, {**CHECKED, "source": " "}, t)
    with pytest.raises(SettingsError, match="At most 200"):
        actions.add_evidence(desk, ANNA, session.session_id, {**CHECKED, "reference": "9" * 201}, t)
    with pytest.raises(SessionStateError, match="nothing is captured"):
        actions.add_evidence(desk, ANNA, session.session_id, CHECKED, t)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"how": "reschedule", "on": "", "text": "x"}, "Choose a day"),
        ({"how": "reschedule", "on": "2020-01-01"}, "Choose a day"),
        ({"how": "reschedule", "on": "tomorrow"}, "2026-11-30"),
        ({"how": "abandon", "text": "  "}, "Give a reason"),
        ({"how": "abandon", "text": "x" * 201}, "At most 200"),
    ],
)
def test_breaking_off_needs_a_day_to_come_or_a_reason(
    console: Console, session: LiveSession, given: dict[str, str], line: str
) -> None:
    with pytest.raises(SettingsError, match=line):
        actions.break_off(console.desk, ANNA, session.session_id, given, texts("en"))
    assert not session.has_ended


def test_a_rescheduled_interview_is_over_and_the_list_says_for_when(console: Console) -> None:
    session = actions.create(console.desk, OTTO, **{**PLAN, "customer": "C-8"})
    day = date.today().isoformat()
    given = {"how": "reschedule", "on": day, "text": "ID card forgotten"}
    with pytest.raises(NotLiveError):
        actions.break_off(console.desk, ANNA, session.session_id, given, texts("en"))
    actions.break_off(console.desk, OTTO, session.session_id, given, texts("en"))
    deadline_s = time.monotonic() + 60
    while console.desk.archive.session(session.session_id).ended_at is None:
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    assert actions.running(console.desk, OTTO) == []
    (row,) = session_rows(texts("en"), found(console.desk, OTTO))
    assert f"rescheduled to {day}" in row
    (row,) = session_rows(texts("zh"), found(console.desk, OTTO))
    assert f"已改期至 {day}" in row
