"""Signals of a take, read once and given to every spotter; where spotters are asked at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, MovementSpotter, Unassessed
from facesign.biometrics.face.signals import Signals

__all__ = ["Read", "drive", "length_s", "meets", "outside", "read", "run"]

Read = tuple[FaceBlock, Signals, Baseline | None]
"""A block, its signals, and what they were read against."""


def read(blocks: Iterable[FaceBlock], meter: SignalMeter) -> Iterator[Read]:
    """Read the signals of a take as the pipeline does, once for all spotters."""
    waiting: deque[FaceBlock] = deque()

    def with_block(signals: Signals) -> Read:
        return waiting.popleft(), signals, meter.baseline

    for block in blocks:
        waiting.append(block)
        yield from map(with_block, meter.push(block))
    yield from map(with_block, meter.finish())


def drive(items: Iterable[Read], spotter: MovementSpotter) -> list[Movement | Unassessed]:
    """Run a spotter over what was read."""
    found = [item for one in items for item in spotter.push(*one)]
    return [*found, *spotter.finish()]


def run(
    blocks: Iterable[FaceBlock], spotter: MovementSpotter, meter: SignalMeter
) -> list[Movement | Unassessed]:
    """Run a spotter over a take as the pipeline does."""
    return drive(read(blocks, meter), spotter)


def outside(items: Iterable[Movement | Unassessed], gaps: Sequence[Unassessed]) -> list[Movement]:
    """Return the movements that meet no span that is not assessed."""
    return [
        item
        for item in items
        if isinstance(item, Movement) and not meets(item.onset_s, item.offset_s, gaps)
    ]


def length_s(gaps: Iterable[Unassessed]) -> float:
    """Return how long the spans are together; what two of them share counts once."""
    total, reached = 0.0, -np.inf
    for gap in sorted(gaps, key=lambda gap: gap.start_s):
        total += max(gap.end_s - max(gap.start_s, reached), 0.0)
        reached = max(reached, gap.end_s)
    return total


def meets(onset_s: float, offset_s: float, gaps: Sequence[Unassessed]) -> bool:
    """Tell whether a movement meets a span that is not assessed."""
    return any(onset_s <= gap.end_s and offset_s >= gap.start_s for gap in gaps)
