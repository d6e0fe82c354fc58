"""What an applicant does on their own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from facesign.interview.live.session import LiveSession

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, WebSocketRoute

PATIENCE_MS = 180_000


class Line:
    """What pieces go over on their way to the server."""

    def __init__(self) -> None:
        self._sockets: list[WebSocketRoute] = []
        self.is_cut = False

    def through(self, socket: WebSocketRoute) -> None:
        """Let a socket of the page through to the server, or refuse it while the line is cut."""
        if self.is_cut:
            socket.close(code=3000)
            return
        socket.connect_to_server()
        self._sockets.append(socket)

    def cut(self) -> None:
        """Close what is open and let nothing through."""
        self.is_cut = True
        for socket in self._sockets:
            socket.close(code=3000)
        self._sockets.clear()

    def mend(self) -> None:
        """Let the next one through."""
        self.is_cut = False


def joined(
    browser: Browser,
    url: str,
    *,
    script: str | None = None,
    asked: list[str] | None = None,
    line: Line | None = None,
) -> Page:
    """Open an applicant's link on a telephone.

    Args:
        browser: With a camera and a microphone.
        url: The link.
        script: JavaScript, a function that runs before the page's own.
        asked: Gets everything that the page asks for.
        line: What the pieces go over, which can be cut.
    """
    sync_api = pytest.importorskip("playwright.sync_api")
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="en-US",
        permissions=["camera", "microphone"],
    )
    context.set_default_timeout(PATIENCE_MS)
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    page = context.new_page()
    if asked is not None:
        page.on("request", lambda request: asked.append(request.url))
    if script is not None:
        page.add_init_script(f"({script})()")
    if line is not None:
        page.route_web_socket("**/media", line.through)
    page.goto(url)
    return page


def follow(
    page: Page, session: LiveSession, wanted: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """Wait, with the page alive meanwhile, until the live state is as wanted; return it."""
    for _ in range(PATIENCE_MS // 100):
        state = session.state()
        if wanted(state):
            return state
        page.wait_for_timeout(100)
    kept = {name: state[name] for name in ("stage", "time_s", "lag_s", "recording", "problem")}
    raise AssertionError(f"the live state stayed {kept}")


def agree(page: Page, *purposes: str) -> None:
    """Go to the consents and decide on them."""
    page.click("#open")
    page.wait_for_selector("#step-consent:visible")
    decide(page, *purposes)


def decide(page: Page, *purposes: str) -> None:
    """Agree to some purposes and to no other."""
    for purpose in purposes:
        page.check(f"#purpose-{purpose}")
    page.click("#agree")


def enter(page: Page) -> None:
    page.wait_for_selector("#begin:enabled")
    page.click("#begin")
    page.wait_for_selector("#sign:visible")
