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
USUAL_OVER_S = 4.0
USUAL_EVERY = 4
"""The usual opening is taken anew at every fourth frame."""
CLOSED_BELOW = 0.65
"""A blink takes the opening below this share of the usual opening."""
REOPENED_ABOVE = 0.8
"""Lids that did not get so far between two closures flutter in one blink."""
EDGE_SHARE = 0.1
"""Onset and offset lie where a tenth of the closing is done or left."""
EDGE_REACH_S = 0.3
"""Onset and offset are sought this far around the closure: lids often stay narrower after it."""
REGAINED_SHARE = 0.7
"""A blink opens again by this share of its closing; a glance down leaves the lids low."""
LONGEST_S = 0.8
"""Longer closures are closed eyes, not blinks."""


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
        self._shut: tuple[float, float] | None = None
        self._reopened: tuple[float, float] | None = None
        self._usual = float("nan")
        self._n_frames = 0

    def push(self, block: FaceBlock) -> Iterator[Blink]:
        """Take one block and yield the blinks that became known."""
        # The more open eye: one eye that closes alone is a wink.
        opening = -np.minimum(block.channels[:, _LEFT], block.channels[:, _RIGHT])
        for time_s, value in zip(block.time_s.tolist(), opening.tolist(), strict=True):
            yield from self._step(time_s, value)

    def finish(self) -> Iterator[Blink]:
        """Yield a blink whose offset was still awaited."""
        yield from self._close()

    def _step(self, time_s: float, value: float) -> Iterator[Blink]:
        if not np.isfinite(value):
            # A lost face ends everything that was under way.
            self._history.clear()
            self._shut = self._reopened = None
            return
        self._history.append((time_s, value))
        while time_s - self._history[0][0] > USUAL_OVER_S:
            self._history.popleft()
        if self._n_frames % USUAL_EVERY == 0:
            self._usual = float(np.percentile([v for _, v in self._history], 70))
        self._n_frames += 1
        if value < CLOSED_BELOW * self._usual:
            yield from self._close_or_go_on()
            self._shut = (time_s if self._shut is None else self._shut[0], time_s)
        elif self._shut is not None:
            self._reopened, self._shut = self._shut, None
        elif self._reopened is not None and time_s - self._reopened[1] > EDGE_REACH_S:
            yield from self._close()

    def _close_or_go_on(self) -> Iterator[Blink]:
        """Part two closures where the lids opened between them, else join them."""
        if self._reopened is None:
            return
        between = max(v for t, v in self._history if t > self._reopened[1])
        if between < REOPENED_ABOVE * self._usual:
            self._shut, self._reopened = self._reopened, None
        else:
            yield from self._close()

    def _close(self) -> Iterator[Blink]:
        if self._reopened is None:
            return
        (start_s, end_s), self._reopened = self._reopened, None
        seen = [p for p in self._history if start_s - EDGE_REACH_S <= p[0] <= end_s + EDGE_REACH_S]
        shut = [p for p in seen if start_s <= p[0] <= end_s]
        onset_unseen = not shut or seen[0][0] >= start_s
        if onset_unseen or end_s - start_s > LONGEST_S:
            return
        apex_s, deepest = min(shut, key=lambda point: point[1])
        onset_s = _edge([p for p in reversed(seen) if p[0] <= apex_s], deepest)
        offset_s = _edge([p for p in seen if p[0] >= apex_s], deepest)
        regained = max(v for t, v in seen if t >= apex_s) - deepest
        closed = max(v for t, v in seen if t <= apex_s) - deepest
        if offset_s - onset_s <= LONGEST_S and regained >= REGAINED_SHARE * closed:
            closure = float(np.clip(1 - deepest / self._usual, 0, 1))
            yield Blink(onset_s, apex_s, offset_s, closure)


def _edge(points: list[tuple[float, float]], deepest: float) -> float:
    """Find where the lids, followed away from the apex, are nearly as open as they get."""
    widest = max(value for _, value in points)
    level = widest - EDGE_SHARE * (widest - deepest)
    return next(time_s for time_s, value in points if value >= level)
