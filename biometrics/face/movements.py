"""Brief movements: what stands out from the baseline for 40 to 500 ms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.quality import Reliability
from facesign.biometrics.face.signals import Signals

__all__ = ["Movement", "MovementSpotter", "Unassessed"]


@dataclass(frozen=True, slots=True)
class Movement:
    """One brief movement."""

    onset_s: float
    apex_s: float
    offset_s: float
    channels: tuple[str, ...]
    """Channels that moved, strongest first, such as `au1.left`."""
    strength: float
    """Largest departure of `level` at the apex, in baseline deviations."""
    reliability: Reliability
    probability: float | None = None
    """Calibrated probability; None from a spotter that has none."""
    megc_class: str | None = None
    """`positive`, `negative`, `surprise` or `other` after the MEGC: research output only."""


@dataclass(frozen=True, slots=True)
class Unassessed:
    """A span in which no movement is told, whatever the face did."""

    start_s: float
    end_s: float
    reason: str
    """Such as `baseline_short`, `face_lost` or `head_turning`."""


class MovementSpotter(Protocol):
    """What every spotter of brief movements offers."""

    def push(
        self, block: FaceBlock, signals: Signals, baseline: Baseline | None
    ) -> Iterator[Movement | Unassessed]:
        """Take one block with its signals and yield what became known.

        Args:
            block: The next block.
            signals: Its signals.
            baseline: What they were read against; None until it is full.
        """
        ...

    def finish(self) -> Iterator[Movement | Unassessed]:
        """Yield what was still open at the end of the stream."""
        ...
