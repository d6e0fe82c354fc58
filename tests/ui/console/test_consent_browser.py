"""What an applicant agrees to, refuses and takes back on their own page, and links that are worth
nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from applicant_page import agree, enter, follow, joined
from console_server import chromium
from fake_devices import camera, microphone
from live_server import Server, serving
from playwright.sync_api import Page, expect

from facesign import samples
from facesign.interview.home import Home
from facesign.interview.live.session import LiveSession
from facesign.interview.live.tokens import FIRST_USE_S
from facesign.interview.record.contents import report_of
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ALL = ("recording", "face", "voice", "behaviour", "search")
BEHAVIOUR = {"behaviour", "voice_behaviour", "movements"}
SEEN = {
    "face": ("face.", "gaze.", "head.", "blink", "quality.", "light."),
    "voice": ("voice.",),
}
"""Beginnings of the names of what faces and voices show."""
LARGE_PIECES = """
() => {
  // A recorder that gives three megabytes at once, as none does.
  window.MediaRecorder = class extends EventTarget {
    static isTypeSupported() { return true; }
    state = "inactive";
    start() {
      this.state = "recording";
      const data = new Blob([new Uint8Array(3 << 20)]);
      this.dispatchEvent(Object.assign(new Event("dataavailable"), { data }));
    }
    stop() { this.state = "inactive"; }
  };
}
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder, sample = tmp_path_factory.mktemp("devices"), samples.load("genuine")
    seen = camera(sample.media, folder / "camera.mjpeg", parts=[(0.0, 4.0)], height=180)
    heard = microphone(sample.media, folder / "microphone.wav", parts=[(0.0, 4.0)])
    with chromium(seen, heard) as started:
        yield started


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("consents") / "home")


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Server]:
    with serving(home) as running:
        yield running


def refused_in(report: Mapping[str, Any]) -> set[str]:
    """Return which checks were not made because consent was refused."""
    return {check["check"] for check in report["checks"] if check["reason"] == "consent_refused"}


@pytest.mark.parametrize(
    ("agreed", "refused"),
    [
        (ALL, set()),
        (("recording",), {"consent", "quality", "face", "voice", "search", *BEHAVIOUR}),
        (("recording", "voice", "search"), {"consent", "quality", "face", *BEHAVIOUR}),
        (("recording", "face", "behaviour"), {"consent", "voice", "search", "voice_behaviour"}),
    ],
    ids=["all", "recording alone", "without face and behaviour", "without voice"],
)
def test_what_was_refused_on_the_page_is_not_analyzed(
    browser: Browser, server: Server, home: Home, agreed: tuple[str, ...], refused: set[str]
) -> None:
    session = server.create()
    page = joined(browser, f"{server.url}/join/{session.invite()}")
    agree(page, *agreed)
    enter(page)
    state = follow(page, session, lambda state: state["time_s"] > 1.5 and state["lag_s"] < 1)
    assert {name for name, held in state["consents"].items() if held["granted"]} == set(agreed)
    assert "face" in agreed or state["overlay"] is None
    assert ("voice" in agreed) == (state["strip"]["speech"] is not None)
    assert ("behaviour" in agreed) == (state["strip"]["blinks"] is not None)
    session.end()
    assert refused_in(session.state()) == refused
    session.decide("proceed", "documents are complete")
    page.context.close()
    assert verify(home, session.session_id).ok
    with Record.open(home, session.session_id) as record:
        told = report_of(record)
        streams = record.streams
    assert told is not None
    assert refused_in(told) == refused
    assert ("signals" in streams) == ({"face", "behaviour"} <= set(agreed))


def test_without_consent_to_recording_nothing_is_asked_of_the_camera(
    browser: Browser, server: Server, home: Home
) -> None:
    session = server.create()
    page = joined(browser, f"{server.url}/join/{session.invite()}")
    agree(page, "face", "voice", "behaviour", "search")
    expect(page.locator("#consent-note")).to_contain_text("An interview has to be recorded")
    assert page.evaluate("document.querySelector('#self').srcObject") is None
    assert session.state()["consents"]["recording"]["granted"] is False
    session.reschedule()
    expect(page.locator("#end-what")).to_have_text("Nothing was recorded")
    page.context.close()
    assert not (home.records / session.session_id).exists()


def withdraw(page: Page, purpose: str) -> float:
    """Take a consent back; return the moment of the click."""
    page.click("#withdraw")
    button = page.locator(f"[data-purpose={purpose}]")
    page.evaluate("addEventListener('click', () => { window.clickedAt ??= Date.now(); }, true)")
    page.evaluate("delete window.clickedAt")
    button.click()
    expect(button).to_contain_text("Withdrawn")
    clicked_s = page.evaluate("window.clickedAt") / 1000
    page.click("#take-back-close")
    return float(clicked_s)


