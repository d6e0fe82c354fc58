"""The enrollment desk: record a voice, enroll, confirm, verify, look back, revoke."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr

from facesign.biometrics.gallery.purposes import CUSTOMER_PURPOSES
from facesign.errors import FacesignError
from facesign.ui.console import enrollment_actions as actions
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import SignedIn, signed_in
from facesign.ui.console.texts import Texts
from facesign.ui.console.told import told
from facesign.ui.console.widgets import QUIET, note, widget

__all__ = ["fill"]

MANNERS = ("new", "add", "replace")


def fill(desk: Desk, t: Texts, base: str, blocks: gr.Blocks) -> None:
    """Put the enrollment desk into the open Blocks."""
    gr.Markdown(f"## {t('enroll.title')}\n{t('enroll.about')}")
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=380):
            widget("recorder", t, base, elem_id="recorder")
        with gr.Column(scale=6, min_width=420):
            customer = gr.Textbox(label=t("words.customer"), max_lines=1, elem_id="customer")
            with gr.Tabs():
                with gr.Tab(t("enroll.tab_verify"), id="verify"):
                    _verify_tab(desk, t, customer)
                with gr.Tab(t("enroll.tab_enroll"), id="enroll"):
                    _enroll_tab(desk, t, customer)
                with gr.Tab(t("enroll.tab_history"), id="history"):
                    _history_tab(desk, t, customer)
                with gr.Tab(t("enroll.tab_revoke"), id="revoke"):
                    _revoke_tab(desk, t, customer)


def _enroll_tab(desk: Desk, t: Texts, customer: gr.Textbox) -> None:
    manner = gr.Radio(t.choices("enroll_manner", MANNERS), value="new", label=t("enroll.manner"))
    with gr.Row():
        proof = gr.Textbox(
            label=t("enroll.proof"), placeholder=t("enroll.proof_hint"), elem_id="proof"
        )
        record = gr.Textbox(
            label=t("enroll.record"), placeholder=t("enroll.record_hint"), elem_id="record"
        )
    purposes = gr.CheckboxGroup(
        t.choices("purposes", CUSTOMER_PURPOSES),
        value=list(CUSTOMER_PURPOSES),
        label=t("enroll.purposes"),
    )
    with gr.Row():
        enroll = gr.Button(t("enroll.enroll"), variant="primary", elem_id="enroll")
        confirm = gr.Button(t("enroll.confirm"), elem_id="confirm")
    said = note("enroll-said", t)

    def on_enroll(
        customer: str, manner: str, proof: str, record: str, purposes: list[str], r: gr.Request
    ) -> str:
        def act(who: SignedIn) -> str:
            made = actions.enroll(
                desk,
                who.key,
                customer,
                identity_proof=proof,
                record=record,
                purposes=purposes,
                manner=manner,
            )
            return actions.enrollment_line(t, made)

        return _said(r, t, act)

    def on_confirm(customer: str, proof: str, record: str, r: gr.Request) -> str:
        def act(who: SignedIn) -> str:
            n = actions.confirm(desk, customer, by=who.name, identity_proof=proof, record=record)
            return actions.confirmation_line(t, n)

        return _said(r, t, act)

    enroll.click(on_enroll, [customer, manner, proof, record, purposes], said, **QUIET).then(
        None, js="() => document.dispatchEvent(new Event('facesign-takes'))"
    )
    confirm.click(on_confirm, [customer, proof, record], said, **QUIET)


def _verify_tab(desk: Desk, t: Texts, customer: gr.Textbox) -> None:
    gr.Markdown(t("enroll.verify_about"))
    verify = gr.Button(t("enroll.verify"), variant="primary", elem_id="verify")
    said = note("verify-said", t)

    def on_verify(customer: str, r: gr.Request) -> str:
        return _said(
            r,
            t,
            lambda who: "\n".join(
                actions.verification_lines(t, actions.verify(desk, who.key, customer))
            ),
        )

    verify.click(on_verify, customer, said, **QUIET)


def _history_tab(desk: Desk, t: Texts, customer: gr.Textbox) -> None:
    show = gr.Button(t("enroll.show_history"), elem_id="show-history")
    said = note("history-said", t)
    table = gr.Dataframe(
        headers=[t("enroll.when"), t("enroll.what"), t("enroll.details")],
        datatype="str",
        interactive=False,
        buttons=[],
        wrap=True,
        visible=False,
        column_widths=["22%", "24%", "54%"],
        elem_id="history",
    )

    def on_show(customer: str, r: gr.Request) -> tuple[str, object]:
        signed_in(r, "officer")
        try:
            rows = actions.history_rows(t, desk.prints.history(customer.strip()))
        except FacesignError as error:
            return told(error, t), gr.update(visible=False)
        return "", gr.update(value=rows, visible=True)

    show.click(on_show, customer, [said, table], **QUIET)


def _revoke_tab(desk: Desk, t: Texts, customer: gr.Textbox) -> None:
    gr.Markdown(t("enroll.revoke_about"))
    because = gr.Textbox(label=t("enroll.because_label"), value=t("enroll.because_default"))
    sure = gr.Checkbox(label=t("enroll.sure"), elem_id="sure")
    revoke = gr.Button(t("enroll.revoke"), variant="stop", elem_id="revoke")
    said = note("revoke-said", t)

    def on_revoke(customer: str, because: str, sure: bool, r: gr.Request) -> tuple[str, bool]:
        if not sure:
            return t("enroll.not_sure"), False
        line = _said(
            r, t, lambda who: t("enroll.revoked", n=actions.revoke(desk, customer, because))
        )
        return line, False

    revoke.click(on_revoke, [customer, because, sure], [said, sure], **QUIET)


def _said(request: gr.Request, t: Texts, act: Callable[[SignedIn], str]) -> str:
    who = signed_in(request, "officer")
    try:
        return act(who)
    except FacesignError as error:
        return told(error, t)
