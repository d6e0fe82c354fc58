"""Signals on an even grid in time, whatever the camera's rate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from facesign.biometrics.face.signals import SIGNALS
from facesign.biometrics.stream import BoolArray, FloatArray, TimeArray

__all__ = ["GRID_HZ", "EvenGrid", "GridRows"]

GRID_HZ = 30.0
BRIDGE_S = 0.1
"""Frames farther apart are not joined: at 15 frames/s one may be missing, not two."""
KEEP_S = 0.25
_ON_FRAME = 1e-3
"""A grid point this share of a step from a frame has the frame's values."""


@dataclass(frozen=True, slots=True, eq=False)
class GridRows:
    """The 132 signals at even times."""

    time_s: TimeArray
    """Multiples of 1 / GRID_HZ, shape (n_rows,)."""
    values: FloatArray = field(repr=False)
    """Shape (n_rows, 132); 0 where not valid."""
    valid: BoolArray = field(repr=False)
    """Shape (n_rows, 132)."""


class EvenGrid:
    """Bring frames of any rate to 30 a second: interpolated, or averaged where they are denser.

    A row depends on the frames around it alone, so the size of the pieces does not matter.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next frame starts a new run."""
        self._time_s: TimeArray = np.zeros(0)
        self._values: FloatArray = np.zeros((0, len(SIGNALS)), np.float32)
        self._valid: BoolArray = np.zeros((0, len(SIGNALS)), np.bool_)
        self._next: int | None = None

    def push(self, time_s: TimeArray, values: FloatArray, valid: BoolArray) -> GridRows:
        """Take frames in time order.

        Args:
            time_s: Shape (n_frames,), increasing.
            values: Shape (n_frames, 132); anything where not valid.
            valid: Shape (n_frames, 132).

        Returns:
            The rows that no later frame can change.
        """
        self._time_s = np.concatenate([self._time_s, time_s])
        self._values = np.concatenate([self._values, np.where(valid, values, np.float32(0))])
        self._valid = np.concatenate([self._valid, valid])
        if not len(self._time_s):
            return self._rows(np.zeros(0))
        if self._next is None:
            self._next = int(np.ceil(self._time_s[0] * GRID_HZ - _ON_FRAME))
        last = int(np.floor((self._time_s[-1] - 0.5 / GRID_HZ) * GRID_HZ - _ON_FRAME))
        rows = self._rows(np.arange(self._next, last + 1) / GRID_HZ)
        self._next = max(self._next, last + 1)
        keep = int(np.searchsorted(self._time_s, self._time_s[-1] - KEEP_S))
        self._time_s, self._values = self._time_s[keep:], self._values[keep:]
        self._valid = self._valid[keep:]
        return rows

    def finish(self) -> GridRows:
        """Return the rows up to the last frame, and forget everything."""
        if self._next is None:
            return self._rows(np.zeros(0))
        last = int(np.floor(self._time_s[-1] * GRID_HZ + _ON_FRAME))
        rows = self._rows(np.arange(self._next, last + 1) / GRID_HZ)
        self.reset()
        return rows

    def _rows(self, grid_s: TimeArray) -> GridRows:
        if not len(grid_s):
            return GridRows(grid_s, self._values[:0], self._valid[:0])
        values, valid = self._between(grid_s)
        begin = np.searchsorted(self._time_s, grid_s - 0.5 / GRID_HZ, side="right")
        end = np.searchsorted(self._time_s, grid_s + 0.5 / GRID_HZ, side="right")
        for row in np.flatnonzero(end - begin >= 3):
            part = slice(begin[row], end[row])
            n = self._valid[part].sum(axis=0)
            values[row] = self._values[part].sum(axis=0) / np.maximum(n, 1)
            valid[row] = n > 0
        return GridRows(grid_s, values, valid)

    def _between(self, grid_s: TimeArray) -> tuple[FloatArray, BoolArray]:
        """Interpolate between the frame before and the frame after each row."""
        n = len(self._time_s)
        after = np.clip(np.searchsorted(self._time_s, grid_s, side="right"), 1, max(n - 1, 1))
        before, after = after - 1, np.minimum(after, n - 1)
        step_s = np.maximum(self._time_s[after] - self._time_s[before], 1e-6)
        share = np.clip((grid_s - self._time_s[before]) / step_s, 0.0, 1.0)[:, None]
        share = np.where(share < _ON_FRAME, 0.0, np.where(share > 1 - _ON_FRAME, 1.0, share))
        weights = share.astype(np.float32)
        values = self._values[before] * (1 - weights) + self._values[after] * weights
        near = (step_s <= BRIDGE_S)[:, None]
        valid = (self._valid[before] | (share == 1)) & (self._valid[after] | (share == 0))
        valid &= near | (share == 0) | (share == 1)
        return np.where(valid, values, np.float32(0)), valid
