"""A server with the routes of live interviews alone, and a light client for them."""

from __future__ import annotations

import contextlib
import json
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.requests import HTTPConnection
from fastapi.staticfiles import StaticFiles
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from facesign.interview.home import Home
from facesign.interview.live.session import LiveSession
from facesign.interview.live.sessions import LiveSessions, SessionPlan
from facesign.interview.record.reader import Record
from facesign.interview.script import load_script
from facesign.ui.console.capture import capture_router

PURPOSES = ("recording", "face", "voice", "behaviour", "search")


@dataclass
class Officer:
    name: str


async def officer_of(connection: HTTPConnection) -> Officer:
    """Stand in for the console's guard: the name comes with the request."""
    return Officer(connection.query_params.get("as", "ann"))


@dataclass
class Server:
    sessions: LiveSessions
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def create(self, **plan: Any) -> LiveSession:
        values: dict[str, Any] = {
            "customer": "C-1042",
            "script": load_script("car-loan-en"),
            "lang": "en",
            **plan,
        }
        return self.sessions.create(SessionPlan(**values), officer="ann")


@contextlib.contextmanager
def serving(home: Home, **options: Any) -> Iterator[Server]:
    sessions = LiveSessions(home, **options)
    app = FastAPI()
    app.include_router(capture_router(sessions, officer_of))
    app.mount("/static", StaticFiles(packages=[("facesign.ui", "static")]))
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Server(sessions, port)
    finally:
        server.should_exit = True
        thread.join()
        sessions.close()


class Sender:
    """A page that sends pieces, number by number."""

    mime = "video/webm"

    def __init__(self) -> None:
        self.number = 0
        self.segment = 0

    def start(self, socket: ClientConnection) -> int:
        socket.send(json.dumps({"kind": "segment", "mime": self.mime}))
        self.segment = int(hear(socket, "segment")["segment"])
        self.number = 0
        return self.segment

    def send(self, socket: ClientConnection, data: bytes) -> None:
        socket.send(struct.pack(">II", self.segment, self.number) + data)
        self.number += 1

    def wait_written(self, socket: ClientConnection) -> None:
        while True:
            told = hear(socket, "ack")
            if told["segment"] == self.segment and told["number"] == self.number - 1:
                return


class Voice(Sender):
    """The officer's page, as far as it sends their own microphone."""

    mime = "audio/webm;codecs=opus"

    def __init__(self, server: Server, session: LiveSession) -> None:
        super().__init__()
        self.url = f"ws://127.0.0.1:{server.port}/live/{session.session_id}/voice"

    def line(self, *, name: str = "ann") -> contextlib.AbstractContextManager[ClientConnection]:
        return connect(f"{self.url}?as={name}", open_timeout=60)


class Applicant(Sender):
    """A device that joins: consents and sends pieces, as the page does."""

    def __init__(self, server: Server, token: str) -> None:
        super().__init__()
        self.server = server
        self.token = token
        self.http = httpx.Client(base_url=f"{server.url}/join/{token}", timeout=120)

    def open(self) -> httpx.Response:
        answer = self.http.post("/open")
        # The cookie's path is the page's, which the client keeps by itself.
        return answer

    def do(self, action: str, **values: Any) -> httpx.Response:
        return self.http.post(f"/do/{action}", json=values)

    def consent(self, **refused: bool) -> httpx.Response:
        purposes = {purpose: refused.get(purpose, True) for purpose in PURPOSES}
        answer = self.do("consent", lang="en", purposes=purposes)
        # On a busy machine a worker gets warm for longer than a page waits for it.
        while "does not answer" in answer.text:
            answer = self.do("consent", lang="en", purposes=purposes)
        return answer

    def media(self) -> contextlib.AbstractContextManager[ClientConnection]:
        return self._socket("media")

    def room(self) -> contextlib.AbstractContextManager[ClientConnection]:
        return self._socket("room")

    @contextlib.contextmanager
    def _socket(self, name: str) -> Iterator[ClientConnection]:
        url = f"ws://127.0.0.1:{self.server.port}/join/{self.token}/{name}"
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        with connect(url, additional_headers=headers, open_timeout=60) as socket:
            yield socket

    def close(self) -> None:
        self.http.close()


def hear(socket: ClientConnection, kind: str, timeout_s: float = 120.0) -> dict[str, Any]:
    """Return the next message of a kind."""
    while True:
        told: dict[str, Any] = json.loads(socket.recv(timeout=timeout_s))
        if told["kind"] == kind:
            return told


def closing(socket: ClientConnection, timeout_s: float = 60.0) -> int | None:
    """Return the code that the server closes a socket with."""
    try:
        while True:
            socket.recv(timeout=timeout_s)
    except ConnectionClosed as closed:
        return None if closed.rcvd is None else closed.rcvd.code


def until(session: LiveSession, key: str, wanted: Any, patience_s: float = 60.0) -> dict[str, Any]:
    """Wait until the live state has a value, or one that a function accepts; return the state."""
    deadline_s = time.monotonic() + patience_s
    while time.monotonic() < deadline_s:
        state = session.state()
        if wanted(state[key]) if callable(wanted) else state[key] == wanted:
            return state
        time.sleep(0.02)
    raise AssertionError(f"{key} stayed {session.state()[key]!r}")


def closed_as(home: Home, session_id: str) -> str:
    """Return what a record was closed as; the state may be told a moment before."""
    for _ in range(100):
        with Record.open(home, session_id) as record:
            if record.status != "recording":
                return record.status
        time.sleep(0.1)
    return "recording"
