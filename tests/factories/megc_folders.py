"""Folders that mimic the layouts of micro-expression datasets; no frame of the data is here."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

__all__ = ["cas_me_2", "cas_me_3", "casme2", "frames", "samm", "samm_long", "sheet"]

Rows = Sequence[Sequence[Any]]


def sheet(path: Path, pages: Rows | Mapping[str, Rows]) -> None:
    """Write pages of cells as `.xlsx`, or as one `.csv` a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named = pages if isinstance(pages, Mapping) else {path.stem[:31]: pages}
    if path.suffix == ".csv":
        for number, (name, rows) in enumerate(named.items()):
            target = path if number == 0 else path.with_name(f"{name}.csv")
            with target.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(rows)
        return
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in named.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    book.save(path)


def frames(folder: Path, pattern: str, numbers: Iterable[int]) -> None:
    """Write tiny pictures, one a number."""
    folder.mkdir(parents=True)
    _, png = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))
    for number in numbers:
        (folder / pattern.format(number)).write_bytes(png.tobytes())


def casme2(root: Path) -> Path:
    """CASME II: a positive expression of subject 1, one without a class of subject 17."""
    head = ["Subject", "Filename", "", "OnsetFrame", "ApexFrame", "OffsetFrame", ""]
    head += ["Action Units", "Estimated Emotion"]
    rows = [
        head,
        ["01", "EP02_01f", "", 46, 59, 86, "", "12", "happiness"],
        [17, "EP05_09", "", 10, "/", 30, "", "4", "others"],
    ]
    sheet(root / "CASME2-coding-20140508.xlsx", rows)
    frames(root / "Cropped" / "sub01" / "EP02_01f", "reg_img{}.jpg", range(46, 87))
    frames(root / "Cropped" / "sub17" / "EP05_09", "reg_img{}.jpg", range(10, 31))
    return root


SAMM_HEAD = ["Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame"]
SAMM_HEAD += ["Offset Frame", "Duration", "Micro", "Action Units", "Estimated Emotion"]


def samm(root: Path) -> Path:
    """SAMM: a surprise of subject 11, and a label whose end is before its start."""
    rows = [["Notes on the sheet"], [], SAMM_HEAD]
    rows.append(["011", "011_1_1", 1, 5000, 5010, 5040, 41, "Micro - 1/2", "1+2", "Surprise"])
    rows.append(["011", "011_1_2", 1, 6010, 6020, 600, 41, "Micro - 1/2", "4", "Anger"])
    sheet(root / "SAMM_Micro_FACS_Codes_v2.xlsx", rows)
    frames(root / "011" / "011_1_1", "011_{:05}.jpg", range(5000, 5041))
    frames(root / "011" / "011_1_2", "011_{:05}.jpg", range(6000, 6041))
    return root


def samm_long(root: Path, ending: str = "xlsx") -> Path:
    """SAMM Long Videos: a micro- and a macro-expression in one video, none in another."""
    head = ["Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Duration"]
    rows = [["FACS coded movements"], [], [*head, "Type", "Action Units", "Notes"]]
    rows.append([6, "006_1_2", 1, 101.0, 121, 160, 60, "Micro - 1/2", "4", ""])
    rows.append([6, "006_1_3", 1, 401, 461, 2000, 1600, "Macro", "12", ""])
    sheet(root / f"SAMM_LongVideos_V2_Release.{ending}", rows)
    frames(root / "SAMM_longvideos" / "006_1", "006_1_{:04}.jpg", range(1, 801))
    frames(root / "SAMM_longvideos" / "007_3", "007_3_{:04}.jpg", range(1, 9))
    return root


def cas_me_2(root: Path, ending: str = "xlsx") -> Path:
    """CAS(ME)2: subject 1 is s15, whose video of anger1 has a micro-expression without offset."""
    pages = {
        "CASFEcode_final": [
            [1, "anger1_1", 557, 572, 608, "4+10", "negative", "macro-expression", "anger"],
            [1, "anger1_2", 301, 310, 0, "4", "negative", "micro-expression", "anger"],
            [1, "happy1_10", 10, 14, 18, "12", "positive", "micro-expression", "happiness"],
        ],
        "naming rule1": [[15, "s15", 1], [16, "s16", 2]],
        "naming rule2": [["0401", "anger1"], ["0502", "happy1"]],
    }
    sheet(root / f"CAS(ME)^2code_final.{ending}", pages)
    frames(root / "rawpic" / "s15" / "15_0401girlcrashing", "img{:03}.jpg", range(1, 651))
    frames(root / "rawpic" / "s15" / "15_0502funnyerrors", "img{:03}.jpg", range(1, 61))
    frames(root / "rawpic" / "s16" / "16_0401girlcrashing", "img{:03}.jpg", range(1, 31))
    return root


def cas_me_3(root: Path) -> Path:
    """CAS(ME)3: a micro- and a macro-expression in one clip, labels in two sheets."""
    labels = "annotation/cas(me)3_part_A_{}.xlsx"
    head = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"]
    pages = {"read me": [["text"]], "label": [head, ["spNO.1", "A", 31, 33, 39, "4", "I", "fear"]]}
    sheet(root / labels.format("ME_label_JpgIndex_v2"), pages)
    macro = [["sub", "seq", "onset", "apex", "offset", "au", "emotion"]]
    macro.append(["spNO.1", "a", 50, 60, 80, "12", "happy"])
    sheet(root / labels.format("MaE_label_JpgIndex_v2_emotion"), {"Sheet1": macro})
    frames(root / "data" / "part_A" / "spNO.1" / "a" / "color", "{}.jpg", range(1, 91))
    frames(root / "data" / "part_A" / "spNO.1" / "a" / "depth", "{}.png", range(1, 3))
    return root
