from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from facesign.biometrics.face.signals import CHANNELS

ROOT = Path(__file__).parents[2]
ENTRY = re.compile(r"^@\w+\{(?P<key>[^,]+),(?P<fields>.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = r"\b{}\s*=\s*\{{(.+)\}}"
PARAGRAPH = re.compile(r"Source: (?P<text>.*?)(?=\n\s*\n|\"\"\")", re.DOTALL)


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.split())


def entries() -> dict[str, tuple[str, str]]:
    """Key to the first author's surname and the year."""
    text = (ROOT / "docs" / "references.bib").read_text("utf-8")
    found = {}
    for entry in ENTRY.finditer(text):
        author, year = (
            re.search(FIELD.format(name), entry["fields"]) for name in ("author", "year")
        )
        assert author is not None, entry["key"]
        assert year is not None, entry["key"]
        found[entry["key"]] = (folded(author[1]).partition(",")[0], year[1])
    return found


def sources() -> Iterator[tuple[str, str]]:
    """Where the code names a source, and what it says there."""
    for folder in ("biometrics", "interview", "models", "samples"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for match in PARAGRAPH.finditer(path.read_text("utf-8")):
                yield path.name, folded(match["text"])


def test_every_source_of_the_table_is_in_the_references() -> None:
    used = {channel.source for channel in CHANNELS} - {"own"}
    assert used
    assert used <= set(entries())


def test_every_source_in_the_code_is_in_the_references() -> None:
    known = set(entries().values())
    for place, text in sources():
        for year in re.findall(r"\b(?:19|20)\d\d\b", text):
            assert any(name in text for name, of in known if of == year), (place, text)


def test_every_reference_is_a_source_of_the_code() -> None:
    texts = [text for _, text in sources()]
    for key, (name, year) in entries().items():
        assert any(name in text and year in text for text in texts), key
