"""The socket that pieces come by: numbered, acknowledged when they are written, bounded."""

from __future__ import annotations

import json
import struct
from contextlib import aclosing
from queue import Full
from typing import Any

from fastapi import WebSocket
from fastapi.concurrency import run_in_threadpool

from facesign.errors import FacesignError
from facesign.interview.live.lines import Line, Side
from facesign.interview.live.session import LiveSession
from facesign.ui.console.sockets import first_done

__all__ = ["MOST_PIECE_BYTES", "TOO_BIG", "receive_media"]

MOST_PIECE_BYTES = 2 << 20
"""A piece of 200 ms has some 50 kB."""
TOO_BIG, BUSY, WRONG = 1009, 1013, 1003
"""Codes that the socket is closed with."""
MOST_TEXT = 1024
_HEAD = struct.Struct(">II")
MIMES: dict[Side, tuple[str, ...]] = {
    "applicant": ("video/webm", "video/mp4", "audio/webm", "audio/mp4"),
    "officer": ("audio/webm", "audio/mp4"),
}


async def receive_media(socket: WebSocket, session: LiveSession, side: Side) -> None:
    """Take the pieces of one page until it leaves or the session ends.

    The page is told `ready` with the piece that is expected next, `segment` with the number
    that it asked for, `ack` with the last piece that is in the record, and `go` or `stop`
    where the capture starts or must stop, and `leave` with a segment of which nothing more is
    taken, in whose place it begins another. It is told `ready` once more when another worker goes
    on with the session: it then sends again what the one before did not write.

    Args:
        socket: To the page.
        session: Its session.
        side: Whose camera and microphone they are; of the officer there is sound alone.
    """
    line = session.lines[side]
    # Whether the officer is there is told by the socket that shows them the interview.
    if side == "applicant":
        session.arrived(side)
    try:
        await first_done(
            _take(socket, session, side),
            _tell_ready(socket, line),
            _tell_acks(socket, line),
            _tell_left(socket, line),
            _tell_capture(socket, session, side),
        )
    finally:
        if side == "applicant":
            session.left(side)


async def _take(socket: WebSocket, session: LiveSession, side: Side) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        data, text = message.get("bytes"), message.get("text")
        if len(data or text or "") > (MOST_PIECE_BYTES if data else MOST_TEXT):
            await socket.close(TOO_BIG, "a piece is too large")
            return
        if data is None:
            if not await _answer(socket, session, side, text or ""):
                return
            continue
        if len(data) <= _HEAD.size:
            await socket.close(WRONG, "a piece has a head and something behind it")
            return
        segment, number = _HEAD.unpack_from(data)
        try:
            session.piece(data[_HEAD.size :], segment=segment, number=number, side=side)
        except Full:
            await socket.close(BUSY, "too much was sent without waiting for acknowledgements")
            return


async def _answer(socket: WebSocket, session: LiveSession, side: Side, text: str) -> bool:
    """Answer a request for a new segment; tell whether the page may go on."""
    try:
        asked: Any = json.loads(text)
        mime = str(asked["mime"])
        known = asked["kind"] == "segment" and mime.split(";")[0].strip() in MIMES[side]
    except (ValueError, KeyError, TypeError):
        known, mime = False, ""
    if not known:
        await socket.close(WRONG, "expected pieces, or a request for a segment")
        return False
    try:
        segment = await run_in_threadpool(session.open_segment, mime, side)
    except FacesignError as error:
        await socket.send_json({"kind": "refused", "why": str(error)})
        return True
    await socket.send_json({"kind": "segment", "segment": segment})
    return True


async def _tell_ready(socket: WebSocket, line: Line) -> None:
    async with aclosing(line.restarts.follow()) as restarts:
        async for _ in restarts:
            segment, number = line.acks.value
            await socket.send_json({"kind": "ready", "segment": segment, "next": number + 1})


async def _tell_acks(socket: WebSocket, line: Line) -> None:
    async with aclosing(line.acks.follow(least_s=0.1)) as acks:
        async for segment, number in acks:
            await socket.send_json({"kind": "ack", "segment": segment, "number": number})


async def _tell_left(socket: WebSocket, line: Line) -> None:
    async with aclosing(line.left.follow()) as left:
        async for segment in left:
            if segment:
                await socket.send_json({"kind": "leave", "segment": segment})


async def _tell_capture(socket: WebSocket, session: LiveSession, side: Side) -> None:
    told: str | None = None
    async with aclosing(session.subscribe()) as states:
        async for state in states:
            captures = state["stage"] in ("baseline", "questions") and state["paused"] is None
            if side == "officer":
                # Their sound is placed by the applicant's clock: without it there is no place.
                captures = captures and state["recording"]
            kind = "go" if captures else "stop"
            if kind != told and not (told is None and kind == "stop"):
                await socket.send_json({"kind": kind, "stage": state["stage"]})
            told = kind
    await socket.close(1000, "the session has ended")