def shown(session: LiveSession) -> dict[str, bool]:
    state = session.state()
    return {
        "behaviour": state["behaviour"]["on"] or state["strip"]["blinks"] is not None,
        "face": state["overlay"] is not None,
        "voice": state["strip"]["speech"] is not None,
    }


def test_a_withdrawal_ends_its_analysis_within_a_second(
    browser: Browser, server: Server, home: Home
) -> None:
    session = server.create()
    page = joined(browser, f"{server.url}/join/{session.invite()}")
    agree(page, *ALL)
    enter(page)
    follow(page, session, lambda state: state["overlay"] and state["strip"]["speech"])
    assert shown(session) == {"behaviour": True, "face": True, "voice": True}
    clicked_s = {}
    for purpose in ("behaviour", "face", "voice"):
        clicked_s[purpose] = withdraw(page, purpose)
        assert not shown(session)[purpose]
    went_on_s = session.state()["time_s"] + 1.5
    follow(page, session, lambda state: state["time_s"] > went_on_s)
    assert shown(session) == {"behaviour": False, "face": False, "voice": False}
    session.end()
    session.decide("stop", "nothing was left to look at")
    page.context.close()
    with Record.open(home, session.session_id) as record:
        commands = [e.data for e in record.entries("command") if e.data["name"] == "withdraw"]
        ended = {one["values"]["purpose"]: one["values"]["at"] for one in commands}
        at_s = {one["values"]["purpose"]: one["time_s"] + 1.0 for one in commands}
        found = [row for entry in record.entries("observations") for row in entry.data["rows"]]
        told = report_of(record)
    late_s = {
        purpose: datetime.fromisoformat(at).timestamp() - clicked_s[purpose]
        for purpose, at in ended.items()
    }
    assert set(late_s) == {"behaviour", "face", "voice"}
    assert max(late_s.values()) <= 1.0
    # What was found before may stand; nothing goes on after a withdrawal.
    for purpose, names in SEEN.items():
        told_of = [row for row in found if row["name"].startswith(names)]
        went_on = [r for r in told_of if r["status"] == "assessed" and r["end_s"] > at_s[purpose]]
        assert [(row["name"], row["end_s"]) for row in went_on] == []
    assert told is not None
    assert refused_in(told) == {"consent", "face", "quality", "voice", "search", *BEHAVIOUR}


def test_withdrawing_the_recording_leaves_no_question_open_on_the_page(
    browser: Browser, server: Server
) -> None:
    session = server.create()
    page = joined(browser, f"{server.url}/join/{session.invite()}")
    agree(page, "recording")
    enter(page)
    page.click("#withdraw")
    page.click("[data-purpose=recording]")
    expect(page.locator("#end-title")).to_contain_text("stopped")
    expect(page.locator("#take-back")).to_be_hidden()
    page.click("#lang")
    expect(page.locator("#end-title")).not_to_contain_text("stopped")
    page.context.close()


def test_a_link_that_nobody_opened_for_a_quarter_of_an_hour_has_expired(
    browser: Browser, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = server.create()
    token = session.invite()
    page = joined(browser, f"{server.url}/join/{token}")
    with monkeypatch.context() as later:
        later.setattr(server.sessions.tokens, "_clock", lambda: time.monotonic() + FIRST_USE_S + 1)
        # The page was loaded in time and is used too late; a page that is loaded now says the same.
        page.click("#open")
        line = "This link was not opened within 15 minutes, so it has expired."
        expect(page.locator("#problem-why")).to_have_text(line)
        page.reload()
        expect(page.locator("#problem-why")).to_have_text(line)
    page.context.close()
    session.reschedule()


def test_a_link_that_another_device_opened_lets_no_second_one_in(
    browser: Browser, server: Server
) -> None:
    session = server.create()
    url = f"{server.url}/join/{session.invite()}"
    first, second = joined(browser, url), joined(browser, url)
    first.click("#open")
    first.wait_for_selector("#step-consent:visible")
    second.click("#open")
    expect(second.locator("#problem-why")).to_have_text("This link was opened on another device.")
    expect(second.locator("#step-problem")).to_contain_text("ask your loan officer for a new link")
    first.check("#purpose-recording")
    second.context.close()
    first.context.close()
    session.reschedule()


def test_a_piece_that_is_too_large_is_one_clear_line_and_ends_nothing(
    browser: Browser, server: Server
) -> None:
    session = server.create()
    page = joined(browser, f"{server.url}/join/{session.invite()}", script=LARGE_PIECES)
    agree(page, "recording")
    page.wait_for_selector("#begin:enabled")
    page.click("#begin")
    expect(page.locator("#line")).to_have_text(
        "Your picture and sound could not be taken. Please load this page again."
    )
    expect(page.locator("#sign")).to_be_hidden()
    assert session.stage == "baseline"
    session.reschedule()
    page.context.close()
