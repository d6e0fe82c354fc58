"""Put a registered file that does not ship into the home folder: from disk or from its source."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from facesign.errors import ModelFileError, OutputError
from facesign.models import facekit
from facesign.models.atomic import replace_file
from facesign.models.checkpoint import FILES, read_checkpoint, require_extra
from facesign.models.fetch import Progress, fetch
from facesign.models.receipts import Receipt, write_receipt
from facesign.models.registry import ModelCard, card, check_model, read_model

__all__ = ["ECAPA_URL", "FACEKIT_URL", "import_model", "pull_model"]

_ECAPA_COMMIT = "0f99f2d0ebe89ac095bcc5903c4dd8f72b367286"
ECAPA_URL = f"https://huggingface.co/speechbrain/spkrec-ecapa-voxceleb/resolve/{_ECAPA_COMMIT}"
_FACEKIT_COMMIT = "1922d84282a3faf345dbf949c4a63b09f87907bc"
FACEKIT_URL = f"https://raw.githubusercontent.com/ICT-VGL/ICT-FaceKit/{_FACEKIT_COMMIT}/FaceXModel"
_TIMEOUT_S = 30


def import_model(name: str, file: Path, *, home: Path, trust: bool = False) -> Path:
    """Take a file, or a folder in SpeechBrain's layout, into `models/` of the home folder.

    Args:
        name: Name in the registry.
        file: The file, or the folder of a model that is written from one.
        home: The home folder.
        trust: Take another checkpoint than the registered one; files that are only
            copied must always be the registered ones.

    Returns:
        Where it lies now.

    Raises:
        UnknownModelError: the registry has no such name.
        ModelFileError: the file cannot be read, or holds something else.
        ChecksumError: the file is another one; nothing is copied.
        MissingExtraError: the extra that reads checkpoints is not installed.
        OutputError: the home folder cannot be written.
    """
    entry = card(name)
    if entry.made_from is not None:
        return _write_from(entry, file, home, trust=trust)
    return _install(entry, read_model(entry, file), home)


def pull_model(
    name: str,
    *,
    home: Path,
    base_url: str | None = None,
    trust: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Fetch a registered file from its source into `models/` of the home folder.

    What was fetched stays until all is there, so that a broken pull goes on where it was.

    Args:
        name: Name in the registry.
        home: The home folder.
        base_url: A mirror of the source; by default the source itself.
        trust: Take another checkpoint than the registered one.
        progress: Called with what was fetched and with all of it, in files or in bytes.

    Returns:
        Where it lies now.

    Raises:
        UnknownModelError: the registry has no such name.
        ModelFileError: the file has no source to pull from, or the source does not answer.
        ChecksumError: what came is another file.
        MissingExtraError: the extra that reads checkpoints is not installed.
        OutputError: the home folder cannot be written.
    """
    entry = card(name)
    if entry.made_from is not None:
        return _pull_checkpoint(entry, home, base_url or ECAPA_URL, trust, progress)
    if name not in _RECIPES:
        raise ModelFileError(f"{name}: there is nothing to pull; {entry.remedy}")
    parts = _folder(home) / f".{name}"
    content = _RECIPES[name](parts, base_url, progress or (lambda done, total: None))
    check_model(entry, content, parts)
    path = _install(entry, content, home)
    _remove(parts)
    return path


def _pull_checkpoint(
    entry: ModelCard, home: Path, base_url: str, trust: bool, progress: Progress | None
) -> Path:
    require_extra()
    parts = _folder(home) / f".{entry.name}"
    _make(parts)
    for name in FILES:
        if not (parts / name).is_file():
            fetch(f"{base_url}/{name}", parts / name, progress or (lambda done, total: None))
    try:
        path = _write_from(entry, parts, home, trust=trust)
    except ModelFileError:
        # A wrong file would be wrong again: the next pull starts over.
        _remove(parts)
        raise
    _remove(parts)
    return path


def _write_from(entry: ModelCard, folder: Path, home: Path, *, trust: bool) -> Path:
    """Write a model from a checkpoint, and beside it what it was written from."""
    checkpoint = read_checkpoint(folder, trust=trust)
    content = checkpoint.graph()
    path = _folder(home) / Path(entry.file).name
    replace_file(path, content)
    is_trusted = trust and checkpoint.sha256 != entry.sha256
    written = hashlib.sha256(content).hexdigest()
    write_receipt(path, Receipt(checkpoint.sha256, written, is_trusted))
    return path


def _remove(folder: Path) -> None:
    for part in folder.iterdir():
        part.unlink()
    folder.rmdir()


def _install(entry: ModelCard, content: bytes, home: Path) -> Path:
    path = _folder(home) / Path(entry.file).name
    replace_file(path, content)
    return path


def _folder(home: Path) -> Path:
    folder = home / "models"
    _make(folder)
    return folder


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OutputError(folder, error.strerror or str(error)) from error


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
