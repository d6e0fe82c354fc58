"""Movements of real people, marked by eye twice: agreement, and what the detectors find of them.

The passes are benchmarks/marks/pass1.csv (12 steps a second) and pass2.csv (every frame), made
by one rater, a vision model looking at sheets of benchmarks/mark_sheets.py, with no certified
FACS coder. The second pass was made within the hour by the rater who remembered the first, so it
is no independent look. It left out clm_cap12_edit from 34.5 to 43.2 and from 51.8 s, lp_d10 from
14.4 s and lp_d3 from 7.2 s: 15 s that were looked at once. A third look at every frame,
independent.csv, is by another rater of the same kind, who had seen how many marks each pass held
and those of the first 94 s of clm_franck, and marked what follows. Mouth
movements of speech are not marked. A mark of one pass is the other's where they have one kind
of place and overlap with IoU >= 0.3; what both passes have is the consensus.

    python benchmarks/marks.py [--data FACESIGN_DATA]

Writes benchmarks/results/real_movements.json and docs/marks.md.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from marks_page import page
from marks_told import COUNTS, Told, tell
from provenance import RESULTS, ROOT, add_data_argument, write_result
from trained import open_trained

from facesign.biometrics.spotting import Spotting, match
from facesign.models.runtime import Model

MARKS = Path(__file__).parent / "marks"
PAGE = ROOT / "docs" / "marks.md"
SAME_IOU = 0.3
INDEPENDENT_FROM_S: Mapping[str, float] = {"clm_franck.mp4": 94.5}
"""The independent rater had seen passes' marks of the time before, so marked only from here."""
PLACES: Mapping[str, str] = {
    "blink": "blinks",
    "brow_raise": "brows",
    "brow_lower": "brows",
    "lid_raise": "lids",
    "lid_narrow": "lids",
    "eyes_down": "lids",
    "corner_up": "mouth",
    "corner_down": "mouth",
    "corner_out": "mouth",
    "lip_press": "mouth",
    "lip_pucker": "mouth",
    "mouth_open": "mouth",
    "nose_wrinkle": "nose",
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
        """Blinks, brows, lids, mouth or nose."""
        return PLACES[self.label]

    @property
    def span(self) -> tuple[float, float]:
        """Onset and offset."""
        return self.onset_s, self.offset_s


def read_pass(number: int) -> list[Mark]:
    """Read one pass."""
    return _read(f"pass{number}.csv")


def read_independent() -> list[Mark]:
    """Read the marks of the rater who had not seen the passes."""
    return _read("independent.csv")


def seen_by_both(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks that lie where the independent rater looked too."""
    return [m for m in marks if m.onset_s >= INDEPENDENT_FROM_S.get(m.clip, 0.0)]


def _read(name: str) -> list[Mark]:
    with (MARKS / name).open(newline="") as file:
        return [
            Mark(row["clip"], row["kind"], row["label"], *(float(row[n]) for n in _TIMES))
            for row in csv.DictReader(file)
        ]


_TIMES = ("onset_s", "apex_s", "offset_s")


def paired(first: Sequence[Mark], second: Sequence[Mark]) -> Iterator[tuple[Mark, Mark]]:
    """Yield the marks that both passes have."""
    for clip, place in sorted({(m.clip, m.place) for m in first}):
        a = [m for m in first if (m.clip, m.place) == (clip, place)]
        b = [m for m in second if (m.clip, m.place) == (clip, place)]
        spans = [m.span for m in a], [m.span for m in b]
        yield from ((a[i], b[j]) for i, j in match(*spans, least_iou=SAME_IOU))


def agreement(first: Sequence[Mark], second: Sequence[Mark]) -> dict[str, Any]:
    """Return how far the passes agree, by place."""
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
    """Return the marks of the frame-stepped pass that the other pass has too."""
    return [b for _, b in paired(first, second)]


def independent(
    second: Sequence[Mark], third: Sequence[Mark], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return how far the second pass and the independent rater agree where both looked."""
    ours = seen_by_both(second)
    pairs = paired(brief_moves(ours), brief_moves(third))
    return {
        "marked_s": round(
            sum(row["offered_s"] - INDEPENDENT_FROM_S.get(row["clip"], 0.0) for row in rows), 1
        ),
        "agreement": agreement(ours, third),
        "brief": {
            "second": len(brief_moves(ours)),
            "independent": len(brief_moves(third)),
            "both": len(list(pairs)),
        },
    }


def brief_moves(marks: Sequence[Mark]) -> list[Mark]:
    """Return the brief movements, blinks left out."""
    return [m for m in marks if m.kind == "brief" and m.place != "blinks"]


def scores(told: Told, truth: Sequence[Mark], *, from_s: float = 0.0) -> dict[str, Any]:
    """Return what was told of a clip's marks, from some second on."""
    truth = [m for m in truth if m.onset_s >= from_s]
    return {
        "blinks": told.blinks_against([m.span for m in truth if m.place == "blinks"], from_s),
        "brief": told.movements_against([m.span for m in brief_moves(truth)], from_s),
    }


def detected(
    data: Path, model: Model, passes: Sequence[Sequence[Mark]]
) -> Iterator[dict[str, Any]]:
    """Yield what the detectors make of each clip that both passes hold a mark of."""
    first, second, third = passes
    every_frame = consensus(third, seen_by_both(second))
    both = consensus(first, second)
    for clip in sorted({mark.clip for mark in both}):
        told = tell(data / "face" / "video" / clip, model)
        anybody = [m.span for m in brief_moves([*first, *second, *third]) if m.clip == clip]
        yield {
            "clip": clip,
            "offered_s": round(told.offered_s, 1),
            "assessed_s": round(told.assessed_s, 1),
            **scores(told, [m for m in both if m.clip == clip]),
            "n_nobodys": told.n_outside(anybody),
            "every_frame": scores(
                told,
                [m for m in every_frame if m.clip == clip],
                from_s=INDEPENDENT_FROM_S.get(clip, 0.0),
            ),
        }


def summed(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return the counts of all clips."""
    return {
        part: {key: sum(row[part][key] for row in rows) for key in COUNTS}
        for part in ("blinks", "brief")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--onnx", type=Path)
    args = parser.parse_args()
    first, second, third = read_pass(1), read_pass(2), read_independent()
    rows = list(detected(args.data, open_trained(args.onnx), (first, second, third)))
    result = {
        "question": "what of the movements that were marked by eye on real people is found?",
        "marked_s": round(sum(row["offered_s"] for row in rows), 1),
        "agreement": agreement(first, second),
        "independent": independent(second, third, rows),
        "clips": rows,
        "total": summed(rows),
        "total_every_frame": summed([row["every_frame"] for row in rows]),
    }
    clips = [args.data / "face" / "video" / row["clip"] for row in rows]
    write_result("real_movements", result, clips)
    PAGE.write_text(page(json.loads((RESULTS / "real_movements.json").read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
