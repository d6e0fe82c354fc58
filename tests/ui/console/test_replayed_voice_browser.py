"""The player in a real browser: the officer's own sound goes with the recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from console_home import kept
from console_server import Server, add_users, chromium, console_server, watched
from fake_devices import camera, microphone
from live_media import RATE_HZ, clap, voice

from facesign import samples
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.record.writer import RecordWriter

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a-long-password"
STARTS_S, ENDS_S = 1.0, 12.0
TOGETHER = f"""
() => {{
  const video = document.querySelector(".fs-case video");
  const sound = document.querySelector(".fs-case audio");
  return !video.paused && !sound.paused && !sound.muted
    && Math.abs(video.currentTime - {STARTS_S} - sound.currentTime) < 0.3;
}}
"""
PAUSED = "() => document.querySelector('.fs-case audio').paused"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with console_server(tmp_path_factory.mktemp("console")) as running:
        add_users(running, PASSWORD, ben="analyst")
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder, sample = tmp_path_factory.mktemp("devices"), samples.load("genuine")
    seen = camera(sample.media, folder / "camera.mjpeg", parts=[(0.0, 1.0)], height=180)
    with chromium(seen, microphone(sample.media, folder / "mic.wav", parts=[(0.0, 1.0)])) as one:
        yield one


@pytest.fixture(scope="module")
def case(server: Server) -> str:
    time_s = np.arange(round((ENDS_S - STARTS_S - 3.0) * RATE_HZ)) / RATE_HZ
    tone = (0.1 * np.sin(2 * np.pi * 220 * time_s)).astype(np.float32)

    def write(writer: RecordWriter) -> None:
        writer.piece("applicant.1", clap(length_s=ENDS_S))
        writer.add("segment_starts", {"stream": "applicant.1", "offset_s": 0.0})
        writer.add("officer_segment", {"stream": "officer.1", "beside": "applicant.1"})
        writer.piece("officer.1", voice(tone))
        writer.add("officer_starts", {"stream": "officer.1", "offset_s": STARTS_S})

    with Archive.open(Home(server.home)) as archive:
        return kept(Home(server.home), archive, officer="anna", write=write)


def test_it_plays_pauses_and_jumps_with_the_recording(
    browser: Browser, server: Server, case: str
) -> None:
    with watched(browser, server) as tab:
        page = tab.page
        tab.sign_in("ben", PASSWORD)
        tab.goto(f"/en/replay/?case={case}")
        page.wait_for_selector(".fs-case video")
        page.wait_for_function("document.querySelector('.fs-case video').readyState > 1")
        assert page.evaluate(PAUSED)
        page.click(".fs-main-button")
        page.wait_for_function(TOGETHER)
        page.keyboard.press("l")
        page.wait_for_function("document.querySelector('.fs-case video').currentTime > 5.5")
        page.wait_for_function(TOGETHER)
        page.get_by_role("button", name="Officer's voice").click()
        page.wait_for_function("document.querySelector('.fs-case audio').muted")
        page.get_by_role("button", name="Officer's voice").click()
        page.wait_for_function(TOGETHER)
        page.keyboard.press("k")
        page.wait_for_function(PAUSED)
        # The officer's line ended before the applicant's did.
        page.keyboard.press("l")
        page.keyboard.press("k")
        page.wait_for_function("document.querySelector('.fs-case video').currentTime > 9.5")
        assert page.evaluate(PAUSED)
        tab.check_clean()
