"""The socket that tells the officer's page where an interview stands, in words."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, WebSocket

from facesign.errors import NotLiveError
from facesign.interview.home import Language
from facesign.interview.live.session import LiveSession
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import NOT_ALLOWED, Allow, SignedIn
from facesign.ui.console.interview_actions import own
from facesign.ui.console.live_words import in_words
from facesign.ui.console.sockets import send_each, until_gone

__all__ = ["live_routes"]

_Officer: TypeAlias = Annotated[SignedIn, Depends(Allow("officer"))]


def live_routes(desk: Desk) -> APIRouter:
    """Return the route of the officer's live view."""
    router = APIRouter()

    @router.websocket("/interviews/{session_id}/state")
    async def tell_state(
        socket: WebSocket, session_id: str, who: _Officer, lang: Language = "en"
    ) -> None:
        """Tell the live state whenever it changed, at most ten times a second."""
        try:
            session = own(desk, who, session_id)
        except NotLiveError:
            await socket.close(NOT_ALLOWED, "no such session")
            return
        await socket.accept()
        session.arrived("officer")
        try:
            await until_gone(socket, send_each(socket, _worded(session, lang)))
        finally:
            session.left("officer")

    return router


async def _worded(session: LiveSession, lang: Language) -> AsyncGenerator[dict[str, Any], None]:
    async with aclosing(session.subscribe()) as states:
        async for state in states:
            yield in_words(state, lang)
