"""Put a registered file that does not ship into the home folder: from disk or from its source."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np

from facesign.errors import ModelFileError, OutputError
from facesign.models import facekit
from facesign.models.atomic import replace_file
from facesign.models.registry import ModelCard, card, check_model, read_model

__all__ = ["FACEKIT_URL", "import_model", "pull_model"]

Progress: TypeAlias = Callable[[float, float | None], None]

_FACEKIT_COMMIT = "1922d84282a3faf345dbf949c4a63b09f87907bc"
FACEKIT_URL = f"https://raw.githubusercontent.com/ICT-VGL/ICT-FaceKit/{_FACEKIT_COMMIT}/FaceXModel"
_TIMEOUT_S = 30


def import_model(name: str, file: Path, *, home: Path) -> Path:
    """Copy a file that the caller has into `models/` of the home folder.

    Returns:
        Where it lies now.

    Raises:
        UnknownModelError: the registry has no such name.
        ModelFileError: the file cannot be read.
        ChecksumError: the file is another one; nothing is copied.
        OutputError: the home folder cannot be written.
    """
    entry = card(name)
    return _install(entry, read_model(entry, file), home)


def pull_model(
    name: str, *, home: Path, base_url: str | None = None, progress: Progress | None = None
) -> Path:
    """Fetch a registered file from its source into `models/` of the home folder.

    What was fetched stays until all is there, so that a broken pull goes on where it was.

    Args:
        name: Name in the registry.
        home: The home folder.
        base_url: A mirror of the source; by default the source itself.
        progress: Called with the number of parts fetched and of all parts.

    Returns:
        Where it lies now.

    Raises:
        UnknownModelError: the registry has no such name.
        ModelFileError: the file has no source to pull from, or the source does not answer.
        ChecksumError: what came is another file.
        OutputError: the home folder cannot be written.
    """
    entry = card(name)
    if name not in _RECIPES:
        raise ModelFileError(f"{name}: there is nothing to pull; {entry.remedy}")
    parts = _folder(home) / f".{name}"
    content = _RECIPES[name](parts, base_url, progress or (lambda done, total: None))
    check_model(entry, content, parts)
    path = _install(entry, content, home)
    for part in parts.iterdir():
        part.unlink()
    parts.rmdir()
    return path


def _install(entry: ModelCard, content: bytes, home: Path) -> Path:
    path = _folder(home) / Path(entry.file).name
    replace_file(path, content)
    return path


def _folder(home: Path) -> Path:
    folder = home / "models"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OutputError(folder, error.strerror or str(error)) from error
    return folder


def _pull_facekit(parts: Path, base_url: str | None, progress: Progress) -> bytes:
    stems = facekit.shape_files()
    for done, stem in enumerate(stems):
        progress(done, len(stems))
        _fetch(f"{base_url or FACEKIT_URL}/{stem}.obj", parts)
    progress(len(stems), len(stems))
    arrays = facekit.build(lambda stem: (parts / f"{stem}.obj").read_text("utf-8"))
    archive = io.BytesIO()
    np.savez_compressed(archive, **arrays)
    return archive.getvalue()


def _fetch(url: str, folder: Path) -> None:
    """Download one file unless it is there; a part that broke off is fetched again."""
    import pooch
    from requests.exceptions import RequestException

    pooch.get_logger().setLevel("ERROR")
    name = url.rpartition("/")[2]
    try:
        pooch.retrieve(
            url,
            known_hash=None,
            fname=name,
            path=folder,
            downloader=pooch.HTTPDownloader(timeout=_TIMEOUT_S),
        )
    except RequestException as error:
        reason = getattr(error.response, "status_code", None) or type(error).__name__
        raise ModelFileError(f"{url}: cannot be fetched ({reason}); run the command again") from (
            error
        )
    except OSError as error:
        raise OutputError(folder / name, error.strerror or str(error)) from error


_RECIPES: Mapping[str, Callable[[Path, str | None, Progress], bytes]] = {
    "ict-facekit-light": _pull_facekit,
}
