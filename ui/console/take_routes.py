"""Where the recorder sends what it recorded."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import Allow, SignedIn
from facesign.ui.console.takes import LONGEST_S, RATE_HZ

__all__ = ["take_routes"]

_Officer: TypeAlias = Annotated[SignedIn, Depends(Allow("officer"))]
MOST_BYTES = int(LONGEST_S * RATE_HZ * 4)


def take_routes(desk: Desk) -> APIRouter:
    """Return the routes of the recorder on the enrollment desk."""
    router = APIRouter(prefix="/takes")

    @router.get("")
    def list_takes(who: _Officer) -> list[dict[str, object]]:
        """List what lies on the desk."""
        return [take.to_dict() for take in desk.takes.of(who.key)]

    @router.post("")
    async def add_take(request: Request, who: _Officer) -> Response:
        """Listen to a recording: float32 samples at 16 kHz as the body."""
        content = bytearray()
        async for piece in request.stream():
            content += piece
            if len(content) > MOST_BYTES:
                return JSONResponse({"error": f"more than {LONGEST_S:.0f} s"}, 413)
        take = await run_in_threadpool(desk.takes.add, who.key, bytes(content))
        return JSONResponse(take.to_dict())

    @router.delete("/{take_id}")
    def drop_take(take_id: str, who: _Officer) -> list[dict[str, object]]:
        """Drop one recording."""
        desk.takes.drop(who.key, take_id)
        return list_takes(who)

    return router
