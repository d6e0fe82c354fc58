"""The interview page: plan it, lead it, decide."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import gradio as gr

from facesign.errors import FacesignError
from facesign.interview.archive.entries import DECISIONS
from facesign.interview.home import LANGUAGES
from facesign.interview.live.session import LiveSession
from facesign.interview.own_scripts import OwnScripts
from facesign.ui.console import interview_actions as actions
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import SignedIn, signed_in
from facesign.ui.console.texts import Texts, as_language
from facesign.ui.console.told import told
from facesign.ui.console.widgets import QUIET, note, widget

__all__ = ["fill"]

BUTTONS = ("next", "asked", "skip", "mark", "pause", "identity_only")
DONE = "() => { document.dispatchEvent(new Event('fs-done')); return []; }"
EVENTS = ("consent", "withdraw", "ask", "evidence", "break_off", "invite", "leave")


def fill(desk: Desk, t: Texts, base: str, blocks: gr.Blocks) -> None:
    """Put the plan, the live view and the decision into the open Blocks."""
    session_id = gr.State("")
    with gr.Column(elem_id="plan", elem_classes=["fs-stage"]):
        # Without TLS no phone can join, see join_links.py.
        away = desk.reach.secure or desk.reach.public_url is not None
        form = _plan(t, "away" if away else "here")
        create = gr.Button(t("interview.create"), variant="primary", elem_id="create")
    live = widget("live", t, base, value="", elem_id="live", events=EVENTS)
    with gr.Column(elem_id="review", elem_classes=["fs-stage"]):
        decision, reason, decide = _review(t)
    with gr.Column(elem_id="actions", elem_classes=["fs-stage"]):
        with gr.Row(equal_height=True):
            buttons = {
                name: gr.Button(
                    t(f"interview.{name}"),
                    variant="primary" if name == "next" else "secondary",
                    size="md",
                    min_width=96,
                    elem_id=f"do-{name}",
                )
                for name in BUTTONS
            }
            text = gr.Textbox(
                show_label=False,
                container=False,
                placeholder=t("interview.note_hint"),
                max_lines=1,
                scale=3,
                min_width=160,
                elem_id="note",
            )
            end = gr.Button(t("interview.end"), size="md", min_width=96, elem_id="do-end")
    said = note("interview-said", t)

    def on_load(r: gr.Request) -> tuple[Any, ...]:
        who = signed_in(r, "officer")
        scripts = list(OwnScripts(desk.home).ids())
        chosen = next((one for one in scripts if one.endswith(t.lang)), scripts[0])
        found = actions.running(desk, who)
        begun = _begin(desk, r, found[0]) if found else ""
        return (
            gr.update(choices=scripts, value=chosen),
            found[0].session_id if found else "",
            begun,
        )

    def on_create(
        customer: str,
        reference: str,
        lang: Any,
        script: str,
        others: list[str],
        where: str,
        r: gr.Request,
    ) -> tuple[str, str, str]:
        who = signed_in(r, "officer")
        try:
            session = actions.create(
                desk,
                who,
                customer=customer,
                external_ref=reference,
                lang=lang,
                script=script,
                participants=others,
                here=where == "here",
            )
        except FacesignError as error:
            return "", "", told(error, t)
        return session.session_id, _begin(desk, r, session), ""

    def doing(action: str) -> Callable[[str, str, gr.Request], str]:
        def on_click(session_id: str, text: str, r: gr.Request) -> str:
            return _said(r, t, lambda who: actions.act(desk, who, session_id, action, text))

        return on_click

    def on_note(session_id: str, text: str, r: gr.Request) -> tuple[str, str]:
        line = _said(r, t, lambda who: actions.act(desk, who, session_id, "note", text))
        return (text, line) if line else ("", "")

    def on_ask(session_id: str, event: gr.EventData, r: gr.Request) -> str:
        wanted = str(event._data["question"])
        return _said(r, t, lambda who: actions.act(desk, who, session_id, "ask", wanted))

    def on_consent(session_id: str, event: gr.EventData, r: gr.Request) -> str:
        given = {str(name): value is True for name, value in event._data["purposes"].items()}
        lang = as_language(event._data["lang"], t.lang)
        return _said(r, t, lambda who: actions.consent(desk, who, session_id, given, lang))

    def on_withdraw(session_id: str, event: gr.EventData, r: gr.Request) -> str:
        purpose = str(event._data["purpose"])
        return _said(r, t, lambda who: actions.withdraw(desk, who, session_id, purpose))

    def on_evidence(session_id: str, event: gr.EventData, r: gr.Request) -> str:
        return _said(r, t, lambda who: actions.add_evidence(desk, who, session_id, event._data, t))

    def on_break_off(session_id: str, event: gr.EventData, r: gr.Request) -> str:
        return _said(r, t, lambda who: actions.break_off(desk, who, session_id, event._data, t))

    def on_invite(session_id: str, r: gr.Request) -> tuple[Any, str]:
        who = signed_in(r, "officer")
        try:
            session = actions.own(desk, who, session_id)
            return _begin(desk, r, session, anew=True), ""
        except FacesignError as error:
            return gr.update(), told(error, t)

    def on_decide(session_id: str, decision: str | None, reason: str, r: gr.Request) -> str:
        return _said(
            r, t, lambda who: actions.decide(desk, who, session_id, decision, reason or "", t)
        )

    def on_leave(r: gr.Request) -> tuple[str, str, str, None, str]:
        signed_in(r, "officer")
        return "", "", "", None, ""

    def in_order(event: Any) -> None:
        """Let the page do what comes next, see in_order.js."""
        event.then(None, None, None, js=DONE, **QUIET)

    blocks.load(on_load, None, [form[3], session_id, live], **QUIET)
    create.click(on_create, form, [session_id, live, said], **QUIET)
    for name, button in buttons.items():
        in_order(button.click(doing(name), [session_id, text], said, **QUIET))
    in_order(end.click(doing("end"), [session_id, text], said, **QUIET))
    text.submit(on_note, [session_id, text], [text, said], **QUIET)
    in_order(live.ask(on_ask, session_id, said, **QUIET))
    in_order(live.consent(on_consent, session_id, said, **QUIET))
    in_order(live.withdraw(on_withdraw, session_id, said, **QUIET))
    in_order(live.evidence(on_evidence, session_id, said, **QUIET))
    in_order(live.break_off(on_break_off, session_id, said, **QUIET))
    live.invite(on_invite, session_id, [live, said], **QUIET)
    live.leave(on_leave, None, [session_id, live, said, decision, reason], **QUIET)
    decide.click(on_decide, [session_id, decision, reason], said, **QUIET)


def _plan(t: Texts, usual: str) -> list[Any]:
    gr.Markdown(f"## {t('interview.plan')}\n{t('interview.plan_about')}")
    with gr.Row():
        customer = gr.Textbox(label=t("words.customer"), max_lines=1, elem_id="plan-customer")
        reference = gr.Textbox(label=t("words.reference"), max_lines=1, elem_id="plan-reference")
    with gr.Row():
        lang = gr.Radio(
            t.choices("languages", LANGUAGES), value=t.lang, label=t("interview.applicant_lang")
        )
        script = gr.Dropdown(choices=[], label=t("settings.script"), elem_id="plan-script")
    others = gr.CheckboxGroup(
        t.choices("participants", actions.OTHERS), label=t("interview.participants")
    )
    where = gr.Radio(
        t.choices("where", ("away", "here")),
        value=usual,
        label=t("interview.where"),
        elem_id="plan-where",
    )
    return [customer, reference, lang, script, others, where]


def _review(t: Texts) -> tuple[gr.Radio, gr.Textbox, gr.Button]:
    gr.Markdown(t("interview.decision_about"))
    decision = gr.Radio(
        t.choices("decisions", DECISIONS), label=t("interview.decision"), elem_id="decision"
    )
    reason = gr.Textbox(label=t("interview.reason"), lines=2, elem_id="reason")
    decide = gr.Button(t("interview.decide"), variant="primary", elem_id="decide")
    return decision, reason, decide


def _begin(desk: Desk, request: gr.Request, session: LiveSession, *, anew: bool = False) -> str:
    host = str(dict(request.headers).get("host", "")) if request is not None else ""
    return json.dumps(actions.view_of(desk, session, host, anew=anew), ensure_ascii=False)


def _said(request: gr.Request, t: Texts, act: Callable[[SignedIn], None]) -> str:
    who = signed_in(request, "officer")
    try:
        act(who)
    except FacesignError as error:
        return told(error, t)
    return ""
