"""Reading the label sheets of micro-expression datasets, `.xlsx` or `.csv` of the same columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["LayoutError", "Row", "number", "plain_rows", "rows_of", "sheet"]

Row = Mapping[str, str]
"""Cells by column; names are as `plain` writes them."""
_SAME = {"sub": "subject", "seq": "filename"}
_NEEDED = {"subject", "filename", "onset", "apex", "offset"}


class LayoutError(ValueError):
    """A folder is not laid out as the dataset's description says."""


def sheet(dataset: str, root: Path, pattern: str) -> Path:
    """Return a label sheet, from the folder itself or one in it that is for labels.

    Args:
        dataset: Name for messages.
        root: Folder of the dataset.
        pattern: Name without ending, with wildcards; the last version is taken.

    Raises:
        LayoutError: There is none.
    """
    found = find(root, pattern)
    if found is None:
        raise LayoutError(f"{dataset}: {root} has no {pattern}.xlsx (or .csv)")
    return found


def find(root: Path, pattern: str) -> Path | None:
    """Return a label sheet, or None."""
    for folder in (root, *sorted(root.glob("*annotation*"))):
        for ending in ("xlsx", "csv"):
            names = [p for p in folder.glob(f"{pattern}.{ending}") if not p.name.startswith("~")]
            if names:
                return max(names)
    return None


def plain(name: str) -> str:
    """Return a column's name as all versions of a sheet agree on it.

    `Onset Frame`, `OnsetFrame` and `onset` are one column.
    """
    letters = re.sub(r"[^a-z]", "", name.lower()).removesuffix("frame")
    return _SAME.get(letters, letters)


def rows_of(path: Path, *more: str) -> list[Row]:
    """Return the labels below the header: the first row that names subject, onset and so on.

    Args:
        path: The file; the first of its sheets with such a row is read.
        more: Further columns that must be there.

    Raises:
        LayoutError: No sheet of the file has such a row, or none below it.
    """
    needed = _NEEDED | set(more)
    for cells in _sheets(path).values():
        rows = list(_below_header(cells, needed))
        if rows:
            return rows
    raise LayoutError(f"{path.name}: no rows below columns named {', '.join(sorted(needed))}")


def plain_rows(path: Path, name: str | None) -> list[list[str]]:
    """Return the rows of a sheet without a header.

    Args:
        path: The file.
        name: Name of the sheet, beside a `.csv` that of another `.csv`; None for the first.

    Raises:
        LayoutError: There is no such sheet.
    """
    if name is not None and path.suffix == ".csv":
        path, name = path.with_name(f"{name}.csv"), None
        if not path.is_file():
            raise LayoutError(f"{path.parent}: no {path.name}, which belongs to the labels")
    sheets = _sheets(path)
    chosen = next(iter(sheets)) if name is None else name
    if chosen not in sheets:
        raise LayoutError(f"{path.name}: no sheet named {chosen}, there are {', '.join(sheets)}")
    return [row for row in sheets[chosen] if any(row)]


def number(text: str) -> int | None:
    """Return a frame's number; None for what is no number above 0, as coders leave it out."""
    try:
        value = round(float(text))
    except ValueError:
        return None
    return value if value > 0 else None


def _below_header(cells: Sequence[Sequence[str]], needed: set[str]) -> Iterator[Row]:
    header: list[str] = []
    for row in cells:
        if header:
            label = dict(zip(header, row, strict=False))
            if label.get("subject") and label.get("filename"):
                yield label
        elif {plain(cell) for cell in row} >= needed:
            header = [plain(cell) for cell in row]


def _sheets(path: Path) -> dict[str, list[list[str]]]:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as file:
            return {path.stem: [[cell.strip() for cell in row] for row in csv.reader(file)]}
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise LayoutError(f"{path.name}: reading .xlsx needs `pip install openpyxl`") from error
    # A read-only book trusts the sheets' own statements of size, which are wrong in some.
    book: Any = load_workbook(path, data_only=True)
    return {
        page.title: [
            ["" if cell is None else str(cell).strip() for cell in row]
            for row in page.iter_rows(values_only=True)
        ]
        for page in book.worksheets
    }
