"""What the player asks for: a case, its media by range, its waveform; and verdicts on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from facesign.interview.archive.entries import JudgedKind, VerdictWord
from facesign.interview.home import Language
from facesign.interview.record.reader import Record
from facesign.interview.record.stream import RecordStream
from facesign.ui.console.case import case_of, require_seen
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import Allow, NotAllowed, SignedIn
from facesign.ui.console.waveform import BINS_PER_S, waveform

__all__ = ["case_routes"]

_Viewer: TypeAlias = Annotated[SignedIn, Depends(Allow("officer", "analyst"))]
_Analyst: TypeAlias = Annotated[SignedIn, Depends(Allow("analyst"))]
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_PIECE = 1 << 18
_TYPES = {b"\x1aE\xdf\xa3": "video/webm", b"fLaC": "audio/flac", b"RIFF": "audio/wav"}


class GivenVerdict(BaseModel):
    """A verdict as the player sends it."""

    kind: JudgedKind
    item_id: str = Field(max_length=16)
    verdict: VerdictWord
    source: str = Field(max_length=500)


def case_routes(desk: Desk) -> APIRouter:
    """Return the routes of the player."""
    router = APIRouter(prefix="/cases/{session_id}")

    @router.get("")
    def show_case(session_id: str, lang: Language, who: _Viewer) -> dict[str, Any]:
        """Give the player everything but the media; the look is noted."""
        session = require_seen(desk, who, session_id)
        desk.archive.viewed(session_id, by=who.name, what="opened")
        return case_of(desk, who, session, lang)

    @router.get("/media/{stream}")
    def show_media(session_id: str, stream: str, request: Request, who: _Viewer) -> Response:
        """Decrypt what is asked of a stream; its start is noted as a look."""
        require_seen(desk, who, session_id)
        record = Record.open(desk.home, session_id)
        media = record.media(stream)
        start, end = _asked(request.headers.get("range"), media.size)
        if start >= media.size:
            record.close()
            return Response(status_code=416, headers={"content-range": f"bytes */{media.size}"})
        if start == 0:
            desk.archive.viewed(session_id, by=who.name, what="media")
        headers = {
            "accept-ranges": "bytes",
            "cache-control": "no-store",
            "content-length": str(end - start),
        }
        status = 200
        if request.headers.get("range"):
            status = 206
            headers["content-range"] = f"bytes {start}-{end - 1}/{media.size}"
        return StreamingResponse(
            _pieces(record, media, start, end), status, headers, media_type=_type_of(media)
        )

    @router.get("/waveform/{stream}")
    def show_waveform(session_id: str, stream: str, who: _Viewer) -> dict[str, Any]:
        """Give the loudness of a stream over time."""
        require_seen(desk, who, session_id)
        with Record.open(desk.home, session_id) as record:
            return {"bins_per_s": BINS_PER_S, "peaks": waveform(record.media(stream))}

    @router.post("/verdicts")
    def give_verdict(session_id: str, given: GivenVerdict, who: _Analyst) -> Response:
        """Keep a verdict; the archive refuses one of the officer of the case."""
        session = require_seen(desk, who, session_id)
        if session.officer == who.name:
            raise NotAllowed(who)
        desk.archive.add_verdict(
            session_id, given.kind, given.item_id, given.verdict, source=given.source, by=who.name
        )
        return JSONResponse({"kept": True})

    return router


def _asked(header: str | None, size: int) -> tuple[int, int]:
    """Return start and end of the one range that is asked for; everything where none is."""
    found = _RANGE.fullmatch((header or "").strip())
    if found is None or not any(found.groups()):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def _pieces(record: Record, media: RecordStream, start: int, end: int) -> Iterator[bytes]:
    try:
        media.seek(start)
        while start < end:
            piece = media.read(min(_PIECE, end - start))
            if not piece:
                return
            start += len(piece)
            yield piece
    finally:
        record.close()


def _type_of(media: RecordStream) -> str:
    media.seek(0)
    head = media.read(12) or b""
    known = next((kind for magic, kind in _TYPES.items() if head.startswith(magic)), None)
    return known or ("video/mp4" if head[4:8] == b"ftyp" else "application/octet-stream")
