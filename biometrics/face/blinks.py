"""Blinks with onset, apex and offset, from the opening of both eyes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.signals import CHANNELS

__all__ = ["Blink", "BlinkSpotter"]

_LEFT, _RIGHT = (
    next(i for i, c in enumerate(CHANNELS) if c.name == f"au45.{side}")
    for side in ("left", "right")
)
OPEN_OVER_S = 4.0
CLOSED_BELOW = 0.65
"""A blink takes the opening below this share of the usual opening."""
EDGE_SHARE = 0.1
"""Onset and offset lie where a tenth of the closing is done or left."""
LONGEST_S = 0.8
"""Longer closures are closed eyes, not blinks."""
EDGE_REACH_S = 0.3
USUAL_EVERY = 4
"""The usual opening is taken anew at every fourth frame."""


@dataclass(frozen=True, slots=True)
class Blink:
    """One blink of both eyes."""

    onset_s: float
    apex_s: float
    offset_s: float
    closure: float
    """Share of the usual opening that was closed at the apex, 0 to 1."""


class BlinkSpotter:
    """Spot blinks against the usual opening of the last four seconds."""

    def __init__(self) -> None:
        self._history: deque[tuple[float, float]] = deque()
        self._below: list[tuple[float, float]] = []
        self._await_edge: tuple[list[tuple[float, float]], float] | None = None
        self._usual = float("nan")
        self._n_frames = 0

    def push(self, block: FaceBlock) -> Iterator[Blink]:
        """Take one block and yield the blinks that ended in it."""
        # The more open eye: one eye that closes alone is a wink.
        opening = -np.minimum(block.channels[:, _LEFT], block.channels[:, _RIGHT])
        for time_s, value in zip(block.time_s.tolist(), opening.tolist(), strict=True):
            yield from self._step(time_s, value)

    def finish(self) -> Iterator[Blink]:
        """Yield a blink whose offset was still awaited."""
        if self._await_edge is not None:
            yield from self._close()

    def _step(self, time_s: float, value: float) -> Iterator[Blink]:
        if not np.isfinite(value):
            # A lost face ends everything that was under way.
            self._history.clear()
            self._below, self._await_edge = [], None
            return
        self._history.append((time_s, value))
        while time_s - self._history[0][0] > OPEN_OVER_S:
            self._history.popleft()
        if self._await_edge is not None:
            run, level = self._await_edge
            run.append((time_s, value))
            if value >= level or time_s - run[0][0] > LONGEST_S + EDGE_REACH_S:
                yield from self._close()
        if self._n_frames % USUAL_EVERY == 0:
            self._usual = float(np.percentile([v for _, v in self._history], 70))
        self._n_frames += 1
        below = value < CLOSED_BELOW * self._usual
        if below and self._await_edge is None:
            self._below.append((time_s, value))
        elif self._below:
            run, self._below = self._below, []
            seen_open = self._history[0][0] < run[0][0]
            if seen_open and run[-1][0] - run[0][0] <= LONGEST_S:
                deepest = min(v for _, v in run)
                level = self._usual - EDGE_SHARE * (self._usual - deepest)
                self._await_edge = ([*run, (time_s, value)], level)
                if value >= level:
                    yield from self._close()

    def _close(self) -> Iterator[Blink]:
        if self._await_edge is None:
            return
        (run, level), self._await_edge = self._await_edge, None
        apex_s, deepest = min(run, key=lambda point: point[1])
        before = [p for p in self._history if apex_s - EDGE_REACH_S <= p[0] <= apex_s]
        onset_s = next((t for t, v in reversed(before) if v >= level), before[0][0])
        offset_s = next((t for t, v in run if t > apex_s and v >= level), run[-1][0])
        if offset_s - onset_s <= LONGEST_S:
            closure = float(np.clip(1 - deepest / self._usual, 0, 1))
            yield Blink(onset_s, apex_s, offset_s, closure)
