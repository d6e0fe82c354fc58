"""Which pages there are, who may use them, and what fills them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from facesign.interview.archive.users import Role
from facesign.ui.console.guard import Allow

if TYPE_CHECKING:
    import gradio as gr

    from facesign.ui.console.desk import Desk
    from facesign.ui.console.texts import Texts

__all__ = ["FIRST_PAGE", "PAGES", "PageSpec"]


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page of the console."""

    name: str
    allow: Allow

    def fill(self, desk: Desk, t: Texts, base: str, blocks: gr.Blocks) -> None:
        """Put the page's components into the open Blocks; imports Gradio."""
        filler: Callable[[Desk, Texts, str, gr.Blocks], None]
        filler = import_module(f"facesign.ui.console.{self.name}").fill
        filler(desk, t, base, blocks)


PAGES: tuple[PageSpec, ...] = (
    PageSpec("interview", Allow("officer")),
    PageSpec("replay", Allow("officer", "analyst")),
    PageSpec("enrollment", Allow("officer")),
    PageSpec("settings", Allow()),
)
FIRST_PAGE: dict[Role, str] = {"officer": "interview", "analyst": "replay", "admin": "settings"}
"""Where somebody of a role lands after signing in."""
