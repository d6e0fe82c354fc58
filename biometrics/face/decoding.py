"""From what the movement classifier says of each row to movements with edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from facesign.biometrics.face.evengrid import GRID_HZ
from facesign.biometrics.stream import FloatArray, TimeArray

__all__ = ["Decoder", "RawMovement", "Scores"]

START = 0.5
KEEP = 0.3
"""Hysteresis on the probability that a row lies within a movement."""
NEAR_S = 0.08
"""Rows this close to the apex say where the edges and which the channels are."""
SHORTEST_S, LONGEST_S = 0.04, 0.6
LONGEST_RUN_S = 1.2
"""A run this long is cut: it is no brief movement, or several that never came to rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The classifier's outputs for consecutive rows of the grid."""

    time_s: TimeArray
    """Shape (n_rows,)."""
    movement: FloatArray
    """Score that the row lies within a brief movement, 0 to 1, shape (n_rows,)."""
    probability: FloatArray
    """The same, calibrated: how often a movement with this peak is one, shape (n_rows,)."""
    apex: FloatArray
    """Score that the row is an apex, shape (n_rows,)."""
    edges_s: FloatArray
    """Time since onset and to offset, shape (n_rows, 2)."""
    channels: FloatArray
    """Probability that each channel moves, shape (n_rows, 44)."""
    kinds: FloatArray
    """Probability of each class, shape (n_rows, 4)."""

    def rows(self, part: slice) -> Scores:
        """Return some of the rows."""
        return Scores(*(getattr(self, name)[part] for name in _FIELDS))


_FIELDS = ("time_s", "movement", "probability", "apex", "edges_s", "channels", "kinds")


@dataclass(frozen=True, slots=True, eq=False)
class RawMovement:
    """A movement as the classifier's rows give it."""

    onset_s: float
    apex_s: float
    offset_s: float
    probability: float
    channels: FloatArray = field(repr=False)
    """Probability that each channel moves, shape (44,)."""
    kinds: FloatArray = field(repr=False)
    """Probability of each class, shape (4,)."""


class Decoder:
    """Join rows into movements: hysteresis, one apex a run, overlapping ones merged."""

    def __init__(self) -> None:
        self._run: list[Scores] = []
        self._last: RawMovement | None = None

    def push(self, scores: Scores) -> Iterator[RawMovement]:
        """Take the next rows; yield the movements that no later row can change."""
        for index in range(len(scores.time_s)):
            row = scores.rows(slice(index, index + 1))
            if row.movement[0] >= KEEP:
                self._run.append(row)
                if len(self._run) < LONGEST_RUN_S * GRID_HZ:
                    continue
            yield from self._close()

    def under_way(self, soon: Scores) -> Iterator[RawMovement]:
        """Yield the movements that later rows may still change: apex passed, end not yet.

        Args:
            soon: What is said so far of the next rows; they are not kept.
        """
        ahead = Decoder()
        ahead._run, ahead._last = [*self._run], self._last
        yield from ahead.push(soon)
        if ahead._run:
            run = _joined(ahead._run)
            found = _read(run)
            if found is None or run.time_s[-1] - found.apex_s < NEAR_S:
                ahead._run = []
        yield from ahead.finish()

    def finish(self) -> Iterator[RawMovement]:
        """Yield what is still open."""
        yield from self._close()
        if self._last is not None:
            yield self._last
            self._last = None

    def _close(self) -> Iterator[RawMovement]:
        run, self._run = self._run, []
        if not run:
            # Two rows without a run end the wait for a movement that goes on.
            if self._last is not None:
                yield self._last
                self._last = None
            return
        found = _read(_joined(run))
        if found is None:
            return
        before = self._last
        if before is not None and found.onset_s < before.offset_s:
            self._last = max(before, found, key=lambda one: one.probability)
            return
        if before is not None:
            yield before
        self._last = found


def _joined(run: list[Scores]) -> Scores:
    return Scores(*(np.concatenate([getattr(row, name) for row in run]) for name in _FIELDS))


def _read(run: Scores) -> RawMovement | None:
    if run.movement.max() < START:
        return None
    peak = int(np.argmax(run.apex * run.movement))
    near = np.abs(run.time_s - run.time_s[peak]) <= NEAR_S
    weight = run.movement[near] / run.movement[near].sum()
    onset_s = float(weight @ (run.time_s[near] - run.edges_s[near, 0]))
    offset_s = float(weight @ (run.time_s[near] + run.edges_s[near, 1]))
    if not SHORTEST_S <= offset_s - onset_s <= LONGEST_S:
        return None
    return RawMovement(
        onset_s=onset_s,
        apex_s=float(np.clip(_between(run, peak), onset_s, offset_s)),
        offset_s=offset_s,
        probability=float(run.probability.max()),
        channels=weight @ run.channels[near],
        kinds=weight @ run.kinds[near],
    )


def _between(run: Scores, peak: int) -> float:
    """Place the apex between rows, at the top of the parabola through three of them."""
    if not 0 < peak < len(run.time_s) - 1:
        return float(run.time_s[peak])
    before, top, after = np.log(np.maximum(run.apex[peak - 1 : peak + 2], 1e-4))
    bend = before - 2 * top + after
    shift = 0.5 * (before - after) / bend if bend < -1e-6 else 0.0
    return float(run.time_s[peak] + np.clip(shift, -0.5, 0.5) / GRID_HZ)
