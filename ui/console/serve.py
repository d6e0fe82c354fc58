"""Run the console: an address, a certificate, a private folder, a line when it is ready."""

from __future__ import annotations

import ipaddress
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from facesign.errors import ConsoleError
from facesign.interview.home import Home, Language
from facesign.ui.console.app import build
from facesign.ui.console.certificate import Certificate, own_addresses
from facesign.ui.console.security import Reach

__all__ = ["ConsoleOptions", "serve"]

Say = Callable[[str], None]
_ALL = ("0.0.0.0", "::", "")
"""Hosts that mean every address of this machine."""


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """Where the console listens and how it is reached."""

    host: str = "127.0.0.1"
    port: int = 7860
    public_url: str | None = None
    root_path: str = ""
    certificate: Certificate | None = None
    trusted_proxy: str | None = None
    """Address whose `X-Forwarded-For` is believed."""
    lang: Language | None = None

    @property
    def reach(self) -> Reach:
        """Where the console is reached."""
        return Reach(self.host, self.public_url, self.certificate is not None, self.root_path)

    @property
    def url(self) -> str:
        """The address to open."""
        if self.public_url:
            return self.public_url.rstrip("/")
        return self._url_at("127.0.0.1" if self.host in _ALL else self.host)

    @property
    def urls_for_others(self) -> list[str]:
        """Addresses that other machines open, where it listens on all of this one's."""
        if self.public_url or self.host not in _ALL:
            return []
        addresses = [ipaddress.ip_address(it) for it in own_addresses()]
        return [
            self._url_at(str(it))
            for it in addresses
            if not (it.is_loopback or it.is_link_local) and (it.version == 4 or self.host == "::")
        ]

    def _url_at(self, host: str) -> str:
        host = f"[{host}]" if ":" in host else host
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{host}:{self.port}{self.root_path}"


def serve(home: Home, options: ConsoleOptions, say: Say) -> None:
    """Serve the console until it is interrupted.

    Args:
        home: The home folder.
        options: Where it listens.
        say: Takes the lines for whoever started it.

    Raises:
        ConsoleError: the address cannot be used.
        ArchiveError, SettingsError: the home folder cannot be used.
    """
    # uvicorn ends in order at this signal and then sends it again: leave by the way out, so that
    # the private folder is removed.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    with _listening(options) as listener, _private_folder() as folder:
        from facesign.ui.console.shell_env import keep_private

        keep_private(folder)
        app = build(home, reach=options.reach, lang=options.lang)
        config: dict[str, Any] = {}
        if options.certificate is not None:
            config |= {
                "ssl_certfile": str(options.certificate.chain),
                "ssl_keyfile": str(options.certificate.key),
            }
            if options.certificate.fingerprint:
                say(f"certificate made here, SHA-256 {options.certificate.fingerprint}")
        server = _Server(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                ws="websockets-sansio",
                ws_max_size=1 << 21,
                timeout_graceful_shutdown=2,
                proxy_headers=options.trusted_proxy is not None,
                forwarded_allow_ips=options.trusted_proxy,
                server_header=False,
                **config,
            ),
            lambda: _announce(app.state.set_up.begin(), options, say),
        )
        threading.Thread(target=_tidy, args=(home, say), name="retention", daemon=True).start()
        server.run(sockets=[listener])


def _tidy(home: Home, say: Say) -> None:
    """Close records that a crash left open, and erase behaviour whose time is over."""
    from facesign.interview.record.retention import purge

    done = purge(home)
    if done.erased:
        say(f"behaviour erased, its time is over: {len(done.erased)} records")
    for line in done.failed:
        say(f"not erased: {line}")


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        await super().startup(sockets)
        self._ready()


def _announce(token: str | None, options: ConsoleOptions, say: Say) -> None:
    say(f"facesign console: {options.url}")
    for url in options.urls_for_others:
        say(f"from other machines: {url}")
    if token is not None:
        say(f"there is no administrator: make one at {options.url}/setup/{token} (works once)")


@contextmanager
def _listening(options: ConsoleOptions) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((options.host, options.port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ConsoleError(
                f"cannot listen on {options.host}:{options.port}: {reason}; "
                "choose another with --host and --port"
            ) from error
        yield listener


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Give everything temporary one folder of our own, gone with the console."""
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    folder = Path(tempfile.mkdtemp(prefix="facesign-console-"))
    tempfile.tempdir = str(folder)
    os.environ["TMPDIR"] = str(folder)  # for the workers
    try:
        yield folder
    finally:
        tempfile.tempdir = before[0]
        if before[1] is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = before[1]
        shutil.rmtree(folder, ignore_errors=True)
        sys.stderr.flush()
