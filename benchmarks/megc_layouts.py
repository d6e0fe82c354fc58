"""Where CASME II, SAMM, SAMM Long Videos, CAS(ME)2 and CAS(ME)3 keep frames and labels.

The layouts are those that the datasets' own descriptions give; nobody here holds the data, so
they were tried on folders that mimic them. Sheets may be the .xlsx that comes with a dataset or
a .csv of the same columns and name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

__all__ = ["LAYOUTS", "Clip", "Labelled", "Layout", "LayoutError", "read_clips"]

Kind = Literal["micro", "macro"]
Row = Mapping[str, str]


class LayoutError(ValueError):
    """A folder is not laid out as the dataset's description says."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One expression that the dataset's coders marked, in frame numbers."""

    onset: int
    apex: int
    offset: int
    kind: Kind
    megc_class: str | None
    """`positive`, `negative` or `surprise` as in MEGC 2019; None for other labels."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Consecutive frames of one subject."""

    dataset: str
    subject: str
    name: str
    rate_hz: float
    frames: tuple[Path, ...]
    first: int
    """Number of the first frame, as labels count."""
    labels: tuple[Labelled, ...]

    def seconds(self, number: int) -> float:
        """Return the time of a frame number."""
        return (number - self.first) / self.rate_hz

    def spans(self, kind: Kind) -> list[tuple[float, float]]:
        """Return onset and offset of the expressions of a kind, in seconds."""
        return [
            (self.seconds(one.onset), self.seconds(one.offset))
            for one in self.labels
            if one.kind == kind
        ]


@dataclass(frozen=True, slots=True)
class Layout:
    """What is where in one dataset."""

    name: str
    rate_hz: float
    is_long: bool
    sheets: tuple[str, ...]
    """Names of the label sheets without ending; the first that is there is read."""
    columns: Sequence[str]
    """Columns by position where the sheet has no header; empty where it has one."""
    subject: Callable[[Row], str]
    folder: Callable[[Row], str]
    """Folder of the frames, from the dataset's root; may hold wildcards."""
    onset: str
    apex: str
    offset: str
    kind: Callable[[Row], Kind]
    emotion: str


CLASS_OF = {
    "happiness": "positive",
    "happy": "positive",
    "positive": "positive",
    "surprise": "surprise",
    **dict.fromkeys(
        ("disgust", "repression", "anger", "contempt", "fear", "sadness", "sad", "negative"),
        "negative",
    ),
}
"""As MEGC 2019 grouped them; `others`, `other` and blanks have no class."""


def _three(text: str) -> str:
    return f"{int(float(text)):03}"


LAYOUTS: Mapping[str, Layout] = {
    "casme2": Layout(
        name="CASME II",
        rate_hz=200.0,
        is_long=False,
        sheets=("CASME2-coding-20140508", "CASME2-coding-20190701"),
        columns=(),
        subject=lambda r: f"sub{int(float(r['Subject'])):02}",
        folder=lambda r: f"*/sub{int(float(r['Subject'])):02}/{r['Filename']}",
        onset="OnsetFrame",
        apex="ApexFrame",
        offset="OffsetFrame",
        kind=lambda _: "micro",
        emotion="Estimated Emotion",
    ),
    "samm": Layout(
        name="SAMM",
        rate_hz=200.0,
        is_long=False,
        sheets=("SAMM_Micro_FACS_Codes_v2",),
        columns=(),
        subject=lambda r: _three(r["Subject"]),
        folder=lambda r: f"{_three(r['Subject'])}/{r['Filename']}",
        onset="Onset Frame",
        apex="Apex Frame",
        offset="Offset Frame",
        kind=lambda _: "micro",
        emotion="Estimated Emotion",
    ),
    "samm-long": Layout(
        name="SAMM Long Videos",
        rate_hz=200.0,
        is_long=True,
        sheets=("SAMM_LongVideos_V2_Release", "SAMM_LongVideos_V1_Release"),
        columns=(),
        subject=lambda r: _three(r["Subject"]),
        folder=lambda r: "_".join(r["Filename"].split("_")[:2]),
        onset="Onset Frame",
        apex="Apex Frame",
        offset="Offset Frame",
        kind=lambda r: "micro" if r["Type"].strip().lower().startswith("micro") else "macro",
        emotion="Estimated Emotion",
    ),
    "cas-me-2": Layout(
        name="CAS(ME)2",
        rate_hz=30.0,
        is_long=True,
        sheets=("CAS(ME)^2code_final", "CAS(ME)2code_final"),
        columns=(
            "Subject",
            "Filename",
            "Onset",
            "Apex",
            "Offset",
            "AUs",
            "Emotion",
            "Type",
            "Self-report",
        ),
        subject=lambda r: f"s{int(float(r['Subject'])):02}",
        folder=lambda r: f"rawpic/s{int(float(r['Subject'])):02}/*{r['Filename'].split('_')[0]}*",
        onset="Onset",
        apex="Apex",
        offset="Offset",
        kind=lambda r: "micro" if r["Type"].strip().lower().startswith("micro") else "macro",
        emotion="Emotion",
    ),
    "cas-me-3": Layout(
        name="CAS(ME)3 part A",
        rate_hz=30.0,
        is_long=True,
        sheets=("cas(me)3_part_A_ME_label_JpgIndex_v2", "cas(me)3_part_A_label"),
        columns=(),
        subject=lambda r: r["Subject"],
        folder=lambda r: f"{r['Subject']}/{r['Filename']}/color",
        onset="Onset",
        apex="Apex",
        offset="Offset",
        kind=lambda r: "macro" if r.get("Type", "").lower().startswith("macro") else "micro",
        emotion="emotion",
    ),
}


