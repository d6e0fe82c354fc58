"""Where CASME II, SAMM, SAMM Long Videos, CAS(ME)2 and CAS(ME)3 keep frames and labels.

The layouts follow the datasets' descriptions and public code that reads them; they were tried
on folders that mimic them, not on the data. See docs/megc.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from megc_sheets import LayoutError, Row, find, number, plain_rows, rows_of, sheet

__all__ = ["LAYOUTS", "Clip", "Labelled", "Layout", "LayoutError", "read_clips"]

Kind = Literal["micro", "macro"]

CLASS_OF = {
    **dict.fromkeys(("happiness", "happy", "positive"), "positive"),
    "surprise": "surprise",
    **dict.fromkeys(("disgust", "repression", "anger", "contempt", "fear"), "negative"),
    **dict.fromkeys(("sadness", "sad", "negative"), "negative"),
}
"""As MEGC 2019 grouped them; `others`, `other` and blanks have no class."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One expression that the dataset's coders marked, in frame numbers, both ends within."""

    onset: int
    apex: int
    offset: int
    kind: Kind
    megc_class: str | None
    """`positive`, `negative` or `surprise` as in MEGC 2019; None for other labels."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames of one subject, as pictures by number or as a video."""

    dataset: str
    subject: str
    name: str
    rate_hz: float
    frames: tuple[tuple[int, Path], ...]
    """Number and picture of each frame, in order; of a video none."""
    video: Path | None
    labels: tuple[Labelled, ...]
    n_unusable: int
    """Labels without two ends in the clip, as some sheets have them; they do not count."""

    @property
    def first(self) -> int:
        """Number of the first frame; a video's first frame is 1."""
        return self.frames[0][0] if self.frames else 1

    def seconds(self, frame: int) -> float:
        """Return the time of a frame number."""
        return (frame - self.first) / self.rate_hz

    def span(self, label: Labelled) -> tuple[float, float]:
        """Return a label's span in seconds, from its first frame to the end of its last."""
        return self.seconds(label.onset), self.seconds(label.offset + 1)

    def spans(self, kind: Kind) -> list[tuple[float, float]]:
        """Return the spans of the expressions of a kind, in seconds."""
        return [self.span(one) for one in self.labels if one.kind == kind]


@dataclass(frozen=True, slots=True)
class Layout:
    """One dataset: how fast, whether its clips are long, and how it is read."""

    name: str
    rate_hz: float
    is_long: bool
    read: Callable[[Layout, Path], Iterator[Clip]]

    def clip(self, subject: str, place: Path, rows: Iterable[tuple[Row, Kind]]) -> Clip:
        """Put frames and labels of one clip together.

        Raises:
            LayoutError: The folder holds no numbered frames.
        """
        frames = () if place.is_file() else tuple(sorted(_numbered(place)))
        if not frames and not place.is_file():
            raise LayoutError(f"{self.name}: {place} holds no frames with a number (.jpg, .png)")
        read = [_labelled(row, kind, frames) for row, kind in rows]
        return Clip(
            dataset=self.name,
            subject=subject,
            name=f"{place.parent.name}/{place.name}",
            rate_hz=self.rate_hz,
            frames=frames,
            video=place if place.is_file() else None,
            labels=tuple(label for label in read if label is not None),
            n_unusable=read.count(None),
        )

    def missing(self, root: Path, what: str) -> LayoutError:
        """Return the error for a place that the labels speak of and that is not there."""
        return LayoutError(f"{self.name}: no {what} under {root}")


def read_clips(key: str, root: Path) -> list[Clip]:
    """Read every clip of a dataset with its labels, by name.

    Raises:
        LayoutError: The sheet or a labelled clip's frames are not there.
    """
    layout = LAYOUTS[key]
    if not root.is_dir():
        raise LayoutError(f"{layout.name}: {root} is no folder")
    return sorted(layout.read(layout, root), key=lambda clip: (clip.subject, clip.name))


def _casme2(layout: Layout, root: Path) -> Iterator[Clip]:
    for row in rows_of(sheet(layout.name, root, "CASME2-coding-*"), "estimatedemotion"):
        subject = f"sub{_padded(row, 2)}"
        place = _first(root, f"{subject}/{row['filename']}", depth=2)
        if place is None:
            raise layout.missing(root, f"{subject}/{row['filename']}")
        yield layout.clip(subject, place, [(row, "micro")])


def _samm(layout: Layout, root: Path) -> Iterator[Clip]:
    for row in rows_of(sheet(layout.name, root, "*Micro_FACS_Codes_v2"), "estimatedemotion"):
        subject = _padded(row, 3)
        place = _first(root, f"{subject}/{row['filename']}", depth=1)
        if place is None:
            raise layout.missing(root, f"{subject}/{row['filename']}")
        yield layout.clip(subject, place, [(row, "micro")])


def _samm_long(layout: Layout, root: Path) -> Iterator[Clip]:
    rows = rows_of(sheet(layout.name, root, "SAMM_LongVideos_V*_Release"), "type")
    # The sheet of the long videos has no emotions; micro-expressions have theirs in SAMM's own.
    short = find(root, "*Micro_FACS_Codes_v2")
    known = _emotions(short) if short else {}
    places = {p.name: p for p in _folders(root, r"\d{3}_\d+", depth=1)}
    labelled: dict[str, list[tuple[Row, Kind]]] = {name: [] for name in places}
    for row in rows:
        video = "_".join(row["filename"].split("_")[:2])
        if video not in labelled:
            raise layout.missing(root, video)
        kind = _kind(row["type"])
        emotion = known.get(row["filename"], "") if kind == "micro" else ""
        labelled[video].append(({**row, "emotion": emotion}, kind))
    for video, own in labelled.items():
        yield layout.clip(video.split("_")[0], places[video], own)


