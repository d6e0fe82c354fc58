"""Downloads that go on where they broke off."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from facesign.errors import ModelFileError, OutputError

if TYPE_CHECKING:
    import requests

__all__ = ["Progress", "fetch"]

Progress: TypeAlias = Callable[[float, float | None], None]

_TIMEOUT_S = 30
_PIECE = 1 << 16
_PARTIAL = 206
_NOTHING_LEFT = 416


def fetch(url: str, path: Path, progress: Progress) -> None:
    """Download a file; what came of it before is kept and continued.

    Args:
        url: Its address.
        path: Where it goes; the part that came lies beside it as `.part`.
        progress: Called with the bytes that are there and those of the whole, None where
            the source does not tell.

    Raises:
        ModelFileError: the source does not answer, or stops in the middle.
        OutputError: the file cannot be written.
    """
    import requests

    part = path.with_name(f"{path.name}.part")
    done = part.stat().st_size if part.is_file() else 0
    headers = {"Range": f"bytes={done}-"} if done else {}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S) as answer:
            if not (done and answer.status_code == _NOTHING_LEFT):
                answer.raise_for_status()
                _receive(answer, part, done, progress)
    except requests.RequestException as error:
        reason = getattr(error.response, "status_code", None) or type(error).__name__
        raise ModelFileError(f"{url}: cannot be fetched ({reason}); run the command again") from (
            error
        )
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error
    os.replace(part, path)


def _receive(answer: requests.Response, part: Path, done: int, progress: Progress) -> None:
    if answer.status_code != _PARTIAL:
        done = 0
    length = answer.headers.get("Content-Length")
    total = done + int(length) if length is not None else None
    with part.open("ab" if done else "wb") as file:
        for piece in answer.iter_content(_PIECE):
            file.write(piece)
            done += len(piece)
            progress(done, total)
