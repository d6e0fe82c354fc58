"""Customer numbers that are known, offered while one is typed; never whose cases they are in."""

from __future__ import annotations

import threading
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from facesign.errors import FacesignError
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import Allow

__all__ = ["LEAST_TYPED", "MOST_OFFERED", "KnownCustomers", "customer_routes"]

LEAST_TYPED = 2
"""Characters before anything is offered: nobody pages through all customers."""
MOST_OFFERED = 12
FRESH_S = 60.0
"""Numbers lie encrypted in the databases, so they are read together and not at every key."""


class KnownCustomers:
    """Find customer numbers of the gallery and the archive by how they begin.

    Args:
        desk: The console's desk.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._numbers: tuple[str, ...] = ()
        self._stale_at_s = -1.0

    def beginning(self, typed: str) -> list[str]:
        """Return numbers that begin with what was typed, in order, some at most."""
        start = typed.strip().casefold()
        if len(start) < LEAST_TYPED:
            return []
        found = [one for one in self._all() if one.casefold().startswith(start)]
        return found[:MOST_OFFERED]

    def _all(self) -> tuple[str, ...]:
        with self._lock:
            if time.monotonic() >= self._stale_at_s:
                self._numbers = tuple(sorted(self._read()))
                self._stale_at_s = time.monotonic() + FRESH_S
            return self._numbers

    def _read(self) -> set[str]:
        numbers = set(self._desk.archive.customers())
        home = self._desk.home
        if home.gallery.exists() or home.settings().gallery is not None:
            try:
                numbers |= set(self._desk.prints.customers())
            except FacesignError:
                # A gallery that cannot be reached is told where it is needed; here one types.
                pass
        return numbers


def customer_routes(desk: Desk) -> APIRouter:
    """Return the route that the plan of an interview asks while a number is typed."""
    router, known = APIRouter(), KnownCustomers(desk)

    @router.get("/customers", dependencies=[Depends(Allow("officer"))])
    def offer(begins: Annotated[str, Query(max_length=200)]) -> list[str]:
        """Return known customer numbers that begin so."""
        return known.beginning(begins)

    return router
