"""What every Gradio page of the console shares: frame, head, theme."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI

from facesign.ui.console.guard import Allow
from facesign.ui.console.texts import Texts
from facesign.ui.console.theme import console_theme

if TYPE_CHECKING:
    from gradio.routes import App

__all__ = ["static_folder", "to_app"]

_HEAD = """
<meta name="facesign" content="{config}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="{base}/static/console/icon.svg">
<script src="{base}/static/console/first.js"></script>
<script type="module" src="{base}/static/console/shell.js"></script>
"""


def static_folder() -> Path:
    """Return the folder of scripts, styles and pictures."""
    return Path(str(files("facesign.ui").joinpath("static")))


def to_app(
    name: str,
    t: Texts,
    base: str,
    allow: Allow,
    fill: Callable[[Texts, str, gr.Blocks], None],
) -> App:
    """Build the application of one Gradio page.

    Args:
        name: Name of the page, as in its address.
        t: Texts of its language.
        base: Path below which the console is served.
        allow: Who may use it.
        fill: Puts the page's components into the open Blocks.
    """
    title = f"{t(f'nav.{name}')} · {t('app.name')}"
    # Every hour, what is older than an hour; what Gradio keeps is gone with the folder at exit.
    with gr.Blocks(
        title=title, analytics_enabled=False, delete_cache=(3600, 3600), fill_width=True
    ) as blocks:
        fill(t, base, blocks)
    config = json.dumps({"page": name, "lang": t.lang, "base": base})
    holder = FastAPI()
    gr.mount_gradio_app(
        holder,
        blocks,
        f"{base}/{t.lang}/{name}",
        auth_dependency=allow.name,
        theme=console_theme(),
        css_paths=[static_folder() / "console" / "console.css"],
        head=_HEAD.format(config=html.escape(config), base=base),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=True,
        max_file_size="4mb",
        enable_monitoring=False,
        pwa=False,
    )
    app: App = holder.routes[-1].app  # type: ignore[attr-defined]
    return app
