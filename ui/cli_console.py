"""`facesign console`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import typer

from facesign.errors import ConsoleError
from facesign.interview.home import Home, Language
from facesign.ui.system import require_system_libraries

if TYPE_CHECKING:
    from facesign.ui.console.certificate import Certificate

__all__ = ["console"]


def console(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    public_url: Annotated[
        str | None, typer.Option(help="Address that others reach it by, such as a proxy's.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key, PEM.")] = None,
    tls: Annotated[
        Literal["self-signed"] | None, typer.Option(help="Make a certificate in the home folder.")
    ] = None,
    root_path: Annotated[str, typer.Option(help="Path below which a proxy serves it.")] = "",
    trusted_proxy: Annotated[
        str | None, typer.Option(help="Address of the proxy that names the clients.")
    ] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Folder of facesign's state.")] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="Language at first.")] = None,
) -> None:
    """Serve the console to browsers, until Ctrl-C."""
    require_system_libraries()
    from facesign.ui.console.serve import ConsoleOptions, serve

    folder = Home.resolve(home)
    options = ConsoleOptions(
        host=host,
        port=port,
        public_url=_checked_url(public_url),
        root_path=_checked_path(root_path),
        certificate=_certificate(folder, tls, tls_cert, tls_key, host, public_url),
        trusted_proxy=trusted_proxy,
        lang=lang,
    )
    serve(folder, options, lambda line: typer.echo(line, err=True))


def _certificate(
    home: Home,
    tls: str | None,
    chain: Path | None,
    key: Path | None,
    host: str,
    public_url: str | None,
) -> Certificate | None:
    from facesign.ui.console import certificate

    if (chain is None) != (key is None):
        raise ConsoleError("--tls-cert and --tls-key go together: give both or neither")
    if chain is not None and key is not None:
        if tls is not None:
            raise ConsoleError("--tls self-signed makes a certificate: leave out --tls-cert")
        return certificate.given(chain, key)
    if tls is None:
        return None
    return certificate.self_signed(home, host, urlsplit(public_url or "").hostname)


def _checked_url(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConsoleError(f"--public-url must be like https://sign.bank.example, got {url!r}")
    return url.rstrip("/")


def _checked_path(path: str) -> str:
    if path and not path.startswith("/"):
        raise ConsoleError(f"--root-path must start with /, got {path!r}")
    return path.rstrip("/")
