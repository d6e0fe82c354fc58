"""The face's contours in a recorded interview, a stretch at a time; a look like one at media."""

from __future__ import annotations

import threading
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse

from facesign.biometrics.face.contours import CONTOURS
from facesign.ui.console.case import require_seen
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import Allow, SignedIn

__all__ = ["LONGEST_CHUNKS", "contour_routes"]

_Viewer: TypeAlias = Annotated[SignedIn, Depends(Allow("officer", "analyst"))]
LONGEST_CHUNKS = 24 * 3600
"""No recording is longer than a day."""
_NOT_KEPT = {"cache-control": "no-store"}


def contour_routes(desk: Desk) -> APIRouter:
    """Return the route that the player asks for what it draws over the picture."""
    router = APIRouter()
    noted: set[tuple[str, str]] = set()
    lock = threading.Lock()

    @router.get("/cases/{session_id}/contours/{stream}/{number}")
    def show_contours(
        session_id: str,
        stream: str,
        number: Annotated[int, Path(ge=0, lt=LONGEST_CHUNKS)],
        who: _Viewer,
    ) -> JSONResponse:
        """Find the contours of one stretch; the first look of a sign-in is noted."""
        require_seen(desk, who, session_id)
        found = desk.contours.chunk(session_id, stream, number)
        if found["why"] is None:
            with lock:
                is_new = (who.key, session_id) not in noted
                noted.add((who.key, session_id))
            if is_new:
                desk.archive.viewed(session_id, by=who.name, what="landmarks")
        return JSONResponse({**found, **_lines()}, headers=_NOT_KEPT)

    return router


def _lines() -> dict[str, Any]:
    """Say how many points each line has."""
    return {"lines": [len(line) for line in CONTOURS.values()]}
