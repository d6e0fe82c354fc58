"""The words of the console in both languages, read from `ui/locales`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from facesign.interview.home import LANGUAGES, Language

__all__ = ["Texts", "as_language", "texts"]


class Texts:
    """Texts of one language by dotted name, such as `enroll.title`."""

    def __init__(self, lang: Language, table: dict[str, Any]) -> None:
        self.lang: Language = lang
        self.flat: dict[str, str] = dict(_flattened(table))
        """Every text by its dotted name."""

    def __call__(self, name: str, /, **values: object) -> str:
        """Return a text, with its `{places}` filled in.

        Raises:
            KeyError: there is no such text.
        """
        text = self.flat[name]
        return text.format(**values) if values else text

    def of(self, group: str, code: str) -> str:
        """Return the word for a code, such as a reason; the code itself where there is none."""
        return self.flat.get(f"{group}.{code}", code)

    def columns(self, name: str) -> list[str]:
        """Return a text that lists words, such as the columns of a table, as a list."""
        return [word.strip() for word in self(name).split("|")]

    def choices(self, group: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return words and codes, as Gradio's choices take them."""
        return [(self.of(group, code), code) for code in codes]


@cache
def texts(lang: Language) -> Texts:
    """Return the texts of a language."""
    source = files("facesign.ui").joinpath("locales", f"{lang}.toml")
    return Texts(lang, tomllib.loads(source.read_text("utf-8")))


def as_language(text: str | None, otherwise: Language) -> Language:
    """Read a language from a cookie, a path or a header; another where it is none of ours."""
    wanted = (text or "").strip().lower()[:2]
    for lang in LANGUAGES:
        if lang == wanted:
            return lang
    return otherwise


def _flattened(table: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _flattened(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", str(value)))
    return found
