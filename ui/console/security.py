"""What every request must keep and every answer carries: host, origin, headers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facesign.interview.home import LANGUAGES
from facesign.ui.console.guard import SIGN_INS

if TYPE_CHECKING:
    from facesign.ui.console.signins import SignIns

__all__ = ["Reach", "Security"]

_LOCAL = ("localhost", "127.0.0.1", "::1")
_SAFE = ("GET", "HEAD", "OPTIONS")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob: mediastream:; connect-src 'self'; font-src 'self'; "
    "worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Gradio starts from a script in its page, compiles `js_on_load`, and writes style attributes.
_GRADIO_POLICY = (
    _POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'")
    .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    .replace("base-uri 'none'", "base-uri 'self'")
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not `no-referrer`: under it a browser sends forms with the origin `null`.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the console is reached.

    Args:
        host: Address that it listens on.
        public_url: Address that others use, such as behind a proxy.
        tls: Whether it speaks TLS itself.
        root_path: Path below which a proxy serves it, such as `/facesign`.
    """

    host: str = "127.0.0.1"
    public_url: str | None = None
    tls: bool = False
    root_path: str = ""

    @property
    def secure(self) -> bool:
        """Whether browsers come by https."""
        return self.tls or (self.public_url or "").startswith("https://")

    def may_be(self, host: str) -> bool:
        """Tell whether a request may name this host: a name that somebody pointed here may not."""
        name = urlsplit(f"//{host}").hostname or ""
        public = urlsplit(self.public_url or "").hostname
        if name in (*_LOCAL, self.host, public):
            return True
        return self.host in ("0.0.0.0", "::", "") and _is_address(name)


class Security:
    """Refuses requests to foreign hosts and from foreign pages; adds headers to answers."""

    def __init__(self, app: ASGIApp, reach: Reach, sign_ins: SignIns) -> None:
        self._app = app
        self._reach = reach
        self._sign_ins = sign_ins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, pass it on, and complete the answer's headers."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._reach.may_be(host):
            await _refuse(scope, receive, send, 421, "this console has another name")
            return
        asks = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if asks and not self._is_own(headers.get("origin"), host):
            await _refuse(scope, receive, send, 403, "sent from another page")
            return
        scope = {**scope, "headers": list(_without_forwarded(scope["headers"]))}
        scope[SIGN_INS] = self._sign_ins
        if self._reach.secure:
            scope["scheme"] = "wss" if scope["type"] == "websocket" else "https"

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, completed)

    def _is_own(self, origin: str | None, host: str) -> bool:
        """Tell whether a page of this console sent it; what is no browser names no origin."""
        if origin is None:
            return True
        public = urlsplit(self._reach.public_url or "")
        return urlsplit(origin).netloc in (host, public.netloc or host)

    def _complete(self, headers: MutableHeaders, path: str) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        is_gradio = path.removeprefix(self._reach.root_path).startswith(
            tuple(f"/{lang}/" for lang in LANGUAGES)
        )
        headers.setdefault("content-security-policy", _GRADIO_POLICY if is_gradio else _POLICY)
        is_file = "/assets/" in path or "/static/" in path
        headers.setdefault("cache-control", "private, max-age=3600" if is_file else "no-store")
        if self._reach.secure:
            headers.setdefault("strict-transport-security", "max-age=31536000")


def _without_forwarded(
    headers: Iterable[tuple[bytes, bytes]],
) -> Iterable[tuple[bytes, bytes]]:
    """Leave out what a client could use to give us another name; uvicorn has read its part."""
    return (pair for pair in headers if not pair[0].lower().startswith(b"x-forwarded-"))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    await PlainTextResponse(f"{why}\n", status)(scope, receive, send)
