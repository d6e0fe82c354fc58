"""Who may use what: the one dependency in front of every page, socket and file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from fastapi import WebSocketException
from fastapi.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from facesign.interview.archive.users import ROLES, Role

if TYPE_CHECKING:
    from facesign.ui.console.signins import SignIns

__all__ = ["COOKIE", "OPEN", "SIGN_INS", "Allow", "Guarded", "NotAllowed", "SignedIn", "signed_in"]

COOKIE = "facesign_session"
SIGN_INS = "facesign.sign_ins"
"""Key in every request's scope; the application of a Gradio page has a state of its own."""
NOT_SIGNED_IN, NOT_ALLOWED = 4401, 4403
"""Codes that sockets are closed with."""

OPEN: tuple[str, ...] = (
    "/login",
    "/logout",
    "/setup/{token}",
    "/static",
    "/healthz",
    "/join/{token}",
    "/join/{token}/open",
    "/join/{token}/do/{action}",
    "/join/{token}/media",
    "/join/{token}/room",
)
"""Routes without a sign-in, each with a check of its own or nothing to protect: those of the
applicant check their token and their device."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who signed in."""

    name: str = field(repr=False)
    role: Role
    key: str = field(repr=False)
    """Names this sign-in, and opens nothing."""


class NotAllowed(Exception):
    """A request of somebody who did not sign in, or whose role may not do this."""

    def __init__(self, who: SignedIn | None) -> None:
        super().__init__("not allowed" if who else "not signed in")
        self.who = who


class Allow:
    """Lets the named roles pass; all roles where none is named. Use it as a dependency.

    Raises:
        NotAllowed: for a request; the application answers with the sign-in page, 401 or 403.
        WebSocketException: for a socket, with code 4401 or 4403.
    """

    def __init__(self, *roles: Role) -> None:
        self.roles: tuple[Role, ...] = roles or ROLES

    async def __call__(self, connection: HTTPConnection) -> SignedIn:
        """Return who asks."""
        who = self.find(connection)
        if who is not None and who.role in self.roles:
            return who
        if connection.scope["type"] == "websocket":
            raise WebSocketException(NOT_ALLOWED if who else NOT_SIGNED_IN)
        raise NotAllowed(who)

    def name(self, connection: HTTPConnection) -> str | None:
        """Return the name of who asks if they may, as Gradio's `auth_dependency` wants it."""
        who = self.find(connection)
        return who.name if who is not None and who.role in self.roles else None

    def find(self, connection: HTTPConnection) -> SignedIn | None:
        """Return who asks, whatever their role; None where nobody signed in."""
        sign_ins = cast("SignIns", connection.scope[SIGN_INS])
        return sign_ins.who(connection.cookies.get(COOKIE))


class Guarded:
    """An application below ours, all of whose routes the same roles may use."""

    def __init__(self, inner: ASGIApp, allow: Allow) -> None:
        self.inner = inner
        self.allow = allow

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed; the application's handlers answer the rest."""
        if scope["type"] in ("http", "websocket"):
            await self.allow(HTTPConnection(scope))
        await self.inner(scope, receive, send)


def signed_in(request: object, *roles: Role) -> SignedIn:
    """Return who sent an event of a Gradio page.

    Raises:
        NotAllowed: they signed out since, or their role may not do this.
    """
    connection = cast(HTTPConnection, getattr(request, "request", request))
    allow = Allow(*roles)
    who = allow.find(connection)
    if who is None or who.role not in allow.roles:
        raise NotAllowed(who)
    return who
