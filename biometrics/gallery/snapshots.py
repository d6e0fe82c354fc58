"""A graph saved beside the gallery, encrypted: building one of a million takes long."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag

from facesign.biometrics.gallery.epochs import Epoch
from facesign.biometrics.gallery.index import GraphIndex
from facesign.biometrics.gallery.protection import seal, unseal
from facesign.errors import OutputError
from facesign.models.atomic import replace_file

__all__ = ["Snapshot", "Snapshots"]

_PIECE = 1 << 26
"""Bytes that are encrypted at a time."""
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A graph, and the revision of the gallery that it holds."""

    index: GraphIndex
    revision: int


class Snapshots:
    """Saved graphs in one folder; losing them costs time, never data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, snapshot: Snapshot, epoch: Epoch, name: str) -> None:
        """Save a graph, encrypted under the epoch's key; a full disk goes without."""
        saved = snapshot.index.save()
        pieces = [saved[first : first + _PIECE] for first in range(0, len(saved), _PIECE)]
        head = json.dumps({"revision": snapshot.revision, "n_pieces": len(pieces)}).encode()
        sealed = [
            seal(epoch.key, piece, _bound_to(epoch, name, number))
            for number, piece in enumerate([head, *pieces])
        ]
        content = b"".join(len(part).to_bytes(_LENGTH, "big") + part for part in sealed)
        with suppress(OutputError, OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            replace_file(self._path(name), content)

    def load(self, epoch: Epoch, name: str) -> Snapshot | None:
        """Open a saved graph; None where there is none of this epoch that authenticates."""
        try:
            content = self._path(name).read_bytes()
            parts = [
                unseal(epoch.key, part, _bound_to(epoch, name, number))
                for number, part in enumerate(_parts(content))
            ]
            head = json.loads(parts[0])
            if len(parts) != head["n_pieces"] + 1:
                return None
            return Snapshot(GraphIndex(b"".join(parts[1:])), int(head["revision"]))
        except (OSError, InvalidTag, IndexError):
            return None

    def forget(self) -> None:
        """Delete all saved graphs: a template that they hold was revoked."""
        for path in self._folder.glob("*.index"):
            with suppress(FileNotFoundError):
                path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.index"


def _parts(content: bytes) -> list[bytes]:
    parts, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at : at + _LENGTH], "big")
        parts.append(content[at + _LENGTH : at + _LENGTH + length])
        at += _LENGTH + length
    return parts


def _bound_to(epoch: Epoch, name: str, number: int) -> str:
    return f"index {name} piece {number} of epoch {epoch.number}"
