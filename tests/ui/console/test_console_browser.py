"""The console as people use it: a real server over TLS, real Chromium, camera and microphone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe import serious
from console_server import CONTOURS_DRAWN, Server, Watched, chromium, console_server, watched
from fake_devices import devices

from facesign import samples
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADMIN, OFFICER, ANALYST = "admin-password", "officer-password", "analyst-password"
EVIL = "<img src=x onerror=alert(1)>"
SHOTS = os.environ.get("FACESIGN_SCREENSHOTS")
"""Folder that screenshots for docs are written to, if any."""


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A rendered applicant as what Chromium takes for a camera and a microphone."""
    return devices(tmp_path_factory.mktemp("media"), "hesitant")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with console_server(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(media: tuple[Path, Path]) -> Iterator[Browser]:
    with chromium(*media) as started:
        yield started


@pytest.fixture
def tab(browser: Browser, server: Server) -> Iterator[Watched]:
    with watched(browser, server) as opened:
        yield opened
        opened.check_clean()


def shoot(tab: Watched, name: str) -> None:
    if SHOTS:
        tab.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_first_the_admin_is_made_and_makes_the_others(tab: Watched, server: Server) -> None:
    page = tab.page
    tab.goto(server.set_up)
    assert serious(page) == []
    page.fill("#name", "ruth")
    page.fill("#password", ADMIN)
    page.fill("#again", ADMIN)
    page.click("button[type=submit]")
    page.wait_for_selector(".fs-bar nav a")
    assert page.locator(".fs-bar nav a").all_inner_texts() == ["Settings"]
    page.get_by_role("tab", name="Users and roles").click()
    for name, role, password in (
        ("anna", "loan officer", OFFICER),
        ("ben", "fraud analyst", ANALYST),
    ):
        tab.type("user-name", name)
        page.click("#role input")
        page.get_by_role("option", name=role).click()
        tab.type("user-password", password)
        page.click("#add-user")
        page.wait_for_function(
            "name => document.querySelector('#users-said textarea, #users-said input')"
            "?.value.startsWith(name)",
            arg=name,
        )
    shoot(tab, "settings")
    assert serious(page) == []
    tab.goto(server.set_up)
    assert "not valid" in page.inner_text("h1")


def test_a_wrong_password_stays_outside(tab: Watched) -> None:
    tab.goto("/en/replay/")
    assert tab.page.url.endswith("/login")
    tab.page.fill("#name", "anna")
    tab.page.fill("#password", "not-the-password")
    tab.page.click("button[type=submit]")
    assert "wrong" in tab.page.inner_text("[role=alert]")


def test_an_officer_leads_an_interview_and_decides(tab: Watched, server: Server) -> None:
    page = tab.page
    tab.sign_in("anna", OFFICER)
    assert page.locator(".fs-bar nav a").count() == 4
    page.wait_for_selector("#create")
    assert serious(page) == []
    tab.type("plan-customer", "C-7")
    tab.type("plan-reference", "APP-7")
    page.check("#plan-where input[value=here]")
    page.click("#create")
    page.click("#consent-go")
    page.wait_for_selector("#consent-note:has-text('has to be recorded')")
    assert "Recording was refused" in page.inner_text("section.fs-ask")
    for purpose in ("recording", "face", "voice", "behaviour"):
        page.check(f"#consent-{purpose}")
    assert not page.is_checked("#consent-search")
    page.click("#consent-go")
    page.wait_for_selector(".fs-sign.fs-on")
    page.wait_for_function("document.querySelector('.fs-live video').videoWidth > 0")
    page.keyboard.press("n")
    page.wait_for_function("document.querySelector('.fs-question').textContent.includes('name')")
    page.keyboard.press("a")
    page.wait_for_function(
        "document.querySelector('section.fs-ask').innerText.includes('answering')"
    )
    tab.type("note", EVIL)
    page.press("#note :is(input, textarea)", "Enter")
    page.wait_for_function(
        "text => document.querySelector('.fs-notes')?.innerText.includes(text)", arg=EVIL
    )
    page.wait_for_timeout(6000)
    page.click(".fs-right details:has(#evidence-source) > summary")
    page.click("#evidence-add")
    page.wait_for_selector("text=Name the source.")
    page.fill("#evidence-source", f"network check {EVIL}")
    page.fill("#evidence-reference", "N-9")
    page.click("#evidence-add")
    page.wait_for_selector("#evidence-list li")
    assert "identity: match" in page.inner_text("#evidence-list")
    shoot(tab, "interview")
    assert serious(page) == []
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("m")
    tab.until(lambda state: state["marks"], patience_s=20)
    second = tab.state["questions"][1]["id"]
    page.keyboard.press("s")
    tab.until(lambda state: (state["question"] or {}).get("id") == second, patience_s=20)
    assert tab.state["questions"][0]["state"] == "skipped"
    assert tab.state["behaviour"]["on"]
    page.keyboard.press("i")
    tab.until(lambda state: not state["behaviour"]["on"], patience_s=20)
    page.keyboard.press("p")
    page.wait_for_selector("#go-on:has-text('Press P to go on')")
    assert page.is_disabled("#do-next")
    page.keyboard.press("p")
    page.wait_for_selector("#go-on", state="detached")
    assert page.is_enabled("#do-next")
    page.click("#do-end")
    assert "of the script were not asked" in page.inner_text("dialog[open]")
    assert serious(page) == []
    page.click("dialog[open] >> text=Back")
    assert tab.state["stage"] == "baseline"
    tab.end()
    assert serious(page) == []
    page.click("#decide")
    page.wait_for_function(
        "document.querySelector('#interview-said :is(textarea, input)')?.value.includes('Choose')"
    )
    page.check("#decision input[value=escalate]")
    tab.type("reason", f"Employer not reached {EVIL}")
    page.click("#decide")
    page.wait_for_selector("text=Open the replay")
    assert "Inconclusive" in page.inner_text(".fs-outcome")
    (session,) = Archive.open(Home(server.home)).sessions()
    assert (session.officer, session.decision, session.status) == ("anna", "escalate", "closed")


def test_the_record_of_it_verifies_and_nothing_lies_elsewhere(server: Server) -> None:
    home = Home(server.home)
    with Archive.open(home) as archive:
        (session,) = archive.sessions()
    assert verify(home, session.session_id).ok
    with Record.open(home, session.session_id) as record:
        assert [name.split(".")[0] for name in record.streams][:1] == ["applicant"]
    outside = [path for path in server.temporary.rglob("*") if path.is_file()]
    for path in (*outside, *(p for p in server.home.rglob("*") if p.is_file())):
        content = path.read_bytes()
        assert b"\x1aE\xdf\xa3" not in content[:64], path
        assert b"APP-7" not in content, path


def test_an_analyst_sees_it_again_and_judges(tab: Watched, server: Server) -> None:
    page = tab.page
    with Archive.open(Home(server.home)) as archive:
        (session,) = archive.sessions()
    tab.sign_in("ben", ANALYST)
    page.wait_for_selector("#cases :text('C-7') >> visible=true")
    assert serious(page) == []
    page.click("#cases :text('C-7') >> visible=true")
    page.wait_for_selector(".fs-case")
    page.wait_for_function("document.querySelector('.fs-case video').readyState > 1")
    assert EVIL in page.inner_text(".fs-right")
    assert serious(page) == []
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.fs-case video').currentTime > 0")
    page.wait_for_function(CONTOURS_DRAWN)
    page.keyboard.press("f")
    page.wait_for_function(f"!({CONTOURS_DRAWN})")
    assert f"network check {EVIL} N-9" in page.inner_text(".fs-right")
    page.keyboard.press("Escape")
    page.wait_for_selector("#find:visible")
    with Archive.open(Home(server.home)) as archive:
        views = {(view.by, view.what) for view in archive.views(session.session_id)}
    assert ("ben", "opened") in views
    assert ("ben", "media") in views
    assert ("ben", "landmarks") in views


def test_a_rescheduled_interview_leaves_its_day(tab: Watched, server: Server) -> None:
    page = tab.page
    tab.sign_in("anna", OFFICER)
    page.wait_for_selector("#create")
    tab.type("plan-customer", "C-9")
    page.click("#create")
    sent = page.inner_text("#join-link")
    page.click("#invite-anew")
    page.wait_for_function(
        "sent => ![sent, undefined].includes(document.querySelector('#join-link')?.innerText)",
        arg=sent,
    )
    page.click("#break-off")
    assert serious(page) == []
    page.keyboard.press("n")
    page.click("#break-off-go")
    page.wait_for_selector("text=Choose a day that is not past.")
    page.fill("#break-off-day", "2099-12-31")
    page.fill("#break-off-text", f"ID card forgotten {EVIL}")
    page.click("#break-off-go")
    page.wait_for_selector("text=To be held on 2099-12-31")
    page.click("text=Open the replay")
    page.wait_for_selector("text=Nothing was recorded.")
    assert f"Note: ID card forgotten {EVIL}" in page.inner_text(".fs-case")
    with Archive.open(Home(server.home)) as archive:
        (held,) = archive.sessions(customer="C-9")
    assert (held.status, held.next_on) == ("rescheduled", "2099-12-31")


def test_an_analyst_judges_a_flag_of_an_analyzed_recording(tab: Watched, server: Server) -> None:
    sample = samples.load("undeclared-second-person")
    subprocess.run(
        [
            *(sys.executable, "-c", "from facesign.ui.cli import main; main()"),
            *("analyze", str(sample.media), "--record", "--home", str(server.home)),
            *("--customer", EVIL),
        ],
        check=True,
        capture_output=True,
    )
    with Archive.open(Home(server.home)) as archive:
        session = archive.sessions(flag="undeclared_person")[0]
    page = tab.page
    tab.sign_in("ben", ANALYST)
    tab.goto(f"/en/replay/?case={session.session_id}")
    page.wait_for_selector(".fs-card-item")
    assert EVIL in page.inner_text(".fs-case-head h2")
    page.keyboard.press("n")
    page.wait_for_function("document.querySelector('.fs-case video').currentTime > 8")
    shoot(tab, "replay")
    page.click(".fs-verdict button")
    assert "Choose a verdict" in page.inner_text(".fs-verdict [role=status]")
    page.check(".fs-verdict input[value=confirmed]")
    page.fill(".fs-verdict .fs-input", "the branch saw both")
    page.click(".fs-verdict button")
    page.wait_for_function(
        "document.querySelector('.fs-verdicts').innerText.includes('the branch saw both')"
    )
    with Archive.open(Home(server.home)) as archive:
        (verdict,) = archive.verdicts(session.session_id)
    assert (verdict.verdict, verdict.by) == ("confirmed", "ben")


def test_a_voice_is_recorded_enrolled_confirmed_and_verified(tab: Watched) -> None:
    page = tab.page
    said = "document.querySelector('#{} :is(textarea, input)')?.value.includes('{}')"
    tab.sign_in("anna", OFFICER)
    tab.goto("/en/enrollment/")
    page.click("#record-button")
    page.wait_for_timeout(12_000)
    page.click("#record-button")
    page.wait_for_selector(".fs-takes .fs-take")
    shoot(tab, "enrollment")
    assert serious(page) == []
    tab.type("customer", "C-8")
    page.get_by_role("tab", name="Enroll").click()
    tab.type("proof", "check 77")
    tab.type("record", "record 1")
    page.click("#enroll")
    page.wait_for_function(said.format("enroll-said", "provisional"))
    page.click("#confirm")
    page.wait_for_function(said.format("enroll-said", "Confirmed (1)"))
    page.click("#record-button")
    page.wait_for_timeout(8000)
    page.click("#record-button")
    page.wait_for_selector(".fs-takes .fs-take")
    page.get_by_role("tab", name="Verify").click()
    page.click("#verify")
    page.wait_for_function(said.format("verify-said", "Operating point"))
    page.get_by_role("tab", name="History").click()
    page.click("#show-history")
    page.wait_for_selector("#history :text('Verified') >> visible=true")


@pytest.mark.parametrize(
    "place", ["login?lang=zh", "zh/interview/", "zh/replay/", "zh/enrollment/"]
)
def test_places_are_for_everybody_in_chinese_and_in_the_dark(tab: Watched, place: str) -> None:
    page = tab.page
    page.emulate_media(color_scheme="dark")
    if place.startswith("zh"):
        tab.sign_in("anna", OFFICER)
    tab.goto(f"/{place}")
    page.wait_for_selector("#name, #create:visible, #find:visible, .fs-bar nav a")
    assert page.evaluate("document.documentElement.lang").startswith("zh")
    assert serious(page) == []


def test_the_console_answers_within_six_seconds(server: Server) -> None:
    assert server.ready_s < float(os.environ.get("FACESIGN_READY_S", "6"))
