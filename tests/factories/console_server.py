"""A console in a process of its own, over TLS, as a user starts it; and a browser for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from console_home import CHEAP

from facesign.interview.archive.store import Archive
from facesign.interview.archive.users import Role, Users
from facesign.interview.home import Home

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
PATIENCE_MS = 180_000
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
    """Start `facesign console --tls self-signed` and stop it as Ctrl-C does.

    All that it may write lies in the folder: its home, the user's, where it was started, and
    temporary files.
    """
    home, temporary = folder / "home", folder / "tmp"
    user, started_in = folder / "user", folder / "started_in"
    for made in (temporary, user, started_in):
        made.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    options = ("--home", str(home), "--port", port, "--tls", "self-signed", "--lang", "en")
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", START, "console", *options],
        cwd=started_in,
        env={**os.environ, "TMPDIR": str(temporary), "HOME": str(user)},
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
        # A pipe that nobody reads stops whoever writes into it; what comes is shown of a failure.
        threading.Thread(target=shutil.copyfileobj, args=(process.stderr, sys.stderr)).start()
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


def add_users(server: Server, password: str, **roles: Role) -> None:
    """Add users by name, without the pages for it; all with one password."""
    with Archive.open(Home(server.home)) as archive:
        users = Users(archive.database, CHEAP)
        for name, role in roles.items():
            users.add(name, role=role, password=password)


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
        # Not for each page: passing over the error of every new connection starts its request
        # once more, and Chromium gives a request up that was started too often.
        "--ignore-certificate-errors",
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
    asked: list[str] = field(default_factory=list)
    """All that the page asked for, sockets too."""
    outside: list[str] = field(default_factory=list)
    """Addresses elsewhere that were asked for; all of them are blocked."""
    dialogs: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    """The live state that the page was told last."""
    told_of: set[str] = field(default_factory=set)
    """Sessions and customers in the live states that it was told."""

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

    def create(self, customer: str, *, here: bool) -> None:
        """Plan an interview, the applicant here or elsewhere; its live view opens."""
        self.page.wait_for_selector("#create:visible")
        self.type("plan-customer", customer)
        self.page.check(f"#plan-where input[value={'here' if here else 'away'}]")
        self.page.click("#create")
        self.page.wait_for_selector("#consent-go" if here else "#join-link")

    def consent(self, *purposes: str) -> None:
        """Enter what an applicant here agreed to."""
        for purpose in purposes:
            self.page.check(f"#consent-{purpose}")
        self.page.click("#consent-go")

    def end(self) -> None:
        """End the interview though questions are open; its review opens."""
        self.page.click("#do-end")
        self.page.click("#end-early")
        self.page.wait_for_selector("#decide:visible")

    def until(self, wanted: Callable[[dict[str, Any]], object], *, patience_s: float = 180) -> None:
        """Wait, with the page alive meanwhile, until the live state is as wanted."""
        deadline_s = time.monotonic() + patience_s
        while not (self.state and wanted(self.state)):
            if time.monotonic() > deadline_s:
                kept = ("stage", "time_s", "lag_s", "recording", "identity", "problem")
                told = {name: self.state.get(name) for name in kept}
                raise AssertionError(f"the live state stayed {told}")
            self.page.wait_for_timeout(50)

    def check_clean(self) -> None:
        """Check that nothing ran that should not, and nothing was asked for elsewhere."""
        assert self.outside == []
        assert self.dialogs == []
        assert self.failures == []


@contextmanager
def watched(browser: Browser, server: Server, **options: Any) -> Iterator[Watched]:
    """Open a page in a context of its own."""
    context = browser.new_context(
        viewport=options.pop("viewport", {"width": 1440, "height": 900}),
        **options,
    )
    context.set_default_timeout(PATIENCE_MS)
    context.set_default_navigation_timeout(PATIENCE_MS)
    watch = Watched(context.new_page(), server)

    def guard(route: Any) -> None:
        url = route.request.url
        watch.asked.append(url)
        if url.startswith(server.url):
            route.continue_()
        else:
            watch.outside.append(url)
            route.abort()

    context.route(re.compile("^https?://"), guard)
    watch.page.on("dialog", lambda dialog: (watch.dialogs.append(dialog.message), dialog.dismiss()))
    watch.page.on("pageerror", lambda error: watch.failures.append(str(error)))
    watch.page.on("websocket", lambda socket: _listen(watch, socket))
    try:
        yield watch
    finally:
        context.close()


def _listen(watch: Watched, socket: Any) -> None:
    """Note what the page is told; sockets pass by the guard of requests."""
    watch.asked.append(socket.url)
    if not socket.url.startswith(watch.server.url.replace("http", "ws", 1)):
        watch.outside.append(socket.url)

    def hear(payload: str | bytes) -> None:
        told = json.loads(payload) if isinstance(payload, str) else None
        if isinstance(told, dict) and "strip" in told:
            watch.state = told
            watch.told_of |= {told["session_id"], told["plan"]["customer"]}

    socket.on("framereceived", hear)
