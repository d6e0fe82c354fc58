"""Two officers at one console: what one does stays with the one; and nothing lies elsewhere."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from console_server import Server, Watched, add_users, chromium, console_server, watched
from fake_devices import RATE_HZ, camera, microphone

from facesign import samples
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a-long-password"
TOO_LONG_S = 125
ARCHIVE = {"archive.db-shm", "archive.db-wal", "keys/master.key", "keys/ring.json"}
"""What comes beside records, without anything of the interviews in it."""
LISTEN = """
([id]) => new Promise((told) => {
  const socket = new WebSocket(`wss://${location.host}/interviews/${id}/state?lang=en`);
  socket.onmessage = ({ data }) => told(data);
  socket.onclose = ({ code }) => told(`closed ${code}`);
})
"""
POST = """
([bytes]) => fetch("/takes", { method: "POST", body: new Uint8Array(bytes) })
  .then(async (answer) => [answer.status, (await answer.json()).error])
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with console_server(tmp_path_factory.mktemp("console")) as running:
        add_users(running, PASSWORD, anna="officer", otto="officer", ben="analyst", ruth="admin")
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder, sample = tmp_path_factory.mktemp("devices"), samples.load("genuine")
    seen = camera(sample.media, folder / "camera.mjpeg", parts=[(0.0, 4.0)], height=180)
    heard = microphone(sample.media, folder / "microphone.wav", parts=[(0.0, 4.0)])
    with chromium(seen, heard) as started:
        yield started


def files_of(server: Server) -> set[Path]:
    """Return all files that the console's user could have left anywhere."""
    return {path for path in server.home.parent.rglob("*") if path.is_file()}


def lead(tab: Watched, name: str, customer: str) -> str:
    """Begin an interview here; return the session's id."""
    tab.sign_in(name, PASSWORD)
    tab.create(customer, here=True)
    tab.consent("recording", "face", "voice")
    tab.until(lambda state: state["recording"] and state["time_s"] > 1)
    return str(tab.state["session_id"])


def end(tab: Watched, reason: str) -> None:
    tab.end()
    tab.page.check("#decision input[value=proceed]")
    tab.type("reason", reason)
    tab.page.click("#decide")
    tab.page.wait_for_selector("text=Open the replay")


def test_two_officers_lead_interviews_at_once_and_see_the_own_alone(
    browser: Browser, server: Server
) -> None:
    before = files_of(server)
    with watched(browser, server) as anna, watched(browser, server) as otto:
        hers, his = lead(anna, "anna", "C-ANNA"), lead(otto, "otto", "C-OTTO")
        assert anna.page.evaluate(LISTEN, [his]) == "closed 1006"
        anna.page.keyboard.press("n")
        anna.until(lambda state: state["question"])
        anna.type("note", "spoke quietly")
        anna.page.press("#note :is(input, textarea)", "Enter")
        anna.until(lambda state: state["notes"])
        assert (otto.state["question"], otto.state["notes"]) == (None, [])

        end(anna, "documents are complete")
        ended_at_s = otto.state["time_s"]
        otto.until(lambda state: state["time_s"] > ended_at_s + 1)
        assert (otto.state["stage"], otto.state["recording"]) == ("baseline", True)
        end(otto, "salary confirmed")
        assert (anna.told_of, otto.told_of) == ({hers, "C-ANNA"}, {his, "C-OTTO"})
        assert "C-ANNA" not in otto.page.content()
        otto.check_clean()
        anna.check_clean()
    with Archive.open(Home(server.home)) as archive:
        held = {one.session_id: (one.officer, one.customer) for one in archive.sessions()}
    assert held == {hers: ("anna", "C-ANNA"), his: ("otto", "C-OTTO")}
    assert all(verify(Home(server.home), one).ok for one in held)

    # Nothing of it lies outside its record, but what the archive says of it, and its keys.
    added = files_of(server) - before
    assert {path for path in added if not path.is_relative_to(server.home)} == set()
    inside = {path.relative_to(server.home).parts for path in added}
    assert {parts[1] for parts in inside if parts[0] == "records"} == {hers, his}
    assert {"/".join(parts) for parts in inside if parts[0] != "records"} <= ARCHIVE


def test_an_upload_that_is_too_large_is_one_clear_line(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    long = tmp_path / "long.wav"
    with wave.open(str(long), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE_HZ)
        written.writeframes(bytes(2 * RATE_HZ * TOO_LONG_S))
    with watched(browser, server) as tab:
        tab.sign_in("anna", PASSWORD)
        tab.goto("/en/enrollment/")
        tab.page.set_input_files("#take-file", long)
        line = f"This recording has {TOO_LONG_S} s; choose one of at most 120 s."
        tab.page.wait_for_selector(f".fs-hint:text-is('{line}')")
        assert tab.page.evaluate(POST, [9_000_000]) == [413, "more than 120 s"]
        assert tab.page.locator(".fs-takes .fs-take").count() == 0
        tab.check_clean()


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("anna", ("interview", "replay", "enrollment", "settings")),
        ("ben", ("replay", "settings")),
        ("ruth", ("settings",)),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_of_a_role_asks_for_anything_elsewhere(
    browser: Browser, server: Server, name: str, pages: tuple[str, ...], lang: str
) -> None:
    with watched(browser, server) as tab:
        tab.sign_in(name, PASSWORD)
        for page in pages:
            tab.goto(f"/{lang}/{page}/")
            tab.page.wait_for_selector(".fs-bar nav a")
            n_before = -1
            # Gradio holds a request open for as long as the page is: the network is never idle.
            while n_before < len(tab.asked):
                n_before = len(tab.asked)
                tab.page.wait_for_timeout(800)
        assert {url.split("/")[2] for url in tab.asked} == {server.url.split("/")[2]}
        tab.check_clean()


def test_keys_that_are_pressed_at_once_are_done_in_their_order(
    browser: Browser, server: Server
) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.fallback()
        else:
            held.append(route)

    with watched(browser, server) as tab:
        lead(tab, "anna", "C-KEYS")
        tab.page.route("**/queue/join*", hold_the_first)
        tab.page.keyboard.press("n")
        tab.page.keyboard.press("a")
        # The first is on its way for long; the second would be there before it.
        tab.page.wait_for_timeout(2000)
        held[0].fallback()
        tab.until(lambda state: state["question"] and state["question"]["phase"] == "answering")
        assert tab.state["question"]["index"] == 0
        end(tab, "nothing to add")
        tab.check_clean()


def test_the_stream_has_a_key_frame_at_least_every_two_seconds(
    browser: Browser, server: Server
) -> None:
    with watched(browser, server) as tab:
        session_id = lead(tab, "anna", "C-FRAMES")
        tab.until(lambda state: state["time_s"] > 9)
        end(tab, "nothing to add")
    with (
        Record.open(Home(server.home), session_id) as record,
        record.media("applicant.1") as media,
        av.open(media) as container,
    ):
        packets = [one for one in container.demux(video=0) if one.pts is not None]
    keys_s = [float(one.pts * one.time_base) for one in packets if one.is_keyframe]
    assert len(keys_s) >= 4
    # A frame that was skipped under load makes the interval a little longer.
    assert max(np.diff(keys_s)) < 2.5