def read_clips(key: str, root: Path) -> list[Clip]:
    """Read every clip of a dataset with its labels.

    Raises:
        LayoutError: The sheet or a labelled clip's frames are not there.
    """
    layout = LAYOUTS[key]
    grouped: dict[str, list[Row]] = {}
    for row in _rows(layout, root):
        grouped.setdefault(layout.folder(row), []).append(row)
    return [_clip(layout, root, folder, rows) for folder, rows in grouped.items()]


def _clip(layout: Layout, root: Path, folder: str, rows: Sequence[Row]) -> Clip:
    places = sorted(p for p in root.glob(folder) if p.is_dir())
    if not places:
        raise LayoutError(f"{layout.name}: no folder {folder} under {root.name}")
    numbered = sorted(_numbered(places[0]))
    if not numbered:
        raise LayoutError(f"{layout.name}: {folder} holds no numbered .jpg or .png frames")
    labels = tuple(
        Labelled(
            onset=_frame(row[layout.onset]),
            apex=_frame(row[layout.apex] or row[layout.onset]),
            offset=_frame(row[layout.offset]),
            kind=layout.kind(row),
            megc_class=CLASS_OF.get(row.get(layout.emotion, "").strip().lower()),
        )
        for row in rows
        if _is_number(row[layout.onset]) and _is_number(row[layout.offset])
    )
    return Clip(
        layout.name,
        layout.subject(rows[0]),
        folder,
        layout.rate_hz,
        tuple(path for _, path in numbered),
        numbered[0][0],
        labels,
    )


def _numbered(folder: Path) -> Iterator[tuple[int, Path]]:
    for path in folder.iterdir():
        if path.suffix.lower() in (".jpg", ".jpeg", ".png"):
            number = re.search(r"(\d+)$", path.stem)
            if number:
                yield int(number.group(1)), path


def _rows(layout: Layout, root: Path) -> Iterator[Row]:
    for stem in layout.sheets:
        for path in (root / f"{stem}.xlsx", root / f"{stem}.csv"):
            if path.is_file():
                yield from _as_dicts(layout, _cells(path), path)
                return
    wanted = " or ".join(f"{stem}.xlsx" for stem in layout.sheets)
    raise LayoutError(f"{layout.name}: {root} has no {wanted} (or .csv)")


def _as_dicts(layout: Layout, cells: Sequence[Sequence[str]], path: Path) -> Iterator[Row]:
    """Pair cells with the header, which stands in the first row that has the onset's name."""
    header: Sequence[str] = layout.columns
    for row in cells:
        if not header:
            if layout.onset in row:
                header = row
            continue
        if any(row):
            yield dict(zip(header, row, strict=False))
    if not header:
        raise LayoutError(f"{path.name}: no column named {layout.onset}")


def _cells(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [[cell.strip() for cell in row] for row in csv.reader(file)]
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise LayoutError(f"{path.name}: reading .xlsx needs `pip install openpyxl`") from error
    book: Any = load_workbook(path, data_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    return [["" if cell is None else str(cell).strip() for cell in row] for row in rows]


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.0+)?", text.strip()))


def _frame(text: str) -> int:
    return int(float(text)) if _is_number(text) else 0
