"""Another voice than the enrolled customer's: the officer sees it while the interview runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from console_server import Server, add_users, chromium, console_server, watched
from fake_devices import camera, microphone, spoken_by

from facesign import samples
from facesign.interview.archive.store import Archive
from facesign.interview.fingerprints import Fingerprints
from facesign.interview.home import Home
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "officer-password"
CUSTOMER = "C-1042"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with console_server(tmp_path_factory.mktemp("console")) as running:
        add_users(running, PASSWORD, anna="officer")
        sample = samples.load("impostor-voice")
        assert sample.enrollment is not None
        with Fingerprints.open(home=Home(running.home), announce=lambda _: None) as prints:
            prints.enroll(
                CUSTOMER, [sample.enrollment], identity_proof="rendered person", record="r"
            )
            prints.confirm(CUSTOMER, by="anna")
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The impostor's answers, one after the other, as long as the interview goes on."""
    folder, sample = tmp_path_factory.mktemp("devices"), samples.load("impostor-voice")
    answers = [
        (start_s - 0.1, end_s + 0.2) for start_s, end_s in spoken_by(sample.truth, "applicant")
    ]
    seen = camera(sample.media, folder / "camera.mjpeg", parts=answers)
    heard = microphone(sample.media, folder / "microphone.wav", parts=answers)
    with chromium(seen, heard) as started:
        yield started


def test_an_impostors_voice_is_flagged_while_the_interview_runs(
    browser: Browser, server: Server
) -> None:
    with watched(browser, server) as officer:
        page = officer.page
        officer.sign_in("anna", PASSWORD)
        officer.create(CUSTOMER, here=True)
        officer.consent("recording", "face", "voice")
        officer.until(lambda state: state["recording"])
        page.keyboard.press("n")
        officer.until(lambda state: state["question"])
        page.keyboard.press("a")

        officer.until(lambda state: state["cards"], patience_s=240)
        page.wait_for_selector(".fs-card-item .fs-kind-flag")
        assert "voice" in page.inner_text(".fs-card-item").lower()
        assert officer.state["stage"] == "baseline"
        assert officer.state["identity"]["status"] == "no_match"
        officer.end()
        page.check("#decision input[value=stop]")
        officer.type("reason", "somebody else answered")
        page.click("#decide")
        page.wait_for_selector("text=Open the replay")
        assert "Review" in page.inner_text(".fs-outcome")
        officer.check_clean()


def test_its_record_has_the_flag_with_its_comparisons_and_verifies(server: Server) -> None:
    home = Home(server.home)
    with Archive.open(home) as archive:
        (session,) = archive.sessions()
    assert (session.decision, session.outcome) == ("stop", "review")
    assert [flag.code for flag in session.flags] == ["voice_does_not_match"]
    assert verify(home, session.session_id).ok
    with Record.open(home, session.session_id) as record:
        shown = next(iter(record.entries("flag_shown")))
        kinds = [entry.kind for entry in record.entries()]
    assert shown.key_class == "statutory"
    assert shown.data["code"] == "voice_does_not_match"
    assert kinds.index("flag_shown") < kinds.index("flag")
