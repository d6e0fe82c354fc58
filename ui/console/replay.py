"""The replay page: find a recorded interview, see it beside what was found in it, judge."""

from __future__ import annotations

from typing import Any

import gradio as gr

from facesign.errors import FacesignError
from facesign.ui.console import replay_actions as actions
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import signed_in
from facesign.ui.console.texts import Texts
from facesign.ui.console.told import told
from facesign.ui.console.widgets import QUIET, note, widget

__all__ = ["fill"]

WIDTHS: list[int | str] = ["13%", "18%", "14%", "8%", "18%", "7%", "9%", "13%"]
LONGEST_SHOWN = 30
"""Characters of a cell, so that a long number pushes no column off the page."""


def fill(desk: Desk, t: Texts, base: str, blocks: gr.Blocks) -> None:
    """Put the list and the player into the open Blocks."""
    with gr.Column(elem_id="case-list", elem_classes=["fs-list"]):
        gr.Markdown(f"## {t('replay.title')}")
        with gr.Row(equal_height=True):
            filters = _filters(desk, t)
        find = gr.Button(t("replay.find"), variant="primary", scale=0, elem_id="find")
        said = note("replay-said", t)
        table = gr.Dataframe(
            headers=t.columns("replay.columns"),
            datatype="str",
            interactive=False,
            buttons=[],
            show_label=False,
            max_height=420,
            column_widths=WIDTHS,
            max_chars=LONGEST_SHOWN,
            elem_id="cases",
        )
        ids = gr.State([])
    player = widget("player", t, base, value="", elem_id="player")

    def on_find(
        since: str,
        until: str,
        officer: str,
        customer: str,
        outcome: str,
        flag: str,
        r: gr.Request,
    ) -> tuple[Any, ...]:
        who = signed_in(r, "officer", "analyst")
        try:
            sessions = actions.found(
                desk,
                who,
                since=since or "",
                until=until or "",
                officer=officer or "",
                customer=customer or "",
                outcome=outcome or "",
                flag=flag or "",
            )
        except FacesignError as error:
            return gr.update(), [], told(error, t)
        line = "" if sessions else t("replay.none")
        return actions.session_rows(t, sessions), [one.session_id for one in sessions], line

    def on_choose(ids: list[str], chosen: gr.SelectData) -> str:
        row: int = chosen.index[0]
        return ids[row]

    find.click(on_find, filters, [table, ids, said], **QUIET)
    blocks.load(on_find, filters, [table, ids, said], **QUIET)
    table.select(on_choose, ids, player, **QUIET)


def _filters(desk: Desk, t: Texts) -> list[Any]:
    every = (t("replay.any"), "")
    return [
        gr.Textbox(label=t("replay.since"), placeholder="2026-11-01", max_lines=1, min_width=120),
        gr.Textbox(label=t("replay.until"), placeholder="2026-11-30", max_lines=1, min_width=120),
        gr.Textbox(label=t("replay.officer"), max_lines=1, min_width=120),
        gr.Textbox(label=t("words.customer"), max_lines=1, min_width=120),
        gr.Dropdown(
            [every, *t.choices("outcomes", actions.OUTCOMES)],
            value="",
            label=t("replay.outcome"),
            min_width=140,
        ),
        gr.Dropdown(
            [every, *actions.flag_choices(t.lang)], value="", label=t("replay.flag"), min_width=160
        ),
    ]
