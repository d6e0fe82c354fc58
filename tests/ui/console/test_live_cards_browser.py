"""What was found, on the officer's page: live and at the review, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from console_server import Server, add_users, chromium, console_server, watched
from fake_devices import devices

from facesign.interview.page.texts import load_texts
from facesign.interview.risk.monitors import monitor
from facesign.ui.console.cards import cards_of, further_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, WebSocketRoute

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "officer-password"
REPORT = Path(__file__).parents[2] / "interview" / "page" / "report_example.json"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with console_server(tmp_path_factory.mktemp("console")) as running:
        add_users(running, PASSWORD, anna="officer")
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(*devices(tmp_path_factory.mktemp("devices"), "hesitant")) as started:
        yield started


def find(page: Page, found: dict[str, Any]) -> None:
    """Have the live state hold what is in `found`, in the words of the console."""

    def pass_on(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def tell(message: str | bytes) -> None:
            texts = load_texts("en")
            questions = {one["id"]: one for one in found["script"]["questions"]}
            worded = {
                "cards": cards_of(found, texts, questions),
                "further": further_of(found, texts),
            }
            socket.send(json.dumps({**json.loads(message), **worded}))

        server.on_message(tell)

    page.route_web_socket(re.compile(r"/interviews/[^/]+/state"), pass_on)


def serious(page: Page) -> list[str]:
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [one["id"] for one in found["violations"] if one["impact"] in ("serious", "critical")]


def test_protection_comes_first_and_calmly_live_and_at_the_review(
    browser: Browser, server: Server
) -> None:
    found = json.loads(REPORT.read_text("utf-8"))
    found["prompts"][0]["question_usual_s"] = 1.2
    with watched(browser, server) as tab:
        page = tab.page
        find(page, found)
        tab.sign_in("anna", PASSWORD)
        tab.create("C-7", here=True)
        tab.consent("recording", "face", "voice", "behaviour")
        page.wait_for_selector(".fs-card-item")
        kinds = page.locator(".fs-card-item .fs-kind")
        assert kinds.all_inner_texts() == ["Protection", "Flag", "Prompt"]
        protect, flag, prompt = page.locator(".fs-card-item").all_inner_texts()
        for told in ("Ask alone", "never count against", "0:14.0–0:15.2", "Pause and protect"):
            assert told in protect
        assert monitor("protection.prompted").ask.en in protect
        colors = [
            page.evaluate("kind => getComputedStyle(document.querySelector(kind)).color", f".{one}")
            for one in ("fs-kind-protect", "fs-kind-flag")
        ]
        assert colors[0] != colors[1]
        assert page.evaluate("document.querySelector('.fs-cards').getAnimations()") == []
        assert "A second face was in the picture" in flag
        assert not page.is_visible(".fs-ranked")
        page.click(".fs-rank summary")
        ranked = page.inner_text(".fs-rank").replace("\N{NO-BREAK SPACE}", " ")
        assert "4 × 1 = 4 points" in ranked
        assert "Rank 3.675 points: Identity 4.375 points" in ranked
        assert "this question's usual 1.2" in prompt

        further = page.locator("details:has(> .fs-further)")
        assert further.locator("summary").inner_text() == "Further points (1)"
        assert not further.locator("li").is_visible()
        further.locator("summary").click()
        assert monitor("identity.other_face").ask.en in further.inner_text()

        # What was folded stays folded while the same is measured further.
        page.click(".fs-card-head >> nth=0")
        assert page.is_visible(".fs-ranked")
        found["monitors"][0]["end_s"] += 5.0
        found["monitors"].append({**found["monitors"][0], "start_s": 40.0, "end_s": 41.0})
        page.wait_for_function(
            "document.querySelector('.fs-card-body').textContent.includes('2 within')"
        )
        assert not page.locator(".fs-card-body").first.is_visible()
        page.click(".fs-card-head >> nth=0")
        assert serious(page) == []
        tab.end()
        page.wait_for_selector(".fs-reviewing .fs-kind-protect")
        assert page.is_visible(".fs-ranked")
        assert page.locator("#decision input[value=pause_and_protect]").is_visible()
        assert kinds.all_inner_texts() == ["Protection", "Flag", "Prompt"]
        assert serious(page) == []
        tab.check_clean()
