"""What the player is given: media by range, a case in words, verdicts; and to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import uuid6
from console_home import Console, opened, recorded

from facesign import samples
from facesign.interview.archive.entries import ArchivedSession
from facesign.interview.record.reader import Record
from facesign.interview.record.writer import RecordWriter
from facesign.interview.risk.calibration import calibrate_sessions
from facesign.ui.console.replay_actions import as_day, found
from facesign.ui.console.texts import texts
from facesign.ui.console.waveform import BINS_PER_S, waveform

REPORT = Path(__file__).parents[2] / "interview" / "page" / "report_example.json"


@pytest.fixture(scope="module")
def media() -> bytes:
    return samples.load("genuine").media.read_bytes()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with opened(tmp_path_factory.mktemp("cases") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def case(console: Console, media: bytes) -> str:
    report: dict[str, Any] = json.loads(REPORT.read_text("utf-8"))
    return recorded(console, officer="anna", media=media, report=report)


def test_a_case_is_told_in_the_language_asked_for(console: Console, case: str) -> None:
    client = console.client("ben")
    en = client.get(f"/cases/{case}", params={"lang": "en"}).json()
    zh = client.get(f"/cases/{case}", params={"lang": "zh"}).json()
    protect, flag, prompt = en["report"]["cards"]
    assert protect["kind"] == "protect"
    assert (flag["kind"], flag["title"]) == ("flag", "Undeclared person in the picture")
    assert (flag["value"], flag["threshold"]) == ("3.5\u00a0s", "1.0\u00a0s")
    assert prompt["ask"][0].startswith("Could you tell me when the salary")
    assert prompt["seen"][0]["now"] == "2.35\u00a0s"
    assert prompt["seen"][0]["usual"] == "0.48\u00a0±\u00a00.09\u00a0s"
    assert zh["report"]["cards"][2]["ask"][0].startswith("三月份的工资")
    assert [lane["name"] for lane in en["report"]["lanes"]][:2] == ["question", "speech"]
    checked = {one["label"]: one for one in en["report"]["checks"] if one["status"] == "assessed"}
    assert checked["Brief facial movements"]["found"] == "used for prompts only"
    assert en["media"] == [{"stream": "media", "start_s": 0.0}]


def test_a_flag_is_told_with_what_the_bank_s_own_sessions_came_to(
    media: bytes, tmp_path: Path
) -> None:
    report: dict[str, Any] = json.loads(REPORT.read_text("utf-8"))
    assert report["flags"]
    evidence = {"id": "identity.other_face", "family": "identity", "weight": 4}
    (tmp_path / "fraud.json").write_text(json.dumps({"monitors": [evidence]}))
    (tmp_path / "genuine.json").write_text(json.dumps({"monitors": []}))
    rows = ["fraud.json,fraud"] * 50 + ["genuine.json,genuine"] * 160
    (tmp_path / "labels.csv").write_text("\n".join(["report,label", *rows]))
    with opened(tmp_path / "home") as console:
        flagged = recorded(console, officer="anna", media=media, report=report)
        plain = recorded(console, officer="anna", media=media, report={**report, "flags": []})

        def told(session: str) -> Any:
            return console.client("ben").get(f"/cases/{session}?lang=en").json()["own_sessions"]

        assert told(flagged) is None
        calibrate_sessions(tmp_path / "labels.csv", home=console.home)
        found = told(flagged)
        assert (found["readable"], found["n"], found["n_fraud"]) == (True, 210, 50)
        assert 1.0 < float(found["times"]) <= 50.0
        assert told(plain) is None
        (console.home.calibrations / "risk.json").write_text("{")
        assert told(flagged) == {"readable": False}


def test_a_case_holds_no_score_and_no_class_of_a_person(console: Console, case: str) -> None:
    told = console.client("ben").get(f"/cases/{case}?lang=en").text
    for word in ("probability", "megc", "emotion", "score"):
        assert word not in told.lower()


def test_media_come_decrypted_by_range_and_are_not_stored(
    console: Console, case: str, media: bytes
) -> None:
    client, url = console.client("ben"), f"/cases/{case}/media/media"
    whole = client.get(url)
    assert (whole.status_code, whole.content) == (200, media)
    assert whole.headers["cache-control"] == "no-store"
    assert whole.headers["content-type"] == "video/mp4"
    for header, start, end in (
        ("bytes=0-99", 0, 100),
        ("bytes=700000-", 700_000, len(media)),
        ("bytes=-5", len(media) - 5, len(media)),
        ("bytes=1000-99999999", 1000, len(media)),
    ):
        part = client.get(url, headers={"range": header})
        assert part.status_code == 206
        assert part.content == media[start:end]
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(media)}"
    beyond = client.get(url, headers={"range": f"bytes={len(media)}-"})
    assert beyond.status_code == 416
    odd = client.get(url, headers={"range": "lines=1-2"})
    assert odd.content == media


def test_a_stream_that_there_is_not_is_one_clear_line(console: Console, case: str) -> None:
    answer = console.client("ben").get(f"/cases/{case}/media/other")
    assert answer.status_code == 422
    assert "has no stream 'other'; there are media" in answer.json()["error"]
    missing = console.client("ben").get("/cases/..%2F..%2Fetc?lang=en")
    assert missing.status_code in (404, 422)


def test_looks_are_noted(console: Console, media: bytes) -> None:
    case = recorded(console, officer="anna", media=media, report=None)
    client = console.client("ben")
    client.get(f"/cases/{case}?lang=en")
    client.get(f"/cases/{case}/media/media", headers={"range": "bytes=0-9"})
    client.get(f"/cases/{case}/media/media", headers={"range": "bytes=10-19"})
    views = [(view.by, view.what) for view in console.desk.archive.views(case)]
    assert views == [("ben", "opened"), ("ben", "media")]


def test_an_officer_sees_the_own_interviews_alone(console: Console, case: str) -> None:
    paths = (
        f"/cases/{case}?lang=en",
        f"/cases/{case}/media/media",
        f"/cases/{case}/waveform/media",
    )
    for path in paths:
        assert console.client("anna").get(path).status_code == 200
        assert console.client("otto").get(path).status_code == 403
        assert console.client("ruth").get(path).status_code == 403


def test_a_verdict_is_kept_with_its_source_and_never_by_the_officer(
    console: Console, case: str
) -> None:
    given = {"kind": "flag", "item_id": "f1", "verdict": "confirmed", "source": "called her"}
    url = f"/cases/{case}/verdicts"
    assert console.client("anna").post(url, json=given).status_code == 403
    client = console.client("ben")
    assert client.post(url, json={**given, "source": "  "}).status_code == 422
    assert client.post(url, json={**given, "verdict": "guilty"}).status_code == 422
    assert client.post(url, json={**given, "item_id": "f9"}).status_code == 422
    assert client.post(url, json=given).status_code == 200
    told = client.get(f"/cases/{case}?lang=en").json()
    assert [(v["verdict"], v["source"], v["by"]) for v in told["verdicts"]] == [
        ("confirmed", "called her", "ben")
    ]
    assert told["may_judge"]
    assert not console.client("anna").get(f"/cases/{case}?lang=en").json()["may_judge"]


def test_filters_find_by_day_officer_customer_outcome_and_flag(console: Console, case: str) -> None:
    client = console.client("ben")
    who = console.app.state.sign_ins.who(client.cookies["facesign_session"])

    def ids(**filters: str) -> set[str]:
        return {one.session_id for one in found(console.desk, who, **filters)}

    for good in (
        {"customer": "C-1042"},
        {"officer": "anna"},
        {"outcome": "review"},
        {"flag": "undeclared_person"},
        {"since": "2020-01-01", "until": "2099-12-31"},
    ):
        assert case in ids(**good)
    for bad in (
        {"customer": "C-1043"},
        {"officer": "otto"},
        {"outcome": "clear"},
        {"flag": "another_voice"},
        {"until": "2020-01-01"},
    ):
        assert case not in ids(**bad)
    assert as_day(" 2026-11-30 ") is not None
    assert texts("en")("replay.none")


def test_the_waveform_follows_the_sound(console: Console, case: str) -> None:
    with Record.open(console.home, case) as record:
        peaks = np.array(waveform(record.media("media")))
    assert len(peaks) == pytest.approx(29.5 * BINS_PER_S, rel=0.05)
    assert peaks.max() == 255
    # Somebody speaks more than half of the time; between answers it is nearly silent.
    assert 0.3 < np.mean(peaks > 20) < 0.9


def test_a_case_without_a_record_says_why_it_was_broken_off(console: Console) -> None:
    console.desk.archive.add(
        ArchivedSession(
            "s-none",
            datetime.now(UTC),
            "rescheduled",
            officer="anna",
            because="ID card forgotten",
            next_on="2026-12-03",
        )
    )
    told = console.client("ben").get("/cases/s-none?lang=en").json()
    assert told["broken_off"] == {"because": "ID card forgotten", "next_on": "2026-12-03"}
    assert (told["ended"], told["status"], told["media"]) == ("rescheduled", None, [])


def test_an_interrupted_case_tells_notes_evidence_and_consents_without_a_report(
    console: Console,
) -> None:
    case, now = str(uuid6.uuid7()), datetime.now(UTC)
    writer = RecordWriter.create(console.home, session_id=case, created_at=now)
    checked = {"source": "network check", "kind": "identity", "result": "match"}
    for name, values in (
        ("consent", {"purpose": "recording", "granted": True}),
        ("consent", {"purpose": "face", "granted": True}),
        ("note", {"text": "spoke quietly", "by": "anna"}),
        ("evidence", checked),
        ("withdraw", {"purpose": "face"}),
    ):
        writer.add("command", {"name": name, "values": values, "time_s": 2.5, "after": 0})
    writer.close("interrupted")
    console.desk.archive.add(ArchivedSession(case, now, "interrupted", officer="anna"))
    told = console.client("anna").get(f"/cases/{case}?lang=zh").json()
    assert told["report"] is None
    assert told["notes"] == [{"text": "spoke quietly", "at_s": 2.5}]
    assert told["evidence"] == [{**checked, "reference": None, "time_s": 2.5}]
    assert [one["state"] for one in told["consents"]] == ["granted", "withdrawn"]


class FakeContours:
    """What the process would answer, without one."""

    def __init__(self, why: str | None) -> None:
        self.asked: list[tuple[str, str, int]] = []
        self.why = why

    def chunk(self, session_id: str, stream: str, number: int) -> dict[str, Any]:
        self.asked.append((session_id, stream, number))
        return {"frames": [], "why": self.why}

    def close(self) -> None:
        return


def test_contours_are_a_look_that_is_noted_once_and_only_where_there_is_consent(
    console: Console, media: bytes
) -> None:
    case = recorded(console, officer="anna", media=media, report=None)
    url = f"/cases/{case}/contours/media"
    client = console.client("ben")
    with patch.dict(console.desk.__dict__, {"contours": FakeContours("no_consent")}):
        assert client.get(f"{url}/0").json()["why"] == "no_consent"
    assert console.desk.archive.views(case) == ()
    fake = FakeContours(None)
    with patch.dict(console.desk.__dict__, {"contours": fake}):
        answers = [client.get(f"{url}/{number}") for number in (0, 1)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert sum(answers[0].json()["lines"]) == 136
        assert answers[0].headers["cache-control"] == "no-store"
        for who, status in (("otto", 403), ("ruth", 403), (None, 401)):
            assert console.client(who).get(f"{url}/0").status_code == status
        for number in ("-1", "86400", "x"):
            assert client.get(f"{url}/{number}").status_code == 422
    assert fake.asked == [(case, "media", 0), (case, "media", 1)]
    assert [(v.by, v.what) for v in console.desk.archive.views(case)] == [("ben", "landmarks")]
