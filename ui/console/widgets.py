"""Places in a Gradio page that our own scripts fill: the player, the recorder, the live view."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from facesign.ui.console.texts import Texts

__all__ = ["QUIET", "note", "widget"]

QUIET: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "concurrency_limit": None,
}
"""How events are wired: no public interface, no spinner, nobody waits for another officer."""

_LOAD = """
const props_ = props;
import(%(module)s).then((module) => module.mount(element, {
  props: props_, trigger, watch, base: %(base)s, lang: %(lang)s,
}));
"""


def widget(
    script: str,
    t: Texts,
    base: str,
    *,
    value: Any = None,
    elem_id: str,
    events: tuple[str, ...] = (),
) -> gr.HTML:
    """Make a place that `ui/static/console/<script>.js` fills through its `mount`.

    Args:
        script: Name of the module.
        t: Texts of the page's language.
        base: Path below which the console is served.
        value: What the module gets at first, and is told of when it changes.
        elem_id: Id of the place.
        events: Names of the events that the module may trigger.
    """
    values = {
        "module": json.dumps(f"{base}/static/console/{script}.js"),
        "base": json.dumps(base),
        "lang": json.dumps(t.lang),
    }
    # Gradio takes for an event whatever stands in the script between quotes.
    listed = "".join(f'"{name}";' for name in events)
    return gr.HTML(
        value=value,
        html_template="<div class='fs-place'></div>",
        js_on_load=_LOAD % values + listed,
        apply_default_css=False,
        elem_id=elem_id,
        container=False,
        padding=False,
    )


def note(elem_id: str, t: Texts) -> gr.Textbox:
    """Make a place where an action says how it went, read out by screen readers."""
    return gr.Textbox(
        label=t("words.message"),
        show_label=False,
        container=True,
        interactive=False,
        placeholder=" ",  # what is empty is hidden, see console.css
        lines=1,
        max_lines=12,
        elem_id=elem_id,
        elem_classes=["fs-note"],
    )
