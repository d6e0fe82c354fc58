"""Two pages on one machine that click at the same moments: the record has them at one time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from applicant_page import PATIENCE_MS, agree, enter, follow, joined
from live_server import Server, serving
from playwright.sync_api import Browser, sync_playwright

from facesign.biometrics.stream import SAMPLE_RATE_HZ, Sound, Track
from facesign.interview.home import Home
from facesign.interview.live.decoding import SegmentDecoder
from facesign.interview.live.history import History
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--no-sandbox",
)
CLICKS = """
() => {
  // A camera and a microphone that clicks at every full second of the clock on the wall.
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas");
    canvas.width = 320;
    canvas.height = 240;
    const paint = canvas.getContext("2d");
    const audio = new AudioContext();
    await audio.resume();
    const out = audio.createMediaStreamDestination();
    const first = audio.currentTime + 1 - (Date.now() % 1000) / 1000;
    for (let n = 0; n < 120; n += 1) {
      const tone = audio.createOscillator();
      tone.frequency.value = 1000;
      tone.connect(out);
      tone.start(first + n);
      tone.stop(first + n + 0.1);
    }
    setInterval(() => {
      paint.fillStyle = "gray";
      paint.fillRect((Date.now() / 25) % 320, 230, 10, 10);
    }, 30);
    return new MediaStream([
      ...canvas.captureStream(30).getTracks(),
      ...out.stream.getTracks(),
    ]);
  };
}
"""
SPEAK = """
async ([sessionId]) => {
  const { recordVoice } = await import("/static/live/officer.js");
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  window.endVoice = recordVoice({ sessionId, stream });
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS])
        yield started
        started.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("clicks") / "home")


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Server]:
    with serving(home) as running:
        yield running


def clicks(record: Record, stream: str, track: Track, offset_s: float) -> list[float]:
    """Return when clicks begin in a stream, in session time."""
    with record.media(stream) as media:
        loud = [
            item.time_s + np.flatnonzero(np.abs(item.samples) > 0.1) / SAMPLE_RATE_HZ
            for item in SegmentDecoder(media, track=track, offset_s=0.0)
            if isinstance(item, Sound)
        ]
    times_s = np.concatenate(loud)
    begins = np.flatnonzero(np.diff(times_s, prepend=-1.0) > 0.5)
    return [offset_s + float(times_s[index]) for index in begins]


def test_the_officers_page_sends_its_microphone_and_it_lies_beside_the_applicants(
    browser: Browser, server: Server, home: Home
) -> None:
    session = server.create()
    page = joined(browser, f"{server.url}/join/{session.invite()}", script=CLICKS)
    agree(page, "recording", "face", "voice")
    enter(page)
    officer = browser.new_context(permissions=["camera", "microphone"]).new_page()
    officer.set_default_timeout(PATIENCE_MS)
    officer.add_init_script(f"({CLICKS})()")
    officer.goto(f"{server.url}/join/none")  # any HTML page of the same origin
    officer.evaluate(SPEAK, [session.session_id])
    state = follow(page, session, lambda state: state["officer_recorded"])
    until_s = state["time_s"] + 8
    follow(page, session, lambda state: state["time_s"] > until_s)

    # A pause stops both; afterwards each begins a new segment.
    page.click("#pause")
    page.wait_for_selector("#paused:visible")
    follow(page, session, lambda state: not state["officer_recorded"])
    page.click("#pause")
    page.wait_for_selector("#sign:visible")
    state = follow(page, session, lambda state: state["officer_recorded"])
    until_s = state["time_s"] + 4
    follow(page, session, lambda state: state["time_s"] > until_s)
    officer.evaluate("window.endVoice()")
    follow(page, session, lambda state: not state["officer_recorded"])
    session.end()
    session.decide("stop", "the clicks were heard")
    officer.context.close()
    page.context.close()

    assert verify(home, session.session_id).problem is None
    with Record.open(home, session.session_id) as record:
        history = History.read(record)
        for voice in history.voices:
            own = clicks(record, voice.stream, "officer", history.offsets[voice.stream])
            theirs = clicks(record, voice.beside, "applicant", history.offsets[voice.beside])
            apart_s = [min((one - other for other in theirs), key=abs) for one in own]
            assert len(own) >= 3
            assert abs(float(np.median(apart_s))) < 0.15
    assert [voice.beside for voice in history.voices] == ["applicant.1", "applicant.2"]
