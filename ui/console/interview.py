"""A page."""

from __future__ import annotations

import gradio as gr

from facesign.ui.console.desk import Desk
from facesign.ui.console.texts import Texts

__all__ = ["fill"]


def fill(desk: Desk, t: Texts, base: str, blocks: gr.Blocks) -> None:
    """Fill the page."""
    gr.Markdown("## hello")
    gr.Textbox(label="a")
