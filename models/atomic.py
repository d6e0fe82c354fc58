"""Writing a private file as a whole, and keeping other processes out meanwhile."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from facesign.errors import OutputError

__all__ = ["locked", "replace_file"]


def replace_file(path: Path, data: bytes) -> None:
    """Write a file that only the owner may read, so that a crash leaves the old or the new one.

    Raises:
        OutputError: it cannot be written; the old file, if any, is untouched.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            fresh.unlink()
    # Some network file systems refuse to sync a folder.
    with _opened(path.parent) as folder, suppress(OSError):
        os.fsync(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, which other processes of facesign wait for.

    Raises:
        OutputError: the folder cannot be opened.
    """
    with _opened(folder) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(folder, str(error.strerror)) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)
