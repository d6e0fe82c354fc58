"""Sockets that do several things at once, and end when the first of them does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

__all__ = ["first_done", "send_each", "until_gone"]

_GONE = (WebSocketDisconnect, RuntimeError, asyncio.CancelledError)
"""How a page that left shows itself, to whoever sends to it or listens to it."""


async def first_done(*works: Coroutine[Any, Any, None]) -> None:
    """Run until the first of them is done, and end the others."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, _GONE):
            raise result


async def until_gone(socket: WebSocket, sending: Coroutine[Any, Any, None]) -> None:
    """Send until the page leaves, which says nothing."""

    async def gone() -> None:
        while True:
            await socket.receive_text()

    await first_done(gone(), sending)


async def send_each(socket: WebSocket, states: AsyncGenerator[dict[str, Any], None]) -> None:
    """Send whatever comes, and close the socket after the last."""
    async with aclosing(states) as each:
        async for state in each:
            await socket.send_json(state)
    await socket.close(1000, "the session has ended")
