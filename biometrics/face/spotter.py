"""Brief movements by the trained classifier over the 132 signals."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from facesign.biometrics.face.baseline import PAIRS, Baseline
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.decoding import Decoder, RawMovement, Scores
from facesign.biometrics.face.evengrid import GRID_HZ, EvenGrid, GridRows
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.quality import Reliability, reliability_of
from facesign.biometrics.face.signals import CHANNELS, SIGNALS, Signals
from facesign.biometrics.face.unassessed import Doubts
from facesign.biometrics.stream import FloatArray, TimeArray
from facesign.models.runtime import Model

__all__ = ["LEAST_PROBABILITY", "MODEL", "ClassifierSpotter"]

MODEL = "movements-132"
MEGC_CLASSES = ("positive", "negative", "surprise", "other")
LEAST_PROBABILITY = 0.75
"""Less certain movements are not told. The lowest of the steps that models/training/movements
prints with at most half a false movement a minute on the takes kept out of training."""
LEAST_CHANNEL = 0.5
N_BACK, N_NEW, N_AHEAD = 52, 2, 12
"""Rows of one run of the model: those before, those it is asked about, those after (0.4 s). Of
eight at once it says the same for 4 ms less a second, but 0.1 s later."""
N_AHEAD_LEAST = 2
"""So many rows of the future are enough to show what is not settled yet: benchmarks/
movements_early.py compares."""
HOLE_S = 1.0
"""After a longer hole between frames everything starts afresh."""
LEVELS_S = 3.0
EDGE_S = 0.05
LOWER: dict[Reliability, Reliability] = {
    "high": "medium",
    "medium": "low",
    "low": "low",
    "none": "none",
}
ONE_SIDED = 0.5
"""Chosen on the rendered takes that it was then counted on: 14 of 17 one-sided movements were told
as such, 48 of 48 others not."""


class ClassifierSpotter:
    """Spot movements with `movements-132.onnx`.

    Rows of signals are scored two at a time, always in windows of the same size, so that
    the pieces in which a stream arrives change nothing.

    Args:
        model: The opened model.
        gated: Leave out what falls into a span that is not assessed; without gates every
            movement is told, for measurements only.
        least_probability: Less certain movements are not told.
    """

    def __init__(
        self, model: Model, *, gated: bool = True, least_probability: float = LEAST_PROBABILITY
    ) -> None:
        self._model = model
        self._gated = gated
        self._least = least_probability
        self._grid = EvenGrid()
        self._doubts = Doubts()
        self._baseline: Baseline | None = None
        self._size_px = 0.0
        self._last_s = -np.inf
        self._seen: tuple[Movement, ...] | None = ()
        self._start_over()

    @property
    def under_way(self) -> tuple[Movement, ...]:
        """Movements whose apex has passed and that are not settled yet, as they look now."""
        if self._seen is None:
            found = self._decoder.under_way(self._soon())
            self._seen = tuple(told for one in found for told in self._told(one))
        return self._seen

    def push(
        self, block: FaceBlock, signals: Signals, baseline: Baseline | None
    ) -> Iterator[Movement | Unassessed]:
        """Take one block with its signals and yield what became known."""
        self._seen = None
        changed = baseline is not None and baseline is not self._baseline
        if changed or block.time_s[0] - self._last_s > HOLE_S:
            yield from self._flush()
        self._baseline = baseline or self._baseline
        self._last_s = float(block.time_s[-1])
        if block.found.any():
            self._size_px = float(np.nanmedian(block.inter_ocular_px))
        yield from self._doubts.push(block, signals, baseline)
        yield from self._score(self._grid.push(signals.time_s, signals.values, signals.valid))

    def finish(self) -> Iterator[Movement | Unassessed]:
        """Yield what was still open at the end of the stream."""
        self._seen = None
        yield from self._flush()
        yield from self._doubts.finish()

    def _start_over(self) -> None:
        self._decoder = Decoder()
        self._time_s: TimeArray = np.zeros(0)
        shape = (N_BACK, len(SIGNALS))
        self._values: FloatArray = np.zeros(shape, np.float32)
        self._valid: FloatArray = np.zeros(shape, np.float32)
        self._levels: deque[tuple[float, FloatArray]] = deque()

    def _flush(self) -> Iterator[Movement]:
        yield from self._score(self._grid.finish())
        n_left = len(self._time_s)
        if n_left:
            # Rows without anything valid stand in for what never came.
            n_more = -n_left % N_NEW + N_AHEAD
            ahead_s = self._time_s[-1] + np.arange(1, n_more + 1) / GRID_HZ
            nothing = np.zeros((n_more, len(SIGNALS)), np.float32)
            yield from self._score(GridRows(ahead_s, nothing, nothing.astype(np.bool_)))
        for found in self._decoder.finish():
            yield from self._told(found)
        self._start_over()

    def _score(self, rows: GridRows) -> Iterator[Movement]:
        """Score all rows whose future is known; `_values` holds N_BACK rows before them."""
        self._time_s = np.concatenate([self._time_s, rows.time_s])
        self._values = np.concatenate([self._values, rows.values])
        self._valid = np.concatenate([self._valid, rows.valid.astype(np.float32)])
        for time_s, values in zip(rows.time_s.tolist(), rows.values[:, ::3], strict=True):
            self._levels.append((time_s, values))
        while len(self._time_s) >= N_NEW + N_AHEAD:
            for found in self._decoder.push(self._scores(N_NEW, N_BACK + N_NEW + N_AHEAD)):
                yield from self._told(found)
            self._time_s = self._time_s[N_NEW:]
            self._values, self._valid = self._values[N_NEW:], self._valid[N_NEW:]
        while self._levels and self._levels[-1][0] - self._levels[0][0] > LEVELS_S:
            self._levels.popleft()

    def _scores(self, n_asked: int, n_given: int) -> Scores:
        """Run the model over so many rows and return what it says of the first after N_BACK."""
        given = slice(n_given)
        out = self._model.run(signals=self._values[None, given], valid=self._valid[None, given])
        asked = slice(N_BACK, N_BACK + n_asked)
        return Scores(
            self._time_s[:n_asked],
            *(
                out[name][0, asked]
                for name in ("movement", "probability", "apex", "edges_s", "channels", "kinds")
            ),
        )

    def _soon(self) -> Scores:
        """Return what the model says so far of rows whose future is not all known."""
        n = max(0, len(self._time_s) - N_AHEAD_LEAST)
        return self._scores(n, N_BACK + len(self._time_s))

    def _told(self, found: RawMovement) -> Iterator[Movement]:
        if found.probability < self._least:
            return
        if self._gated and self._doubts.touch(found.onset_s, found.offset_s):
            return
        named = self._named(found)
        yield Movement(
            onset_s=found.onset_s,
            apex_s=found.apex_s,
            offset_s=found.offset_s,
            channels=tuple(CHANNELS[i].name for i in named),
            strength=self._level_at(found.apex_s, named),
            reliability=self._reliability(named),
            probability=found.probability,
            megc_class=MEGC_CLASSES[int(np.argmax(found.kinds))],
        )

    def _reliability(self, channels: list[int]) -> Reliability:
        """Grade by rate and size, one step lower where every channel that moved is a weak one."""
        rate_hz = self._baseline.rate_hz if self._baseline else 0.0
        grade = reliability_of(rate_hz, self._size_px)
        weak = all(CHANNELS[i].grade in ("weak", "unvalidated") for i in channels)
        return LOWER[grade] if weak else grade

    def _named(self, found: RawMovement) -> list[int]:
        """Return the columns of the channels that moved, likeliest first.

        Where both sides of one channel are likely, a side that moved less than half as far as
        the other did not move: the network names both too readily.
        """
        order = np.argsort(-found.channels)
        likely = [int(i) for i in order if found.channels[i] >= LEAST_CHANNEL] or [int(order[0])]
        moved = self._moved(found)
        still = {
            weak
            for left, right in PAIRS
            for weak, strong in ((left, right), (right, left))
            if moved[weak] < ONE_SIDED * moved[strong]
        }
        # The stronger side takes the place of a weak one that came first.
        other = dict(PAIRS) | {right: left for left, right in PAIRS}
        named = [other[i] if i in still else i for i in likely]
        return list(dict.fromkeys(named))

    def _moved(self, found: RawMovement) -> FloatArray:
        """Return how far each channel departed from where it was at onset and offset."""
        rows = [
            level
            for time_s, level in self._levels
            if found.onset_s - EDGE_S <= time_s <= found.offset_s + EDGE_S
        ]
        if len(rows) < 3 or self._baseline is None:
            return np.ones(len(CHANNELS), np.float32)
        levels = np.stack(rows) * self._baseline.whole_scale
        rest = 0.5 * (levels[0] + levels[-1])
        moved: FloatArray = np.abs(levels - rest).max(axis=0).astype(np.float32)
        return moved

    def _level_at(self, apex_s: float, channels: list[int]) -> float:
        """Return the largest departure of `level` among the channels at the apex."""
        if not self._levels:
            return 0.0
        _, level = min(self._levels, key=lambda row: abs(row[0] - apex_s))
        return float(np.abs(level[channels]).max())
