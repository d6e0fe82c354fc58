"""Movements of real people, marked by eye twice: agreement, and what the detectors find of them.

The passes are benchmarks/marks/pass1.csv (12 steps a second) and pass2.csv (every frame), made
by one rater, a vision model looking at sheets of benchmarks/mark_sheets.py, with no certified
FACS coder; the second pass was made without the first at hand but by the same rater. Mouth
movements of speech are not marked. A mark of one pass is the other's where they have one kind
of place and overlap with IoU >= 0.3; what both have is the consensus.

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
from movement_reading import length_s, run
from provenance import RESULTS, ROOT, add_data_argument, write_result
from trained import open_trained

from facesign.biometrics.face.blinks import BlinkSpotter
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.spotter import ClassifierSpotter
from facesign.biometrics.spotting import Spotting, match
from facesign.models.runtime import Model
from facesign.samples.takes import Take, blocks_of, sharp_blocks_of, watch

MARKS = Path(__file__).parent / "marks"
PAGE = ROOT / "docs" / "marks.md"
SAME_IOU = 0.3
LONG_S = 30.0
"""Shorter clips are their own baseline."""
PLACES: Mapping[str, str] = {
    "blink": "blinks",
    "brow_raise": "brows",
    "brow_lower": "brows",
    "lid_raise": "lids",
    "lid_narrow": "lids",
    "eyes_down": "lids",
    "corner_up": "mouth",
    "corner_down": "mouth",
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
    with (MARKS / f"pass{number}.csv").open(newline="") as file:
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


def detected(data: Path, model: Model, marks: Sequence[Mark]) -> Iterator[dict[str, Any]]:
    """Yield what the detectors make of each marked clip."""
    for clip in sorted({mark.clip for mark in marks}):
        take = watch(data / "face" / "video" / clip)
        own = [mark for mark in marks if mark.clip == clip]
        yield {
            "clip": clip,
            "offered_s": round(float(take.time_s[-1] - take.time_s[0]), 1),
            "blinks": _blinks(take, [m for m in own if m.label == "blink"]),
            "brief": _movements(take, model, [m for m in own if m.label != "blink"]),
        }


def _blinks(take: Take, marks: Sequence[Mark]) -> dict[str, int]:
    spotter = BlinkSpotter()
    found = [blink for block in blocks_of(take) for blink in spotter.push(block)]
    found += list(spotter.finish())
    spans = [(b.onset_s, b.offset_s) for b in found]
    hits = match(spans, [m.span for m in marks], least_iou=0.2)
    return {"n_true": len(marks), "n_found": len(found), "n_hit": len(hits)}


def _movements(take: Take, model: Model, marks: Sequence[Mark]) -> dict[str, Any]:
    long = take.time_s[-1] - take.time_s[0] >= LONG_S
    items = run(
        sharp_blocks_of(take),
        ClassifierSpotter(model),
        SignalMeter("calm_start" if long else "whole"),
    )
    gaps = [item for item in items if isinstance(item, Unassessed)]
    found = [item for item in items if isinstance(item, Movement)]
    brief = [m for m in marks if m.kind == "brief" and not _touches(m.span, gaps)]
    spans = [(m.onset_s, m.offset_s) for m in found]
    hits = match(spans, [m.span for m in brief], least_iou=0.5)
    near = sum(any(a < m.offset_s and b > m.onset_s for a, b in spans) for m in brief)
    offered_s = float(take.time_s[-1] - take.time_s[0])
    return {
        "n_true": len(brief),
        "n_found": len(found),
        "n_hit": len(hits),
        "n_touched": near,
        "assessed_s": round(offered_s - length_s(gaps), 1),
    }


def _touches(span: tuple[float, float], gaps: Sequence[Unassessed]) -> bool:
    return any(span[0] <= gap.end_s and span[1] >= gap.start_s for gap in gaps)


def page(result: Mapping[str, Any]) -> str:
    """Return the page of marks."""
    lines = [HEAD.format(minutes=result["marked_s"] / 60), "## Agreement of the two passes\n"]
    lines.append("| place | first | second | both | F1 | apexes apart, median s |")
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for place, row in result["agreement"].items():
        values = [row[key] for key in ("first", "second", "both", "agreement_f1")]
        lines.append(f"| {place} | {' | '.join(map(str, values))} | {_or_nothing(row)} |")
    lines += ["", "## Against the detectors (real people)\n", DETECTORS]
    lines.append(
        "| clip | s | blinks marked | found | rightly | brief | found | IoU 0.5 | touched |"
    )
    lines.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in result["clips"]:
        blinks, brief = row["blinks"], row["brief"]
        cells = [row["clip"], row["offered_s"], *(blinks[k] for k in _COUNTS)]
        cells += [*(brief[k] for k in _COUNTS), brief["n_touched"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    total = result["total"]
    lines.append(
        f"\nBlinks of real people: {total['blinks']['n_hit']} of {total['blinks']['n_true']} "
        f"found, {total['blinks']['n_found']} told. Brief movements of real people other than "
        f"blinks: {total['brief']['n_hit']} of {total['brief']['n_true']} found with IoU >= 0.5, "
        f"{total['brief']['n_found']} told. So few marks say little about recall.\n"
    )
    return "\n".join(lines)


_COUNTS = ("n_true", "n_found", "n_hit")
HEAD = """# Marked movements of real people

Written by `benchmarks/marks.py`. {minutes:.1f} minutes of the development recordings were looked
at twice on sheets of frames (`benchmarks/mark_sheets.py`): once at 12 steps a second, once at
every frame. Brows, lids, nose, mouth corners and blinks were marked with onset, apex and offset;
mouth movements of speech were not. The rater was a vision model, not a certified FACS coder, and
the same for both passes, so agreement is that of one rater with itself. Times and labels are in
`benchmarks/marks/`; no picture is.
"""
DETECTORS = """Only marks of both passes count. A blink is found where the spans overlap with
IoU >= 0.2, a brief movement with 0.5; "touched" is a brief
movement that some told span overlaps at all.
"""


def _or_nothing(row: Mapping[str, Any]) -> str:
    value = row["median_apex_difference_s"]
    return "" if value is None else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--onnx", type=Path)
    args = parser.parse_args()
    first, second = read_pass(1), read_pass(2)
    rows = list(detected(args.data, open_trained(args.onnx), consensus(first, second)))
    total = {
        part: {key: sum(row[part][key] for row in rows) for key in _COUNTS}
        for part in ("blinks", "brief")
    }
    result = {
        "question": "what of the movements that were marked by eye on real people is found?",
        "marked_s": round(sum(row["offered_s"] for row in rows), 1),
        "agreement": agreement(first, second),
        "clips": rows,
        "total": total,
    }
    clips = [args.data / "face" / "video" / row["clip"] for row in rows]
    write_result("real_movements", result, clips)
    PAGE.write_text(page(json.loads((RESULTS / "real_movements.json").read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
