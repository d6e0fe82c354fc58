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
from facesign.interview.live.session import LiveSession
from facesign.ui.console.sockets import first_done

__all__ = ["MOST_PIECE_BYTES", "TOO_BIG", "receive_media"]

MOST_PIECE_BYTES = 2 << 20
"""A piece of 200 ms has some 50 kB."""
TOO_BIG, BUSY, WRONG = 1009, 1013, 1003
"""Codes that the socket is closed with."""
MOST_TEXT = 1024
_HEAD = struct.Struct(">II")
MIMES = ("video/webm", "video/mp4", "audio/webm", "audio/mp4")


async def receive_media(socket: WebSocket, session: LiveSession) -> None:
    """Take the pieces of one page until it leaves or the session ends.

    The page is told `ready` with the piece that is expected next, `segment` with the number
    that it asked for, `ack` with the last piece that is in the record, and `go` or `stop`
    where the capture starts or must stop. It is told `ready` once more when another worker goes
    on with the session: it then sends again what the one before did not write.
    """
    session.arrived("applicant")
    try:
        await first_done(
            _take(socket, session),
            _tell_ready(socket, session),
            _tell_acks(socket, session),
            _tell_capture(socket, session),
        )
    finally:
        session.left("applicant")


async def _take(socket: WebSocket, session: LiveSession) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        data, text = message.get("bytes"), message.get("text")
        if len(data or text or "") > (MOST_PIECE_BYTES if data else MOST_TEXT):
            await socket.close(TOO_BIG, "a piece is too large")
            return
        if data is None:
            if not await _answer(socket, session, text or ""):
                return
            continue
        if len(data) <= _HEAD.size:
            await socket.close(WRONG, "a piece has a head and something behind it")
            return
        segment, number = _HEAD.unpack_from(data)
        try:
            session.piece(data[_HEAD.size :], segment=segment, number=number)
        except Full:
            await socket.close(BUSY, "too much was sent without waiting for acknowledgements")
            return


async def _answer(socket: WebSocket, session: LiveSession, text: str) -> bool:
    """Answer a request for a new segment; tell whether the page may go on."""
    try:
        asked: Any = json.loads(text)
        mime = str(asked["mime"])
        known = asked["kind"] == "segment" and mime.split(";")[0].strip() in MIMES
    except (ValueError, KeyError, TypeError):
        known, mime = False, ""
    if not known:
        await socket.close(WRONG, "expected pieces, or a request for a segment")
        return False
    try:
        segment = await run_in_threadpool(session.open_segment, mime)
    except FacesignError as error:
        await socket.send_json({"kind": "refused", "why": str(error)})
        return True
    await socket.send_json({"kind": "segment", "segment": segment})
    return True


async def _tell_ready(socket: WebSocket, session: LiveSession) -> None:
    async with aclosing(session.restarts.follow()) as restarts:
        async for _ in restarts:
            segment, number = session.acks.value
            await socket.send_json({"kind": "ready", "segment": segment, "next": number + 1})


async def _tell_acks(socket: WebSocket, session: LiveSession) -> None:
    async with aclosing(session.acks.follow(least_s=0.1)) as acks:
        async for segment, number in acks:
            await socket.send_json({"kind": "ack", "segment": segment, "number": number})


async def _tell_capture(socket: WebSocket, session: LiveSession) -> None:
    told: str | None = None
    async with aclosing(session.subscribe()) as states:
        async for state in states:
            captures = state["stage"] in ("baseline", "questions") and state["paused"] is None
            kind = "go" if captures else "stop"
            if kind != told and not (told is None and kind == "stop"):
                await socket.send_json({"kind": kind, "stage": state["stage"]})
            told = kind
    await socket.close(1000, "the session has ended")
