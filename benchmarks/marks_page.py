"""The page of movements marked by eye, from the result file of benchmarks/marks.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marks_told import BLINK_IOU, COUNTS, MOVEMENT_IOU

__all__ = ["page"]

HEAD = """# Marked movements of real people

Written by `benchmarks/marks.py`. {minutes:.1f} minutes of the development recordings were looked
at on sheets of frames (`benchmarks/mark_sheets.py`), every frame, by two raters each for itself,
after [the protocol](../benchmarks/marks/PROTOCOL.md). Neither had seen other marks, a detector's
output or this project's code. Both are vision models of one kind, no certified FACS coders: where
they agree, both may be wrong alike. Times and labels are in `benchmarks/marks/`; no picture is.
"""
BRIEF = """
Of brief movements other than blinks, one rater marked {first}, the other {second}; {both} are in
both (F1 {agreement_f1}). That is how sure such a mark is.
"""
DETECTORS = f"""In the table only marks of both raters count. A blink is found where the spans
overlap with IoU >= {BLINK_IOU}, a brief movement with {MOVEMENT_IOU}. "Touched" is a brief movement
that some told span overlaps at all; "nobody's" a told span that overlaps no brief movement of
either rater.
"""


def page(result: Mapping[str, Any]) -> str:
    """Return the page of marks."""
    lines = [HEAD.format(minutes=result["marked_s"] / 60), "## Agreement of the two raters\n"]
    lines += _table(result["agreement"])
    lines.append(BRIEF.format(**result["brief_agreement"]))
    lines += ["## Against the detectors (real people)\n", DETECTORS]
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
    lines.append(f"\nMarks of both raters: {_sum(result['total'])}")
    either = result["total"]["either"]
    lines.append(
        f"\nMarks of either rater: {either['n_hit']} of {either['n_true']} brief movements other "
        f"than blinks of real people found with IoU >= {MOVEMENT_IOU}. So few marks that both have "
        "say little about recall.\n"
    )
    return "\n".join(lines)


def _table(agreed: Mapping[str, Any]) -> list[str]:
    lines = ["| place | rater a | rater b | both | F1 | apexes apart, median s |"]
    lines.append("|" + " --- |" * 6)
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
