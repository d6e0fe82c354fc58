"""A console in a process of its own, over TLS, as a user starts it; and a browser for it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
START = "import sys; from facesign.ui.cli import main; sys.argv[0] = 'facesign'; main()"
CONTOURS_DRAWN = """
(() => {
  const canvas = document.querySelector("canvas.fs-contours");
  return canvas.width > 0 &&
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v);
})()
"""
"""Whether anything is drawn over the player."""
PATIENCE_MS = 90_000
"""A loaded machine takes long; what is waited for comes much sooner."""


@dataclass
class Server:
    """A console that is running."""

    url: str
    home: Path
    temporary: Path
    set_up: str
    ready_s: float
    """Seconds from its start until it answered."""


@contextmanager
def console_server(folder: Path) -> Iterator[Server]:
    """Start `facesign console --tls self-signed` and stop it as Ctrl-C does."""
    home, temporary = folder / "home", folder / "tmp"
    temporary.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    options = ("--home", str(home), "--port", port, "--tls", "self-signed", "--lang", "en")
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", START, "console", *options],
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines: list[str] = []
    try:
        while not any("/setup/" in line for line in lines):
            line = process.stderr.readline()
            assert line, "".join(lines)
            lines.append(line)
        ready_s = time.monotonic() - started
        found = re.search(r"https://\S+/setup/\S+", lines[-1])
        assert found is not None
        yield Server(f"https://127.0.0.1:{port}", home, temporary, found.group(), ready_s)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


@contextmanager
def chromium(camera: Path, microphone: Path) -> Iterator[Browser]:
    """Start Chromium with files as camera and microphone."""
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    arguments = [
        *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
        *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
        f"--use-file-for-fake-video-capture={camera}",
        f"--use-file-for-fake-audio-capture={microphone}",
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
    ]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page of the console, and whatever went wrong on it."""

    page: Page
    server: Server
    outside: list[str] = field(default_factory=list)
    """Addresses elsewhere that were asked for; all of them are blocked."""
    dialogs: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def goto(self, path: str) -> None:
        self.page.goto(path if path.startswith("https") else f"{self.server.url}{path}")

    def sign_in(self, name: str, password: str) -> None:
        """Sign in at the door; the page that the role works with opens."""
        self.goto("/login")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".fs-bar")

    def type(self, elem_id: str, text: str) -> None:
        """Type into a text box of Gradio's."""
        self.page.fill(f"#{elem_id} :is(input, textarea)", text)

    def check_clean(self) -> None:
        """Check that nothing ran that should not, and nothing was asked for elsewhere."""
        assert self.outside == []
        assert self.dialogs == []
        assert self.failures == []


@contextmanager
def watched(browser: Browser, server: Server, **options: Any) -> Iterator[Watched]:
    """Open a page in a context of its own."""
    context = browser.new_context(
        ignore_https_errors=True,
        viewport=options.pop("viewport", {"width": 1440, "height": 900}),
        **options,
    )
    context.set_default_timeout(PATIENCE_MS)
    context.set_default_navigation_timeout(PATIENCE_MS)
    watch = Watched(context.new_page(), server)

    def guard(route: Any) -> None:
        url = route.request.url
        if url.startswith(server.url):
            route.continue_()
        else:
            watch.outside.append(url)
            route.abort()

    context.route(re.compile("^https?://"), guard)
    watch.page.on("dialog", lambda dialog: (watch.dialogs.append(dialog.message), dialog.dismiss()))
    watch.page.on("pageerror", lambda error: watch.failures.append(str(error)))
    try:
        yield watch
    finally:
        context.close()
