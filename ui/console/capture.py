"""Routes of a live interview: the applicant's page, and the sockets of both pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any, Protocol

from fastapi import APIRouter, Depends, WebSocket
from fastapi.responses import JSONResponse, Response

from facesign.errors import NotLiveError
from facesign.interview.live.session import LiveSession
from facesign.interview.live.sessions import LiveSessions
from facesign.ui.console.answers import HEADERS, NOT_ALLOWED, meet, refused
from facesign.ui.console.join import add_join, add_join_sockets
from facesign.ui.console.media_socket import receive_media
from facesign.ui.console.signalling import Rooms
from facesign.ui.console.sockets import send_each, until_gone

__all__ = ["Named", "capture_router"]


class Named(Protocol):
    """Who the guard let pass."""

    @property
    def name(self) -> str:
        """Name of the user."""
        ...


def capture_router(
    sessions: LiveSessions,
    guard: Callable[..., Any],
    *,
    root_path: str = "",
) -> APIRouter:
    """Return the routes of live interviews.

    Args:
        sessions: The live sessions.
        guard: Dependency that lets officers pass and returns who asks.
        root_path: Path below which a proxy serves the console.
    """
    router = APIRouter()
    rooms = Rooms()
    ice_servers = sessions.home.settings().ice_servers
    add_join(router, sessions, ice_servers, root_path)
    add_join_sockets(router, sessions, rooms)
    _add_officer(router, sessions, rooms, guard, ice_servers)
    return router


def _add_officer(
    router: APIRouter,
    sessions: LiveSessions,
    rooms: Rooms,
    guard: Callable[..., Any],
    ice_servers: tuple[Mapping[str, str], ...],
) -> None:
    allowed = Depends(guard)

    @router.get("/live/{session_id}/ice")
    def tell_ice(session_id: str, who: Named = allowed) -> Response:
        """Tell the officer's page the servers of the talk."""
        try:
            _own(sessions, session_id, who)
        except NotLiveError as error:
            return refused(error)
        return JSONResponse([dict(server) for server in ice_servers], headers=HEADERS)

    @router.websocket("/live/{session_id}/state")
    async def tell_state(socket: WebSocket, session_id: str, who: Named = allowed) -> None:
        """Tell the live state whenever it changed."""
        session = await _officers(socket, sessions, session_id, who)
        if session is None:
            return
        session.arrived("officer")
        try:
            await until_gone(socket, send_each(socket, session.subscribe()))
        finally:
            session.left("officer")

    @router.websocket("/live/{session_id}/talk")
    async def talk(socket: WebSocket, session_id: str, who: Named = allowed) -> None:
        """Pass on the signals of the officer's page."""
        session = await _officers(socket, sessions, session_id, who)
        if session is not None:
            await meet(socket, session, rooms, "officer", with_state=False)

    @router.websocket("/live/{session_id}/relay")
    async def relay(socket: WebSocket, session_id: str, who: Named = allowed) -> None:
        """Pass on the applicant's pieces, where the talk cannot go from page to page."""
        session = await _officers(socket, sessions, session_id, who)
        if session is None:
            return
        await until_gone(socket, _send_relayed(socket, session))

    @router.websocket("/live/{session_id}/media")
    async def take_media_here(socket: WebSocket, session_id: str, who: Named = allowed) -> None:
        """Take the pieces where the applicant sits at the officer's computer."""
        session = await _officers(socket, sessions, session_id, who)
        if session is None:
            return
        if not session.plan.applicant_here:
            await socket.close(NOT_ALLOWED, "the applicant joins on their own device")
            return
        await receive_media(socket, session, "applicant")

    @router.websocket("/live/{session_id}/voice")
    async def take_voice(socket: WebSocket, session_id: str, who: Named = allowed) -> None:
        """Take the pieces of the officer's own microphone, where the applicant is elsewhere."""
        session = await _officers(socket, sessions, session_id, who)
        if session is None:
            return
        if session.plan.applicant_here:
            await socket.close(NOT_ALLOWED, "one microphone hears both at this computer")
            return
        await receive_media(socket, session, "officer")


def _own(sessions: LiveSessions, session_id: str, who: Named) -> LiveSession:
    session = sessions.get(session_id)
    if session.officer != who.name:
        # Another officer's session is as good as none.
        raise NotLiveError(session_id)
    return session


async def _officers(
    socket: WebSocket, sessions: LiveSessions, session_id: str, who: Named
) -> LiveSession | None:
    await socket.accept()
    try:
        return _own(sessions, session_id, who)
    except NotLiveError:
        await socket.close(NOT_ALLOWED, "no such session")
        return None


async def _send_relayed(socket: WebSocket, session: LiveSession) -> None:
    async with aclosing(session.relay.follow()) as pieces:
        async for data in pieces:
            if isinstance(data, str):
                await socket.send_json({"mime": data})
            else:
                await socket.send_bytes(data)
    await socket.close(1013, "join again")
