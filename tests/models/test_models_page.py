from __future__ import annotations

from pathlib import Path

from facesign.models.page import main, models_page
from facesign.models.registry import cards

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def test_the_docs_page_is_the_registry() -> None:
    assert PAGE.read_text("utf-8") == models_page(cards()), (
        "run: python -m facesign.models.page docs/models.md"
    )


def test_the_page_names_every_file_hash_and_licence(tmp_path: Path) -> None:
    main(tmp_path / "models.md")
    text = (tmp_path / "models.md").read_text("utf-8")
    for entry in cards():
        for value in (f"## {entry.name}", entry.sha256, entry.licence, entry.source):
            assert value in text
