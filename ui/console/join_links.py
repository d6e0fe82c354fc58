"""The applicant's link: its address, its QR code, or why a phone cannot use it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from urllib.parse import urlsplit

from facesign.ui.console.security import Reach

__all__ = ["JoinLink", "join_link"]

_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class JoinLink:
    """A link for one applicant."""

    url: str
    qr: str | None
    """A picture as a data address; None where no phone could open the link."""
    problem: str | None
    """Why not: `no_https` or `this_computer_only`."""

    def to_dict(self) -> dict[str, str | None]:
        """Return what the page shows."""
        return {"url": self.url, "qr": self.qr, "problem": self.problem}


def join_link(reach: Reach, host: str, token: str) -> JoinLink:
    """Return the link to an interview.

    Args:
        reach: Where the console is reached.
        host: What the officer's browser calls it, such as `127.0.0.1:7860`.
        token: The applicant's token.
    """
    scheme = "https" if reach.secure else "http"
    start = (reach.public_url or f"{scheme}://{host}{reach.root_path}").rstrip("/")
    url = f"{start}/join/{token}"
    parts = urlsplit(url)
    problem = None
    if parts.hostname in _HERE:
        problem = "this_computer_only"
    elif parts.scheme != "https":
        problem = "no_https"
    return JoinLink(url, None if problem else _qr(url), problem)


def _qr(text: str) -> str:
    import qrcode
    from qrcode.image.svg import SvgPathFillImage

    picture = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathFillImage, box_size=12, border=2).save(picture)
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.getvalue()).decode()}"
