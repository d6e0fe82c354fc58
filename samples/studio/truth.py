"""What is true of a rendered interview, as `truth.json` and `marks.csv` say it."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facesign.samples.studio.acting.motion import Blink, Pulse
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.sound.dialogue import Interview, Said

__all__ = ["marks_of", "truth_of", "write_marks", "write_truth"]

SCHEMA = 1
_RIG = "ICT-FaceKit-light, MIT, (c) 2020 USC Institute for Creative Technologies"
_MARKS = ("question_id", "asked_start_s", "asked_end_s", "answer_end_s")


def marks_of(interview: Interview, said: Sequence[Said]) -> list[dict[str, Any]]:
    """Return a row a question: asked from, asked to, answered to."""
    rows = []
    for turn in interview.turns:
        lines = [line for line in said if line.question_id == turn.question_id]
        times = (lines[0].start_s, lines[0].end_s, lines[-1].end_s)
        rows.append(dict(zip(_MARKS, (turn.question_id, *map(_ms, times)), strict=True)))
    return rows


def truth_of(
    interview: Interview,
    said: Sequence[Said],
    blinks: Sequence[Blink],
    *,
    person: Person,
    seed: int,
    n_frames: int,
    rate_hz: int,
) -> dict[str, Any]:
    """Return what is true of an interview, ready to be written as JSON."""
    return {
        "schema": SCHEMA,
        "synthetic": True,
        "name": interview.name,
        "script": interview.script,
        "language": "en",
        "person": person.name,
        "seed": seed,
        "rig": _RIG,
        "voices": {"officer": interview.officer.name, "applicant": interview.applicant.name},
        "units": {"_s": "seconds of presentation time", "amplitude": "1 is a shape's full range"},
        "duration_s": interview.duration_s,
        "n_frames": n_frames,
        "frame_rate_hz": rate_hz,
        "questions": marks_of(interview, said),
        "speech": [_speech(line) for line in said],
        "blinks": [
            {"onset_s": _ms(b.onset_s), "apex_s": _ms(b.apex_s), "offset_s": _ms(b.offset_s)}
            for b in blinks
        ],
        "brief_movements": [_movement(pulse) for pulse in interview.brief_movements],
        "slow_movements": [_movement(pulse) for pulse in interview.slow_movements],
    }


def write_marks(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write the question times as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _MARKS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_truth(path: Path, truth: dict[str, Any]) -> None:
    """Write the truth as JSON."""
    path.write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _speech(line: Said) -> dict[str, Any]:
    return {
        "speaker": line.speaker,
        "question_id": line.question_id,
        "start_s": _ms(line.start_s),
        "end_s": _ms(line.end_s),
        "text": line.text,
        "filled_pause": line.filled_pause,
    }


def _movement(pulse: Pulse) -> dict[str, Any]:
    return {
        "onset_s": _ms(pulse.onset_s),
        "apex_s": _ms(pulse.apex_s),
        "offset_s": _ms(pulse.offset_s),
        "amplitude": pulse.amplitude,
        "channels": list(pulse.channels),
        "shapes": list(pulse.shapes),
    }


def _ms(time_s: float) -> float:
    return round(time_s, 3)
