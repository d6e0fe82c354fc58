"""Movements of real people, marked by eye by two raters: agreement, and what is found of them.

rater_a.csv and rater_b.csv in benchmarks/marks/ are by two raters who looked at the sheets of
benchmarks/mark_sheets.py, every frame of eight recordings, after benchmarks/marks/PROTOCOL.md.
Neither had seen other marks, a detector's output or this code; both are vision models, no
certified FACS coders. A mark of one rater is the other's where they are of one place of the face
and overlap with IoU >= 0.3; what both have is the consensus, at the mean of their times.

    python benchmarks/marks.py [--data FACESIGN_DATA]

Writes benchmarks/results/real_movements.json and docs/marks.md.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from marks_page import page
from marks_told import COUNTS, tell
from provenance import RESULTS, ROOT, add_data_argument, write_result
from trained import open_trained

from facesign.biometrics.spotting import Spotting, match
from facesign.models.runtime import Model

MARKS = Path(__file__).parent / "marks"
PAGE = ROOT / "docs" / "marks.md"
SAME_IOU = 0.3
RATERS = ("a", "b")
PLACES: Mapping[str, str] = {
    "blink": "blinks",
    "brow_raise": "brows",
    "brow_lower": "brows",
    "lid_raise": "lids",
    "lid_narrow": "lids",
    "corner_up": "mouth",
    "corner_down": "mouth",
    "corner_out": "mouth",
    "lip_press": "mouth",
    "nose_wrinkle": "nose",
    "other": "other",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One movement that was seen."""

    clip: str
    kind: str
    label: str
    onset_s: float
    apex_s: float
    offset_s: float

    @property
    def place(self) -> str:
        """Blinks, brows, lids, mouth, nose or other."""
        return PLACES[self.label]

    @property
    def span(self) -> tuple[float, float]:
        """Onset and offset."""
        return self.onset_s, self.offset_s


def read_marks(rater: str) -> list[Mark]:
    """Read the marks of one rater, `a` or `b`."""
    with (MARKS / f"rater_{rater}.csv").open(newline="") as file:
        return [
            Mark(row["clip"], row["kind"], row["label"], *(float(row[n]) for n in _TIMES))
            for row in csv.DictReader(file)
        ]


_TIMES = ("onset_s", "apex_s", "offset_s")


def paired(first: Sequence[Mark], second: Sequence[Mark]) -> Iterator[tuple[Mark, Mark]]:
    """Yield the marks that both raters have."""
    for clip, place in sorted({(m.clip, m.place) for m in first}):
        a = [m for m in first if (m.clip, m.place) == (clip, place)]
        b = [m for m in second if (m.clip, m.place) == (clip, place)]
        spans = [m.span for m in a], [m.span for m in b]
        yield from ((a[i], b[j]) for i, j in match(*spans, least_iou=SAME_IOU))


def agreement(first: Sequence[Mark], second: Sequence[Mark]) -> dict[str, Any]:
    """Return how far the raters agree, by place."""
    both = list(paired(first, second))
    out = {}
    for place in sorted(set(PLACES.values())):
        counts = Spotting(
            sum(m.place == place for m in first),
            sum(m.place == place for m in second),
            sum(a.place == place for a, _ in both),
        )
        apart = [abs(a.apex_s - b.apex_s) for a, b in both if a.place == place]
        out[place] = {
            "first": counts.n_true,
            "second": counts.n_found,
            "both": counts.n_hit,
            "agreement_f1": round(counts.f1, 3),
            "median_apex_difference_s": round(float(np.median(apart)), 3) if apart else None,
        }
    return out


def consensus(first: Sequence[Mark], second: Sequence[Mark]) -> list[Mark]:
    """Return what both raters have, at the mean of their times; brief if both say so."""
    return [
        replace(
            one,
            kind="brief" if one.kind == two.kind == "brief" else "slow",
            **{name: 0.5 * (getattr(one, name) + getattr(two, name)) for name in _TIMES},
        )
        for one, two in paired(first, second)
    ]


def brief_moves(marks: Sequence[Mark]) -> list[Mark]:
    """Return the brief movements, blinks left out."""
    return [m for m in marks if m.kind == "brief" and m.place != "blinks"]


def detected(
    data: Path, model: Model, first: Sequence[Mark], second: Sequence[Mark]
) -> Iterator[dict[str, Any]]:
    """Yield what the detectors make of each clip that was marked."""
    both = consensus(first, second)
    for clip in sorted({mark.clip for mark in (*first, *second)}):
        told = tell(data / "face" / "video" / clip, model)
        here = [m for m in both if m.clip == clip]
        anybody = [m.span for m in brief_moves([*first, *second]) if m.clip == clip]
        yield {
            "clip": clip,
            "offered_s": round(told.offered_s, 1),
            "assessed_s": round(told.assessed_s, 1),
            "blinks": told.blinks_against([m.span for m in here if m.place == "blinks"]),
            "brief": told.movements_against([m.span for m in brief_moves(here)]),
            "either": told.movements_against(anybody),
            "n_nobodys": told.n_outside(anybody),
        }


def summed(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return the counts of all clips."""
    return {
        part: {key: sum(row[part][key] for row in rows) for key in COUNTS}
        for part in ("blinks", "brief", "either")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--onnx", type=Path)
    args = parser.parse_args()
    first, second = (read_marks(rater) for rater in RATERS)
    rows = list(detected(args.data, open_trained(args.onnx), first, second))
    pairs = list(paired(brief_moves(first), brief_moves(second)))
    result = {
        "question": "what of the movements that were marked by eye on real people is found?",
        "marked_s": round(sum(row["offered_s"] for row in rows), 1),
        "agreement": agreement(first, second),
        "brief_agreement": {
            "first": len(brief_moves(first)),
            "second": len(brief_moves(second)),
            "both": len(pairs),
            "agreement_f1": round(
                Spotting(len(brief_moves(first)), len(brief_moves(second)), len(pairs)).f1, 3
            ),
        },
        "clips": rows,
        "total": summed(rows),
    }
    clips = [args.data / "face" / "video" / row["clip"] for row in rows]
    write_result("real_movements", result, clips)
    PAGE.write_text(page(json.loads((RESULTS / "real_movements.json").read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
