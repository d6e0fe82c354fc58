"""The page of registered models in docs/, written from the registry."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from facesign.models.registry import ModelCard, cards

__all__ = ["main", "models_page"]

_HEAD = """\
# Models

facesign runs the weights files below and no others; each is found, hashed and compared with
`models/registry.toml` before use. `facesign models verify` does the same by hand. A file is
looked for in three places: the path that the caller gives, `models/` in the home folder, the
installed package. A copy in the home folder that is not the registered file is an error: it
is never skipped in favour of the package's.

This page is written by `python -m facesign.models.page docs/models.md`.
"""


def models_page(entries: Sequence[ModelCard]) -> str:
    """Write the page of models in Markdown, one section a card."""
    return "\n".join([_HEAD, *(_section(entry) for entry in entries)])


def main(target: Path) -> None:
    """Write the page of the installed registry to a file."""
    target.write_text(models_page(cards()), "utf-8")


def _section(entry: ModelCard) -> str:
    own = "not shipped" if entry.optional else "facesign"
    carrier = own if entry.requirement is None else f"`{entry.requirement}`"
    rows = [
        ("file", f"`{entry.file}` ({entry.kind})"),
        ("comes with", carrier + (", optional" if entry.optional else "")),
        ("sha256", f"`{entry.sha256}`" + (f" of `{made}`" if (made := entry.made_from) else "")),
        ("licence", entry.licence),
        ("source", entry.source),
        *(("input", f"`{line}`") for line in entry.input),
        *(("output", f"`{line}`") for line in entry.output),
        ("trained on", entry.trained_on),
        ("used for", entry.used_for),
    ]
    table = "".join(f"| {label} | {text} |\n" for label, text in rows)
    return f"## {entry.name}\n\n| | |\n| --- | --- |\n{table}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
