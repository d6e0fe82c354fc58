"""The applicant's routes: their page, what they may do, their sockets; all by their token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, WebSocket
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response

from facesign.errors import FacesignError, NotLiveError, TokenError
from facesign.interview.live.session import LiveSession
from facesign.interview.live.sessions import LiveSessions
from facesign.ui.console.answers import (
    ENDED,
    HEADERS,
    NOT_ALLOWED,
    STATUS,
    applicant_state,
    meet,
    refused,
)
from facesign.ui.console.media_socket import receive_media
from facesign.ui.console.signalling import Rooms

__all__ = ["DEVICE_COOKIE", "add_join", "add_join_sockets", "consent_versions"]

DEVICE_COOKIE = "facesign_device"


def consent_versions() -> dict[str, str]:
    """Return the version of the words that the applicant's page shows, by language."""
    folder = files("facesign.ui").joinpath("static", "live")
    return {
        lang: str(json.loads(folder.joinpath(f"texts.{lang}.json").read_text("utf-8"))["version"])
        for lang in ("zh", "en")
    }


def add_join(
    router: APIRouter,
    sessions: LiveSessions,
    ice_servers: tuple[Mapping[str, str], ...],
    root_path: str,
) -> None:
    """Add the page and what its buttons do; arguments as `capture_router`."""
    page = files("facesign.ui").joinpath("static", "live", "join.html").read_text("utf-8")
    versions = consent_versions()

    @router.get("/join/{token}")
    def show_page(token: str) -> Response:
        """Show the applicant's page; a look at it does not use the token."""
        problem = ""
        try:
            if sessions.by_token(token).has_ended:
                problem = "ended"
        except TokenError as error:
            problem = error.code
        except NotLiveError:
            problem = "ended"
        shown = page.replace('data-problem=""', f'data-problem="{problem}"', 1).replace(
            'data-base=""', f'data-base="{root_path}"', 1
        )
        return HTMLResponse(
            shown.replace("/static/", f"{root_path}/static/"),
            STATUS.get(problem, 200),
            headers=HEADERS,
        )

    @router.post("/join/{token}/open")
    def use_token(token: str, request: Request) -> Response:
        """Bind the token to this device, or let the same device in again."""
        try:
            session_id, device = sessions.tokens.bind(token, request.cookies.get(DEVICE_COOKIE))
            session = sessions.get(session_id)
        except (TokenError, NotLiveError) as error:
            return refused(error)
        answer = JSONResponse(
            {
                "lang": session.plan.lang,
                "ice_servers": [dict(server) for server in ice_servers],
                "state": applicant_state(session.state()),
            },
            headers=HEADERS,
        )
        answer.set_cookie(
            DEVICE_COOKIE,
            device,
            path=f"{root_path}/join/{token}",
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="strict",
        )
        return answer

    @router.post("/join/{token}/do/{action}")
    async def act(
        token: str,
        action: str,
        request: Request,
        values: Annotated[dict[str, Any], Body(default_factory=dict)],
    ) -> Response:
        """Do what the applicant may: consent, withdraw, pause, resume, stop."""
        try:
            session_id = sessions.tokens.check(token, request.cookies.get(DEVICE_COOKIE))
            session = sessions.get(session_id)
            await run_in_threadpool(_act, session, action, values, versions)
        except FacesignError as error:
            return refused(error)
        return JSONResponse(applicant_state(session.state()), headers=HEADERS)


def _act(
    session: LiveSession, action: str, values: Mapping[str, Any], versions: Mapping[str, str]
) -> None:
    if action == "consent":
        lang = "en" if values.get("lang") == "en" else "zh"
        purposes = values.get("purposes")
        for purpose, granted in (purposes if isinstance(purposes, dict) else {}).items():
            session.consent(str(purpose), granted=granted is True, text=versions[lang], lang=lang)
    elif action == "withdraw":
        session.withdraw(str(values.get("purpose")))
    elif action == "pause":
        session.pause("applicant")
    elif action == "resume":
        session.resume("applicant")
    elif action == "stop":
        session.abandon()
    else:
        raise TokenError("unknown")


def add_join_sockets(router: APIRouter, sessions: LiveSessions, rooms: Rooms) -> None:
    """Add the sockets of the applicant's page."""

    @router.websocket("/join/{token}/media")
    async def take_media(socket: WebSocket, token: str) -> None:
        """Take the pieces of the applicant's camera and microphone."""
        session = await _applicants(socket, sessions, token)
        if session is None:
            return
        sessions.tokens.present(token)
        try:
            await receive_media(socket, session, "applicant")
        finally:
            sessions.tokens.away(token)

    @router.websocket("/join/{token}/room")
    async def enter_room(socket: WebSocket, token: str) -> None:
        """Tell the applicant's page where the interview stands, and pass on its signals."""
        session = await _applicants(socket, sessions, token)
        if session is not None:
            await meet(socket, session, rooms, "applicant", with_state=True)


async def _applicants(socket: WebSocket, sessions: LiveSessions, token: str) -> LiveSession | None:
    # Accepted first: a page that is refused before learns no code, and would come again.
    await socket.accept()
    try:
        session = sessions.get(sessions.tokens.check(token, socket.cookies.get(DEVICE_COOKIE)))
    except TokenError as error:
        await socket.close(NOT_ALLOWED, error.code)
        return None
    except NotLiveError:
        await socket.close(ENDED, "ended")
        return None
    return session
