"""What the detectors tell of a clip, and how much of it marks made by eye confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from movement_reading import length_s, run

from facesign.biometrics.face.blinks import BlinkSpotter
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.spotter import ClassifierSpotter
from facesign.biometrics.spotting import Interval, match
from facesign.models.runtime import Model
from facesign.samples.takes import blocks_of, sharp_blocks_of, watch

__all__ = ["COUNTS", "Told", "tell"]

COUNTS = ("n_true", "n_found", "n_hit")
BLINK_IOU = 0.2
MOVEMENT_IOU = 0.5
LONG_S = 30.0
"""Shorter clips are their own baseline."""


@dataclass(frozen=True, slots=True)
class Told:
    """Spans in seconds that were told of one clip."""

    offered_s: float
    assessed_s: float
    """Seconds in which brief movements were looked for."""
    blinks: tuple[Interval, ...]
    movements: tuple[Interval, ...]
    gaps: tuple[Interval, ...]
    """Where brief movements were not assessed."""

    def blinks_against(self, true: Sequence[Interval]) -> dict[str, int]:
        """Count the marked, told and rightly told blinks."""
        return _counted(self.blinks, true, BLINK_IOU)

    def movements_against(self, true: Sequence[Interval]) -> dict[str, int]:
        """Count the marked brief movements of assessed time, and the told ones, likewise."""
        assessed = [span for span in true if not _overlaps(span, self.gaps)]
        near = sum(_overlaps(span, self.movements) for span in assessed)
        return {**_counted(self.movements, assessed, MOVEMENT_IOU), "n_touched": near}

    def n_outside(self, marks: Sequence[Interval]) -> int:
        """Count the told movements that overlap no mark."""
        return sum(not _overlaps(span, marks) for span in self.movements)


def tell(clip: Path, model: Model) -> Told:
    """Run the detectors over a clip."""
    take = watch(clip)
    offered_s = float(take.time_s[-1] - take.time_s[0])
    spotter = BlinkSpotter()
    blinks = [blink for block in blocks_of(take) for blink in spotter.push(block)]
    blinks += list(spotter.finish())
    meter = SignalMeter("calm_start" if offered_s >= LONG_S else "whole")
    items = run(sharp_blocks_of(take), ClassifierSpotter(model), meter)
    gaps = [item for item in items if isinstance(item, Unassessed)]
    found = [item for item in items if isinstance(item, Movement)]
    return Told(
        offered_s,
        offered_s - length_s(gaps),
        tuple((b.onset_s, b.offset_s) for b in blinks),
        tuple((m.onset_s, m.offset_s) for m in found),
        tuple((g.start_s, g.end_s) for g in gaps),
    )


def _counted(found: Sequence[Interval], true: Sequence[Interval], iou: float) -> dict[str, int]:
    hits = match(found, true, least_iou=iou)
    return dict(zip(COUNTS, (len(true), len(found), len(hits)), strict=True))


def _overlaps(span: Interval, others: Sequence[Interval]) -> bool:
    return any(start < span[1] and end > span[0] for start, end in others)
