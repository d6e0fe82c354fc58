"""A browser that writes MP4 alone, as Safari does: recorded, analyzed, relayed, replayed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from applicant_page import agree, enter, follow, joined
from console_server import chromium
from fake_devices import camera, microphone
from live_server import Server, serving

from facesign import samples
from facesign.interview.home import Home
from facesign.interview.live.replay import replay_live
from facesign.interview.record.contents import report_of
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_WEBM = """
() => {
  const knows = MediaRecorder.isTypeSupported.bind(MediaRecorder);
  MediaRecorder.isTypeSupported = (mime) => !mime.startsWith("video/webm") && knows(mime);
}
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder, sample = tmp_path_factory.mktemp("devices"), samples.load("genuine")
    seen = camera(sample.media, folder / "camera.mjpeg", parts=[(0.0, 4.0)])
    heard = microphone(sample.media, folder / "microphone.wav", parts=[(0.0, 4.0)])
    with chromium(seen, heard) as started:
        yield started


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("mp4") / "home")


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Server]:
    with serving(home) as running:
        yield running


def goes_on(state: dict[str, Any]) -> bool:
    """Tell whether something came after the pause."""
    return bool(state["gaps"]) and state["time_s"] > state["gaps"][0]["to_s"] + 1


def test_an_interview_in_mp4_is_analyzed_and_its_record_verifies_and_replays(
    browser: Browser, server: Server, home: Home
) -> None:
    session = server.create()
    page = joined(browser, f"{server.url}/join/{session.invite()}", script=NO_WEBM)
    agree(page, "recording", "face", "voice", "behaviour")
    enter(page)
    follow(page, session, lambda state: state["overlay"] and state["strip"]["speech"])
    page.click("#pause")
    page.wait_for_selector("#paused:visible")
    page.click("#pause")
    follow(page, session, goes_on)
    session.end()
    session.decide("proceed", "documents are complete")
    page.context.close()

    assert verify(home, session.session_id).ok
    with Record.open(home, session.session_id) as record:
        assert record.streams[:2] == ("applicant.1", "applicant.2")
        heads = [record.media(name).read(12) for name in record.streams[:2]]
        mimes = [entry.data["mime"] for entry in record.entries("segment")]
        told = report_of(record)
    assert [head[4:8] for head in heads] == [b"ftyp", b"ftyp"]
    assert all(mime.startswith("video/mp4") for mime in mimes)
    assert replay_live(home, session.session_id).to_dict() == told
