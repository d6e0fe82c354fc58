"""The settings page: the bank's profile, models, operating points, scripts, users."""

from __future__ import annotations

from typing import Any

import gradio as gr

from facesign.errors import FacesignError
from facesign.interview.home import LANGUAGES, PROFILES
from facesign.interview.own_scripts import OwnScripts
from facesign.interview.settings_file import change_settings
from facesign.ui.console import settings_actions as actions
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import signed_in
from facesign.ui.console.texts import Texts
from facesign.ui.console.told import told
from facesign.ui.console.user_settings import user_settings
from facesign.ui.console.widgets import QUIET, note

__all__ = ["fill"]


def fill(desk: Desk, t: Texts, base: str, blocks: gr.Blocks) -> None:
    """Put the settings into the open Blocks."""
    gr.Markdown(f"## {t('settings.title')}")
    with gr.Tabs():
        with gr.Tab(t("settings.tab_general"), id="general"):
            _general(desk, t, blocks)
        with gr.Tab(t("settings.tab_models"), id="models"):
            _models(desk, t, blocks)
        with gr.Tab(t("settings.tab_points"), id="points") as points:
            _points(desk, t, points)
        with gr.Tab(t("settings.tab_scripts"), id="scripts"):
            _scripts(desk, t, blocks)
        with gr.Tab(t("settings.tab_users"), id="users", visible=False) as users:
            user_settings(desk, t, users)

    def for_admins(r: gr.Request) -> Any:
        return gr.update(visible=signed_in(r).role == "admin")

    blocks.load(for_admins, None, users, **QUIET)


def _general(desk: Desk, t: Texts, blocks: gr.Blocks) -> None:
    with gr.Row():
        profile = gr.Radio(
            t.choices("profiles", PROFILES),
            label=t("settings.profile"),
            info=t("settings.profile_info"),
            elem_id="profile",
        )
        lang = gr.Radio(
            t.choices("languages", LANGUAGES),
            label=t("settings.language"),
            info=t("settings.language_info"),
            elem_id="lang",
        )
    save = gr.Button(t("settings.save"), variant="primary", visible=False, elem_id="save-general")
    said = note("general-said", t)
    gr.Markdown(t("settings.theme_info"))

    def on_load(r: gr.Request) -> tuple[Any, ...]:
        may = signed_in(r).role == "admin"
        settings = desk.home.settings()
        line = "" if may else t("settings.admins_only")
        return (
            gr.update(value=settings.profile, interactive=may),
            gr.update(value=settings.lang, interactive=may),
            gr.update(visible=may),
            line,
        )

    def on_save(profile: str, lang: str, r: gr.Request) -> str:
        signed_in(r, "admin")
        try:
            change_settings(desk.home, profile=profile, lang=lang)
        except FacesignError as error:
            return told(error, t)
        return t("settings.saved")

    blocks.load(on_load, None, [profile, lang, save, said], **QUIET)
    save.click(on_save, [profile, lang], said, **QUIET)


def _models(desk: Desk, t: Texts, blocks: gr.Blocks) -> None:
    said = gr.Markdown()
    table = gr.Dataframe(
        headers=t.columns("settings.model_columns"),
        datatype="str",
        interactive=False,
        buttons=[],
        wrap=True,
        column_widths=["20%", "36%", "14%", "16%", "14%"],
        show_label=False,
    )

    def on_load(r: gr.Request) -> tuple[str, Any]:
        signed_in(r)
        return actions.provider_line(desk, t), actions.model_rows(desk, t)

    blocks.load(on_load, None, [said, table], **QUIET)


def _points(desk: Desk, t: Texts, tab: gr.Tab) -> None:
    gr.Markdown(t("settings.points_about"))
    table = gr.Dataframe(
        headers=t.columns("settings.point_columns"),
        datatype="str",
        interactive=False,
        buttons=[],
        wrap=True,
        column_widths=["10%", "9%", "15%", "15%", "12%", "19%", "20%"],
        show_label=False,
    )

    def on_open(r: gr.Request) -> Any:
        signed_in(r)
        return actions.point_rows(desk, t)

    tab.select(on_open, None, table, **QUIET)


def _scripts(desk: Desk, t: Texts, blocks: gr.Blocks) -> None:
    scripts = OwnScripts(desk.home)
    with gr.Row():
        chosen = gr.Dropdown(label=t("settings.script"), choices=[], elem_id="script")
        said = note("script-said", t)
    text = gr.Code(language="yaml", label=t("settings.script_text"), lines=24, max_lines=24)
    with gr.Row():
        check = gr.Button(t("settings.check"), elem_id="check-script")
        save = gr.Button(
            t("settings.save_script"), variant="primary", visible=False, elem_id="save-script"
        )

    def on_load(r: gr.Request) -> tuple[Any, ...]:
        who = signed_in(r)
        ids = list(scripts.ids())
        return (
            gr.update(choices=ids, value=ids[0]),
            scripts.text(ids[0]),
            gr.update(visible=who.role == "admin"),
        )

    def on_choose(script_id: str, r: gr.Request) -> tuple[str, str]:
        signed_in(r)
        origin = "settings.own_script" if scripts.is_own(script_id) else "settings.shipped_script"
        return scripts.text(script_id), t(origin)

    def on_check(text: str, r: gr.Request) -> str:
        signed_in(r)
        return _checked(text, save=False)

    def on_save(text: str, r: gr.Request) -> tuple[str, Any]:
        signed_in(r, "admin")
        return _checked(text, save=True), gr.update(choices=list(scripts.ids()))

    def _checked(text: str, *, save: bool) -> str:
        try:
            return actions.script_summary(t, scripts, text, save=save)
        except FacesignError as error:
            return told(error, t)

    blocks.load(on_load, None, [chosen, text, save], **QUIET)
    chosen.input(on_choose, chosen, [text, said], **QUIET)
    check.click(on_check, text, said, **QUIET)
    save.click(on_save, text, [said, chosen], **QUIET)
