"""Marks: when each question was asked and answered."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from facesign.errors import MarksError
from facesign.interview.script import Script

__all__ = ["COLUMNS", "Mark", "read_marks"]

COLUMNS = ("question_id", "asked_start_s", "asked_end_s", "answer_end_s")


@dataclass(frozen=True, slots=True)
class Mark:
    """One question in time, in seconds since time zero of the recording."""

    question_id: str
    asked_start_s: float
    asked_end_s: float
    answer_end_s: float
    end_known: bool = True
    """False where a live session was not told when the question ended."""


def read_marks(path: Path, script: Script | None = None) -> tuple[Mark, ...]:
    """Read a table of marks.

    Args:
        path: CSV with the columns of COLUMNS, in any order.
        script: If given, every question must be one of its questions.

    Returns:
        The marks in time order.

    Raises:
        MarksError: the table is malformed; the message names the line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if sorted(reader.fieldnames or ()) != sorted(COLUMNS):
                raise MarksError(f"{path}: the first line must be {','.join(COLUMNS)}")
            marks = [_mark(path, reader.line_num, row) for row in reader]
    except OSError as error:
        raise MarksError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MarksError(f"{path}: cannot be read as a CSV table") from error
    if not marks:
        raise MarksError(f"{path}: holds no question")
    for mark in marks:
        _known(path, mark, script)
    try:
        return in_order(marks)
    except MarksError as error:
        raise MarksError(f"{path}: {error}") from error


def in_order(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Sort marks by time and end each answer where the next question starts.

    Raises:
        MarksError: a question is asked while the one before is still being asked.
    """
    ordered = sorted(marks, key=lambda mark: mark.asked_start_s)
    for index, (before, after) in enumerate(pairwise(ordered)):
        if after.asked_start_s < before.asked_end_s:
            raise MarksError(
                f"{after.question_id} is asked at {after.asked_start_s} s, while "
                f"{before.question_id} is still being asked"
            )
        # What is said from here on is the officer's.
        end_s = min(before.answer_end_s, after.asked_start_s)
        ordered[index] = replace(before, answer_end_s=end_s)
    return tuple(ordered)


def _mark(path: Path, number: int, row: dict[str | Any, str | Any]) -> Mark:
    where = f"{path}, line {number}"
    # csv keeps what is too much under None and gives None for what is missing.
    if None in row or None in row.values():
        raise MarksError(f"{where}: expected {len(COLUMNS)} values, one for each column")
    question_id = row["question_id"].strip()
    if not question_id:
        raise MarksError(f"{where}: question_id is empty")
    times = []
    for column in COLUMNS[1:]:
        try:
            times.append(float(row[column]))
        except ValueError as error:
            raise MarksError(f"{where}: {column} is not a number: {row[column]!r}") from error
    if not all(math.isfinite(t) and t >= 0 for t in times) or sorted(times) != times:
        raise MarksError(
            f"{where}: expected 0 <= asked_start_s <= asked_end_s <= answer_end_s, "
            f"got {', '.join(str(t) for t in times)}"
        )
    return Mark(question_id, times[0], times[1], times[2])


def _known(path: Path, mark: Mark, script: Script | None) -> None:
    if script is not None and mark.question_id not in {q.question_id for q in script.questions}:
        raise MarksError(f"{path}: script {script.script_id} has no question {mark.question_id!r}")