def _cas_me_2(layout: Layout, root: Path) -> Iterator[Clip]:
    path = sheet(layout.name, root, "*code_final*")
    subjects = {number(row[2]): row[1] for row in plain_rows(path, "naming rule1")}
    codes = {row[1]: f"{number(row[0]):04}" for row in plain_rows(path, "naming rule2")}
    places = {
        (p.parent.name, p.name.split("_")[1][:4]): p
        for pattern in ("rawvideo/s*/*_*.avi", "rawpic/s*/*_*", "s*/*_*")
        for p in sorted(root.glob(pattern))
    }
    labelled: dict[tuple[str, str], list[tuple[Row, Kind]]] = {key: [] for key in places}
    columns = ("subject", "filename", "onset", "apex", "offset", "aus", "emotion", "type")
    for cells in plain_rows(path, None):
        row = dict(zip(columns, cells, strict=False))
        key = (
            subjects.get(number(row["subject"]), ""),
            codes.get(row["filename"].split("_")[0], ""),
        )
        if key not in labelled:
            raise layout.missing(root, f"rawpic/{key[0]}/*_{key[1]}* for {row['filename']}")
        labelled[key].append((row, _kind(row["type"])))
    for (subject, _), own in labelled.items():
        yield layout.clip(subject, places[subject, _], own)


def _cas_me_3(layout: Layout, root: Path) -> Iterator[Clip]:
    sheets: tuple[tuple[Kind, str], ...] = (("micro", "ME"), ("macro", "MaE"))
    places = {
        (p.parents[1].name, p.parent.name.lower()): p
        for pattern in ("", "*/", "*/*/", "*/*/*/")
        for p in sorted(root.glob(f"{pattern}spNO.*/*/color"))
    }
    labelled: dict[tuple[str, str], list[tuple[Row, Kind]]] = {key: [] for key in places}
    for kind, letters in sheets:
        for row in rows_of(
            sheet(layout.name, root, f"*part_A_{letters}_label_JpgIndex*"), "emotion"
        ):
            subject = f"spNO.{re.sub(r'[^0-9]', '', row['subject'])}"
            key = (subject, row["filename"].lower())
            if key not in labelled:
                raise layout.missing(root, f"{subject}/{row['filename']}/color")
            labelled[key].append((row, kind))
    for (subject, _), own in labelled.items():
        yield layout.clip(subject, places[subject, _], own)


LAYOUTS: Mapping[str, Layout] = {
    "casme2": Layout("CASME II", 200.0, False, _casme2),
    "samm": Layout("SAMM", 200.0, False, _samm),
    "samm-long": Layout("SAMM Long Videos", 200.0, True, _samm_long),
    "cas-me-2": Layout("CAS(ME)2", 30.0, True, _cas_me_2),
    "cas-me-3": Layout("CAS(ME)3 part A", 30.0, True, _cas_me_3),
}


def _labelled(row: Row, kind: Kind, frames: tuple[tuple[int, Path], ...]) -> Labelled | None:
    """Read a label; a missing end is the apex, one after the last frame is the last frame."""
    apex = number(row["apex"])
    onset, offset = number(row["onset"]) or apex, number(row["offset"]) or apex
    if onset is None or offset is None:
        return None
    offset = min(offset, frames[-1][0]) if frames else offset
    if offset < onset or (frames and onset < frames[0][0]):
        return None
    emotion = row.get("estimatedemotion", row.get("emotion", "")).strip().lower()
    if apex is None or not onset <= apex <= offset:
        apex = (onset + offset) // 2
    return Labelled(onset, apex, offset, kind, CLASS_OF.get(emotion))


def _padded(row: Row, width: int) -> str:
    subject = number(row["subject"])
    if subject is None:
        raise LayoutError(f"{row['filename']}: the subject is {row['subject']!r}, not a number")
    return f"{subject:0{width}}"


def _emotions(path: Path) -> Mapping[str, str]:
    return {row["filename"]: row["estimatedemotion"] for row in rows_of(path, "estimatedemotion")}


def _kind(text: str) -> Kind:
    return "micro" if text.strip().lower().startswith("micro") else "macro"


def _numbered(folder: Path) -> Iterator[tuple[int, Path]]:
    for path in folder.iterdir():
        if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".bmp"):
            digits = re.search(r"(\d+)$", path.stem)
            if digits:
                yield int(digits.group(1)), path


def _first(root: Path, place: str, *, depth: int) -> Path | None:
    """Return a folder that lies at most so many folders down."""
    for down in range(depth + 1):
        for found in sorted(root.glob("*/" * down + place)):
            if found.is_dir():
                return found
    return None


def _folders(root: Path, name: str, *, depth: int) -> Iterator[Path]:
    for down in range(depth + 1):
        for path in sorted(root.glob("*/" * down + "*")):
            if path.is_dir() and re.fullmatch(name, path.name):
                yield path
