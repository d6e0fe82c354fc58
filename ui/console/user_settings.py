"""Users and roles, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from facesign.errors import FacesignError
from facesign.interview.archive.users import LEAST_PASSWORD, ROLES
from facesign.ui.console.desk import Desk
from facesign.ui.console.guard import signed_in
from facesign.ui.console.settings_actions import user_rows
from facesign.ui.console.texts import Texts
from facesign.ui.console.told import told
from facesign.ui.console.widgets import QUIET, note

__all__ = ["user_settings"]


def user_settings(desk: Desk, t: Texts, tab: gr.Tab) -> None:
    """Put the users into the open tab."""
    table = gr.Dataframe(
        headers=t.columns("settings.user_columns"),
        datatype="str",
        interactive=False,
        buttons=[],
        column_widths=["40%", "22%", "18%", "20%"],
        show_label=False,
        elem_id="users",
    )
    with gr.Row(equal_height=True):
        name = gr.Textbox(label=t("door.name"), max_lines=1, elem_id="user-name")
        role = gr.Dropdown(
            t.choices("roles", ROLES), value="officer", label=t("settings.role"), elem_id="role"
        )
        password = gr.Textbox(
            label=t("door.new_password", least=LEAST_PASSWORD),
            type="password",
            max_lines=1,
            elem_id="user-password",
        )
    with gr.Row():
        add = gr.Button(t("settings.add_user"), variant="primary", elem_id="add-user")
        change = gr.Button(t("settings.change_role"), elem_id="change-role")
        renew = gr.Button(t("settings.change_password"), elem_id="change-password")
        disable = gr.Button(t("settings.disable"), elem_id="disable-user")
        enable = gr.Button(t("settings.enable"), elem_id="enable-user")
    said = note("users-said", t)
    users = desk.users

    def acted(r: gr.Request, act: Callable[[], object], line: str) -> tuple[Any, str, str]:
        signed_in(r, "admin")
        try:
            act()
        except FacesignError as error:
            return gr.update(), told(error, t), ""
        return user_rows(users, t), line, ""

    def on_open(r: gr.Request) -> Any:
        signed_in(r, "admin")
        return user_rows(users, t)

    def on_add(name: str, role: str, password: str, r: gr.Request) -> tuple[Any, str, str]:
        return acted(
            r,
            lambda: users.add(name, role=role, password=password),
            t("settings.user_added", name=name),
        )

    def on_role(name: str, role: str, r: gr.Request) -> tuple[Any, str, str]:
        return acted(r, lambda: users.set_role(name, role), t("settings.role_changed", name=name))

    def on_password(name: str, password: str, r: gr.Request) -> tuple[Any, str, str]:
        return acted(
            r,
            lambda: users.set_password(name, password),
            t("settings.password_changed", name=name),
        )

    def on_disable(name: str, r: gr.Request) -> tuple[Any, str, str]:
        return acted(r, lambda: users.disable(name), t("settings.user_disabled", name=name))

    def on_enable(name: str, r: gr.Request) -> tuple[Any, str, str]:
        return acted(
            r, lambda: users.disable(name, disabled=False), t("settings.user_enabled", name=name)
        )

    outputs = [table, said, password]
    tab.select(on_open, None, table, **QUIET)
    add.click(on_add, [name, role, password], outputs, **QUIET)
    change.click(on_role, [name, role], outputs, **QUIET)
    renew.click(on_password, [name, password], outputs, **QUIET)
    disable.click(on_disable, name, outputs, **QUIET)
    enable.click(on_enable, name, outputs, **QUIET)
