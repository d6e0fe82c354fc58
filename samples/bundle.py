"""Find the bundled interviews and read their truth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal, cast

from facesign.errors import SampleError

__all__ = ["Blink", "Movement", "Question", "Sample", "Speech", "Truth", "load", "names"]


@dataclass(frozen=True, slots=True)
class Question:
    """When a question was asked and until when it was answered."""

    question_id: str
    asked_start_s: float
    asked_end_s: float
    answer_end_s: float


@dataclass(frozen=True, slots=True)
class Speech:
    """Words without a break."""

    speaker: Literal["officer", "applicant"]
    question_id: str
    start_s: float
    end_s: float
    text: str
    filled_pause: bool


@dataclass(frozen=True, slots=True)
class Blink:
    """Both lids closing once; the apex is the first moment of full closure."""

    onset_s: float
    apex_s: float
    offset_s: float


@dataclass(frozen=True, slots=True)
class Movement:
    """A facial movement that was put in."""

    onset_s: float
    apex_s: float
    offset_s: float
    amplitude: float
    """Weight at the apex; 1 is a shape's full range."""
    channels: tuple[str, ...]
    """Such as `au1.left`; sides are the subject's own."""
    shapes: tuple[str, ...]
    """Expression names of the rig."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a rendered interview."""

    seed: int
    duration_s: float
    n_frames: int
    frame_rate_hz: float
    questions: tuple[Question, ...]
    speech: tuple[Speech, ...]
    blinks: tuple[Blink, ...]
    brief_movements: tuple[Movement, ...]
    slow_movements: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One bundled interview."""

    name: str
    path: Path
    """The folder that holds it."""
    media: Path
    marks: Path
    """Question times, as `analyze --marks` reads them."""
    truth: Truth
    script: str
    """Name of the question script."""


def names() -> list[str]:
    """Return the names of the bundled interviews, sorted."""
    root = files("facesign.samples") / "interviews"
    return sorted(entry.name for entry in root.iterdir() if (entry / "truth.json").is_file())


def load(name: str) -> Sample:
    """Return a bundled interview with its truth.

    Raises:
        SampleError: No interview has that name.
    """
    if name not in names():
        raise SampleError(name, names())
    with as_file(files("facesign.samples") / "interviews" / name) as path:
        document = json.loads((path / "truth.json").read_text(encoding="utf-8"))
        return Sample(
            name=name,
            path=path,
            media=path / "interview.mp4",
            marks=path / "marks.csv",
            truth=_truth(document),
            script=document["script"],
        )


def _truth(document: Mapping[str, Any]) -> Truth:
    return Truth(
        seed=document["seed"],
        duration_s=document["duration_s"],
        n_frames=document["n_frames"],
        frame_rate_hz=document["frame_rate_hz"],
        questions=tuple(Question(**row) for row in document["questions"]),
        speech=tuple(Speech(**row) for row in document["speech"]),
        blinks=tuple(Blink(**row) for row in document["blinks"]),
        brief_movements=tuple(_movement(row) for row in document["brief_movements"]),
        slow_movements=tuple(_movement(row) for row in document["slow_movements"]),
    )


def _movement(row: Mapping[str, Any]) -> Movement:
    lists = {key: tuple(cast(list[str], row[key])) for key in ("channels", "shapes")}
    return Movement(**{**row, **lists})
