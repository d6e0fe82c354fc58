"""Changing `config.toml` without losing what else stands in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from facesign.errors import SettingsError
from facesign.interview.home import Home, Settings
from facesign.models.atomic import locked, replace_file

__all__ = ["change_settings"]

_CHANGEABLE = ("profile", "lang", "provider")


def change_settings(home: Home, **changes: str) -> Settings:
    """Set settings that hold one word, keeping comments and other lines.

    Args:
        home: The home folder.
        changes: New values of `profile`, `lang` or `provider`.

    Raises:
        SettingsError: a value is not allowed, or the file cannot be read.
        OutputError: it cannot be written.
    """
    for name in changes:
        if name not in _CHANGEABLE:
            raise SettingsError(f"{name} is not changed here; {', '.join(_CHANGEABLE)} are")
    home.make(home.root)
    with locked(home.root):
        after = replace(home.settings(), **changes)  # type: ignore[arg-type]
        text = home.config.read_text("utf-8") if home.config.exists() else ""
        for name, value in changes.items():
            text = _with(text, name, value)
        replace_file(home.config, text.encode())
    return after


def _with(text: str, name: str, value: str) -> str:
    line = f"{name} = {json.dumps(value)}"
    # Only lines before the first table are settings of the file itself.
    first_table = re.search(r"^\s*\[", text, re.MULTILINE)
    cut = first_table.start() if first_table else len(text)
    head, rest = text[:cut], text[cut:]
    setting = re.compile(rf"^[ \t]*{re.escape(name)}[ \t]*=.*$", re.MULTILINE)
    if setting.search(head):
        return setting.sub(lambda _: line, head, count=1) + rest
    joint = "" if not head or head.endswith("\n") else "\n"
    return f"{head}{joint}{line}\n{rest}"
