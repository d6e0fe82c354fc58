"""The page of movements marked by eye, from the result file of benchmarks/marks.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marks_told import BLINK_IOU, COUNTS, MOVEMENT_IOU

__all__ = ["page"]

HEAD = """# Marked movements of real people

Written by `benchmarks/marks.py`. {minutes:.1f} minutes of the development recordings were looked
at on sheets of frames (`benchmarks/mark_sheets.py`) at 12 steps a second, and all but 15 s of them
once more at every frame, so just under five minutes were looked at twice. Not looked at again were
clm_cap12_edit from 34.5 to 43.2 and from 51.8 s, lp_d10 from 14.4 s and lp_d3 from 7.2 s; marks of
the first pass there count as not confirmed. Brows, lids, nose, mouth corners and blinks were
marked with onset, apex and offset; mouth movements of speech were not. The rater was a vision
model, not a certified FACS coder, and the same for both passes: the second was made within the
hour, remembering the first, so their agreement says little about how sure a mark is. Times and
labels are in `benchmarks/marks/`; no picture is.
"""
INDEPENDENT = """### With an independent rater

{minutes:.1f} of the minutes were marked at every frame once more by a rater of the same kind who
had seen no mark of the two passes there, only how many each held (`independent.csv`). That rater
marked {independent} brief movements other than blinks, the second pass {second}; {both} are in
both. The agreement that matters is this one: the two passes share a rater's memory and eye. Most
of what only the independent rater has are brief movements of brows and lids, many of them played
for the camera. Nobody has settled who is right.
"""
DETECTORS = f"""In the table only marks of both passes count. A blink is found where the spans
overlap with IoU >= {BLINK_IOU}, a brief movement with {MOVEMENT_IOU}. "Touched" is a brief movement
that some told span overlaps at all; "nobody's" a told span that overlaps no brief movement of any
rater, which where marks are dense is little proof.
"""


def page(result: Mapping[str, Any]) -> str:
    """Return the page of marks."""
    lines = [HEAD.format(minutes=result["marked_s"] / 60), "## Agreement of the two passes\n"]
    lines += _table(result["agreement"], "first | second")
    apart = result["independent"]
    lines += ["", INDEPENDENT.format(minutes=apart["marked_s"] / 60, **apart["brief"])]
    lines += _table(apart["agreement"], "second pass | independent")
    lines += ["", "## Against the detectors (real people)\n", DETECTORS]
    lines.append(
        "| clip | s | blinks marked | found | rightly | brief | found | IoU 0.5 | touched "
        "| nobody's |"
    )
    lines.append("|" + " --- |" * 10)
    for row in result["clips"]:
        blinks, brief = row["blinks"], row["brief"]
        cells = [row["clip"], row["offered_s"], *(blinks[k] for k in COUNTS)]
        cells += [*(brief[k] for k in COUNTS), brief["n_touched"], row["n_nobodys"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines.append(f"\nMarks of both passes: {_sum(result['total'])}")
    lines.append(
        "\nMarks that the second pass and the independent rater share, both at every frame, where "
        f"both looked: {_sum(result['total_every_frame'])} So few marks say little about recall.\n"
    )
    return "\n".join(lines)


def _table(agreed: Mapping[str, Any], raters: str) -> list[str]:
    lines = [f"| place | {raters} | both | F1 | apexes apart, median s |", "|" + " --- |" * 6]
    for place, row in agreed.items():
        values = [row[key] for key in ("first", "second", "both", "agreement_f1")]
        lines.append(f"| {place} | {' | '.join(map(str, values))} | {_or_nothing(row)} |")
    return lines


def _sum(total: Mapping[str, Any]) -> str:
    blinks, brief = total["blinks"], total["brief"]
    return (
        f"{blinks['n_hit']} of {blinks['n_true']} blinks of real people found, "
        f"{blinks['n_found']} told; of their brief movements other than blinks "
        f"{brief['n_hit']} of {brief['n_true']} found with IoU >= {MOVEMENT_IOU}, "
        f"{brief['n_found']} told."
    )


def _or_nothing(row: Mapping[str, Any]) -> str:
    value = row["median_apex_difference_s"]
    return "" if value is None else str(value)
