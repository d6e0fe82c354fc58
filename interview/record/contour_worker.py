"""The process that finds contours: opens the record that is looked at, and holds the mesh."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cv2

from facesign.biometrics.face.mesh import BundledMesh
from facesign.errors import FacesignError
from facesign.interview.home import Home
from facesign.interview.record.consents import consents_of
from facesign.interview.record.contours import ContourReader
from facesign.interview.record.reader import Record

__all__ = ["serve"]

IDLE_S = 60.0
FRESH_S = 10.0
"""A record is opened anew after so long, so that consent that was taken back is seen."""
NICE = 5
"""Less urgent than a live interview, but somebody waits."""


def serve(wire_fd: int, root: str) -> None:
    """Answer requests until nobody asks; runs in the child."""
    os.nice(NICE)
    cv2.setNumThreads(1)
    wire: Connection[Any, Any] = Connection(wire_fd)
    desk = _Desk(Home(Path(root)))
    try:
        while wire.poll(IDLE_S):
            wire.send(desk.answer(*wire.recv()))
    except (EOFError, OSError):
        return
    finally:
        desk.close()


class _Desk:
    """The record that is looked at, and the mesh."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._mesh = BundledMesh()
        self._held: tuple[str, str, float, Record, ContourReader | None] | None = None

    def answer(self, session_id: str, stream: str, number: int) -> dict[str, Any]:
        try:
            reader = self._reader(session_id, stream)
            if reader is None:
                return {"frames": [], "why": "no_consent"}
            return {"frames": [asdict(one) for one in reader.chunk(number)], "why": None}
        except FacesignError as error:
            self.close()
            return {"problem": type(error).__name__}

    def close(self) -> None:
        if self._held is not None:
            *_, record, reader = self._held
            if reader is not None:
                reader.close()
            record.close()
            self._held = None

    def _reader(self, session_id: str, stream: str) -> ContourReader | None:
        now_s = time.monotonic()
        if self._held is not None:
            held_id, held_stream, opened_s, _, reader = self._held
            if (held_id, held_stream) == (session_id, stream) and now_s - opened_s < FRESH_S:
                return reader
            self.close()
        record = Record.open(self._home, session_id)
        agreed = consents_of(record).get("face") == "granted"
        reader = ContourReader(record, stream, self._mesh) if agreed else None
        self._held = session_id, stream, now_s, record, reader
        return reader
