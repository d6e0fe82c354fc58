"""What the routes of a live interview answer alike: headers, refusals, sides that meet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from fastapi import WebSocket
from fastapi.responses import JSONResponse, Response

from facesign.errors import FacesignError, NotLiveError, TokenError
from facesign.interview.live.session import LiveSession, Side
from facesign.ui.console.signalling import MOST_SIGNAL_BYTES, Rooms
from facesign.ui.console.sockets import first_done

__all__ = ["ENDED", "HEADERS", "NOT_ALLOWED", "STATUS", "applicant_state", "meet", "refused"]

NOT_ALLOWED, ENDED = 4403, 4410
"""Codes that sockets are closed with."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob: mediastream:; connect-src 'self'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(self), microphone=(self)",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
STATUS = {"unknown": 404, "too_old": 410, "away_too_long": 410, "device": 403, "ended": 410}


def applicant_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the applicant's page is told: nothing of the analysis."""
    question = state["question"]
    return {
        "kind": "state",
        "stage": state["stage"],
        "recording": state["recording"],
        "paused": state["paused"],
        "time_s": round(state["time_s"], 1),
        "lang": state["plan"]["lang"],
        "reference": state["reference"],
        "question": question and {key: question[key] for key in ("text", "index", "n")},
        "consents": {name: held["granted"] for name, held in state["consents"].items()},
    }


async def meet(
    socket: WebSocket, session: LiveSession, rooms: Rooms, side: Side, *, with_state: bool
) -> None:
    """Let one side's page meet the other's: pass signals on, both ways.

    Args:
        socket: The page's.
        session: The session.
        rooms: Where the sides meet.
        side: Whose page it is.
        with_state: Whether it is told where the interview stands, too.
    """

    async def tell_state() -> None:
        async with aclosing(session.subscribe()) as states:
            last: dict[str, Any] | None = None
            async for state in states:
                shown = applicant_state(state)
                if shown != last:
                    last = shown
                    await socket.send_json(shown)

    async def pass_on() -> None:
        async with aclosing(rooms.enter(session.session_id, side)) as said:
            async for message in said:
                await socket.send_json(message)

    async def listen() -> None:
        while True:
            text = await socket.receive_text()
            if len(text) > MOST_SIGNAL_BYTES:
                await socket.close(1009, "a signal is too large")
                return
            try:
                data = json.loads(text)
            except ValueError:
                await socket.close(1003, "a signal is JSON")
                return
            rooms.say(session.session_id, side, {"kind": "signal", "data": data})

    await first_done(listen(), pass_on(), *([tell_state()] if with_state else []))


def refused(error: FacesignError) -> Response:
    """Answer with an error, as one line and as a code."""
    code = error.code if isinstance(error, TokenError) else "refused"
    if isinstance(error, NotLiveError):
        code = "ended"
    return JSONResponse({"error": str(error), "code": code}, STATUS.get(code, 409), headers=HEADERS)
