"""The words of the report page, in English and Chinese, by section and code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

__all__ = ["Lang", "Texts", "load_texts"]

Lang: TypeAlias = Literal["en", "zh"]


class Texts:
    """The words of one language; a code without a text is shown as it is."""

    def __init__(self, lang: Lang, sections: Mapping[str, Mapping[str, str]]) -> None:
        self.lang: Lang = lang
        self._sections = sections

    def __call__(self, section: str, code: str, **values: object) -> str:
        """Return the text of a code with its placeholders filled in."""
        text = self.raw(section, code)
        return text.format(**values) if self.has(section, code) else text

    def raw(self, section: str, code: str) -> str:
        """Return the text of a code with its placeholders left open."""
        shown = code.replace("not_assessed", "not assessed")
        return self._sections.get(section, {}).get(code, shown)

    def has(self, section: str, code: str) -> bool:
        """Tell whether a code has a text of its own."""
        return code in self._sections.get(section, {})

    def join(self, parts: Iterable[str]) -> str:
        """Join words into a list as the language does."""
        return self("page", "list_join").join(parts)

    def either(self, both: Mapping[str, str]) -> str:
        """Return a script's text in this language, or in the other where it is empty."""
        return both.get(self.lang) or both.get("zh" if self.lang == "en" else "en", "")

    def keys(self) -> frozenset[tuple[str, str]]:
        """Return every section and code that has a text."""
        return frozenset(
            (name, code) for name, section in self._sections.items() for code in section
        )

    def values(self) -> Iterable[str]:
        """Return every text."""
        return (text for section in self._sections.values() for text in section.values())


@cache
def load_texts(lang: Lang) -> Texts:
    """Read the words of one language."""
    source = files("facesign.interview.page") / "templates" / f"text.{lang}.toml"
    return Texts(lang, tomllib.loads(source.read_text(encoding="utf-8")))
