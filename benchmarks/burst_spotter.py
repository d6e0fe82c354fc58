"""The plainest spotter: a movement is where any channel's `burst` is above a threshold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from movement_reading import Read, drive, outside, read
from movement_scores import judge
from movement_takes import Filmed

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.quality import reliability_of
from facesign.biometrics.face.signals import CHANNELS, Signals
from facesign.biometrics.face.unassessed import Doubts
from facesign.biometrics.spotting import Spotting
from facesign.samples.takes import kept_take, sharp_blocks_of
from facesign.samples.truth import read_truth

__all__ = ["BurstSpotter", "best_threshold"]

LATE_S = 0.12
"""A burst rises and falls about this long after its movement."""
CANDIDATES = np.geomspace(1.5, 30, 14)
N_TAKES = 12
_USED = np.array([c.region != "gaze" and not c.name.startswith("au45") for c in CHANNELS])


class BurstSpotter:
    """Spans in which the largest burst is above a threshold, moved back by its lateness."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._run: list[tuple[float, float, int]] = []
        self._size_px, self._rate_hz = 0.0, 0.0

    def push(
        self, block: FaceBlock, signals: Signals, baseline: Baseline | None
    ) -> Iterator[Movement]:
        """Take one block and yield the spans that ended."""
        if block.found.any():
            self._size_px = float(np.nanmedian(block.inter_ocular_px))
        self._rate_hz = baseline.rate_hz if baseline is not None else self._rate_hz
        burst = np.nan_to_num(signals.reading("burst"))
        burst[:, ~_USED] = 0
        for time_s, row in zip(signals.time_s.tolist(), burst, strict=True):
            lead = int(np.argmax(row))
            if row[lead] > self._threshold:
                self._run.append((time_s, float(row[lead]), lead))
            else:
                yield from self.finish()

    def finish(self) -> Iterator[Movement]:
        """Yield the span that is still open."""
        run, self._run = self._run, []
        if len(run) > 1:
            apex_s, strength, lead = max(run, key=lambda row: row[1])
            yield Movement(
                run[0][0] - LATE_S,
                apex_s - LATE_S,
                run[-1][0] - LATE_S,
                (CHANNELS[lead].name,),
                strength,
                reliability_of(self._rate_hz, self._size_px),
            )


def best_threshold(training: Path) -> float:
    """Return the threshold with the best F1 on some takes that taught the classifier."""
    folders = sorted(f for f in training.iterdir() if (f / "truth.json").is_file())[:N_TAKES]
    takes = [
        Filmed("training", f.name, 0, read_truth(f / "truth.json"), kept_take(f)) for f in folders
    ]
    signals = [list(read(sharp_blocks_of(one.take), SignalMeter("calm_start"))) for one in takes]
    gaps = [_gaps(items) for items in signals]

    def f1(threshold: float) -> float:
        total = Spotting(0, 0, 0)
        for one, items, lost in zip(takes, signals, gaps, strict=True):
            found = outside(drive(items, BurstSpotter(threshold)), lost)
            total += judge(one, found, lost).counts()
        return total.f1

    return float(max(CANDIDATES, key=f1))


def _gaps(items: Sequence[Read]) -> list[Unassessed]:
    """Return where no spotter is asked, the same as when the threshold is judged."""
    found = drive(items, Doubts())
    return [item for item in found if isinstance(item, Unassessed)]
