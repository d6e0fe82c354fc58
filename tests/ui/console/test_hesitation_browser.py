"""A scripted hesitation, seen by the officer while the applicant still speaks: two real pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from applicant_page import agree, enter
from console_server import Server, Watched, add_users, chromium, console_server, watched
from fake_devices import camera, microphone, spoken_by

from facesign import samples
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "officer-password"
PARTS = ((2.2, 7.3), (14.1, 24.6))
"""Of the sample: the first baseline question's answer; the pause before the one on income, and
as much of it as is enough. The devices repeat them."""
LENGTH_S = 15.6
BASELINE_S, INCOME_S = 1.25, 11.76
"""Where in a round the two answers begin."""
HEAR_NOTHING = """
(() => {
  // All pages have one microphone; at the officer's desk nothing is to be heard of it.
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    const audio = (window.quiet = new AudioContext());
    await audio.resume();
    const quiet = audio.createMediaStreamDestination();
    const nothing = new ConstantSourceNode(audio, { offset: 0 });
    nothing.connect(quiet);
    nothing.start();
    return new MediaStream([...stream.getVideoTracks(), ...quiet.stream.getAudioTracks()]);
  };
})()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with console_server(tmp_path_factory.mktemp("console")) as running:
        add_users(running, PASSWORD, anna="officer")
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder, sample = tmp_path_factory.mktemp("devices"), samples.load("hesitant")
    officer = spoken_by(sample.truth, "officer")
    seen = camera(sample.media, folder / "camera.mjpeg", parts=PARTS)
    heard = microphone(sample.media, folder / "microphone.wav", parts=PARTS, silent=officer)
    with chromium(seen, heard) as started:
        yield started


def income_began_s(state: dict[str, Any]) -> float | None:
    """Return when the answer after the long silence began, once it is heard."""
    spoken = (state["strip"] or {}).get("speech") or []
    return next((after[0] for before, after in pairwise(spoken) if after[0] - before[1] > 4), None)


def next_round_s(state: dict[str, Any]) -> float:
    """Return when the devices begin anew, with time left to get ready for it."""
    first_s = (income_began_s(state) or 0.0) - INCOME_S
    rounds = (state["time_s"] + 3.0 - first_s) // LENGTH_S + 1
    return float(first_s + rounds * LENGTH_S)


def ask(officer: Watched, words: str) -> None:
    """Ask a question of the script, and say at once that the answer begins."""
    if not officer.page.locator(".fs-script details[open]").count():
        officer.page.click(".fs-script summary")
    officer.page.click(f".fs-script-list button:has-text('{words}')")
    officer.until(lambda state: words in (state["question"] or {}).get("shown", ""))
    officer.page.keyboard.press("a")


def test_a_scripted_hesitation_gives_a_prompt_while_the_interview_runs(
    browser: Browser, server: Server
) -> None:
    with watched(browser, server) as officer, watched(browser, server, locale="en-US") as applicant:
        officer.page.add_init_script(HEAR_NOTHING)
        officer.sign_in("anna", PASSWORD)
        officer.create("C-7", here=False)
        applicant.goto(officer.page.inner_text("#join-link"))
        agree(applicant.page, "recording", "face", "voice", "behaviour")
        enter(applicant.page)
        officer.until(lambda state: state["recording"] and income_began_s(state))
        assert officer.state["cards"] == []
        officer.page.wait_for_selector("text=your microphone is recorded")

        # From here on it is known what the microphone says when.
        round_s = next_round_s(officer.state)
        officer.until(lambda state: state["time_s"] > round_s - 2.0)
        ask(officer, "your name")
        officer.until(lambda state: state["time_s"] > round_s + BASELINE_S + 3.4)
        ask(officer, "monthly income")

        officer.page.wait_for_selector(".fs-card-item .fs-kind-prompt")
        card = officer.page.inner_text(".fs-card-item")
        assert "Which employer paid the salary in March" in card
        assert officer.state["stage"] == "questions"
        assert officer.page.locator(".fs-card-item .fs-kind-flag").count() == 0
        assert "employer" not in applicant.page.inner_text("main")
        officer.end()
        officer.page.check("#decision input[value=proceed]")
        officer.type("reason", "the answer was clear")
        officer.page.click("#decide")
        officer.page.wait_for_selector("text=Open the replay")
        applicant.page.wait_for_selector("#step-end:visible")
        officer.check_clean()
        applicant.check_clean()


def test_its_record_has_the_prompt_as_behaviour_and_verifies(server: Server) -> None:
    home = Home(server.home)
    with Archive.open(home) as archive:
        (session,) = archive.sessions()
    assert (session.decision, session.flags, session.n_prompts) == ("proceed", (), 1)
    assert verify(home, session.session_id).ok
    with Record.open(home, session.session_id) as record:
        (shown,) = record.entries("prompt_shown")
        assert {"applicant.1", "officer.1"} <= set(record.streams)
        assert next(record.entries("officer_starts")).data["stream"] == "officer.1"
    assert shown.key_class == "behaviour"
    assert shown.data["question_id"] == "income_source"
    # Which of them is told first depends on when the officer's key reaches the server.
    waits = ("voice.response_latency", "voice.longest_pause")
    seen = [o for o in shown.data["observations"] if o["name"] in waits]
    assert seen
    assert all(o["value"] > o["baseline_median"] + 1.0 for o in seen)
