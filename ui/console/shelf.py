"""Gradio pages that are built while the console already answers: importing Gradio takes seconds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from gradio.routes import App

__all__ = ["LazyPage", "warm"]

# Gradio keeps the page that is being built in a variable of the whole process.
_building = threading.Lock()


class LazyPage:
    """One Gradio page; built when it is first asked for, or before by `warm`.

    Args:
        build: Builds the page's application; called once, in a thread.
    """

    def __init__(self, build: Callable[[], App]) -> None:
        self._build = build
        self._lock = asyncio.Lock()
        self._app: ASGIApp | None = None
        self._running: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, after building the page if need be."""
        await (await self.opened())(scope, receive, send)

    async def opened(self) -> ASGIApp:
        """Return the page's application."""
        async with self._lock:
            if self._app is None:
                built = await asyncio.to_thread(self._built)
                started = asyncio.Event()
                self._running = asyncio.create_task(self._run(built, started))
                await started.wait()
                self._app = built
            return self._app

    async def close(self) -> None:
        """End what the page's application does in the background."""
        self._stop.set()
        if self._running is not None:
            await self._running

    def _built(self) -> App:
        with _building:
            return self._build()

    async def _run(self, app: App, started: asyncio.Event) -> None:
        """Keep the application's lifespan open, entered and left by one task."""
        async with app.router.lifespan_context(app):
            blocks = app.get_blocks()
            blocks.run_startup_events()  # type: ignore[no-untyped-call]
            await blocks.run_extra_startup_events()  # type: ignore[no-untyped-call]
            started.set()
            await self._stop.wait()


async def warm(pages: Sequence[LazyPage]) -> None:
    """Build pages one after another."""
    for page in pages:
        await page.opened()
