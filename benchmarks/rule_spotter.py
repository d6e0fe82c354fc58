"""The spotter that came first: a threshold on `burst` with hysteresis, edges from `level`.

It is what the trained classifier is measured against.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.blinks import Blink, BlinkSpotter
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.quality import reliability_of
from facesign.biometrics.face.readings import LEAST_STEP_S, DoubleArray
from facesign.biometrics.face.signals import CHANNELS, Signals
from facesign.biometrics.stream import BoolArray, TimeArray

__all__ = ["RuleSpotter"]

HISTORY_S = 2.5
SETTLE_S = 0.45
"""An event is read this long after its burst has faded, when its offset is surely in."""
START_SPREADS = 7.0
KEEP_SPREADS = 4.0
LEAST_BURST = 1.2
BURST_FLOOR = 0.05
"""Added to the usual spread, so that a face that held quite still is not all bursts."""
LEAST_PEAK = 3.0
EDGE_SHARE = 0.2
SHORTEST_S, LONGEST_S = 0.04, 0.5
LONGEST_BURST_S = 1.0
CALM_DEG_PER_S = 30.0
BLINK_MARGIN_S = 0.1
SPEECH_MARGIN_S = 0.35
"""The mouth opens before a word is heard and closes after it."""
LOOK_BACK_S = 0.7
LEAST_ROWS = 6
"""An event with fewer frames around it cannot be read."""

_SPOTTED = np.array([c.region != "gaze" and not c.name.startswith("au45") for c in CHANNELS])
_UPPER = np.array([c.region in ("brows", "eyes", "nose") for c in CHANNELS])
_SPOKEN = np.array([c.region in ("mouth", "jaw") for c in CHANNELS])


@dataclass(frozen=True, slots=True)
class _Row:
    time_s: float
    level: DoubleArray
    pose_deg: float
    speaking: bool


@dataclass(slots=True)
class _Burst:
    start_s: float
    last_s: float
    channels: BoolArray


class RuleSpotter:
    """Spot movements by a threshold on `burst` above the person's own usual burst.

    Mouth and jaw are not spotted while the applicant speaks, the upper face not during a
    blink, and nothing while the head turns. Source: own.
    """

    def __init__(self) -> None:
        self._rows: deque[_Row] = deque()
        self._open: _Burst | None = None
        self._waiting: list[_Burst] = []
        self._blink_spotter = BlinkSpotter()
        self._blinks: deque[Blink] = deque(maxlen=8)
        self._baseline: Baseline | None = None
        self._size_px = 0.0
        self._told_until_s = -np.inf

    def push(
        self, block: FaceBlock, signals: Signals, baseline: Baseline | None
    ) -> Iterator[Movement]:
        """Take one block with its signals and yield the movements that became known."""
        self._blinks.extend(self._blink_spotter.push(block))
        if baseline is not None and baseline is not self._baseline:
            yield from self.finish()
            self._baseline = baseline
            self._rows.clear()
        if self._baseline is None:
            return
        if block.found.any():
            self._size_px = float(np.nanmedian(block.inter_ocular_px))
        spreads = self._spreads(signals, self._baseline)
        for row, time_s in enumerate(block.time_s.tolist()):
            # Before old rows go: after a hole in the picture all of them do.
            yield from self._settled(time_s)
            pose = float(np.hypot(block.yaw_deg[row], block.pitch_deg[row]))
            level = signals.reading("level")[row].astype(np.float64)
            self._rows.append(_Row(time_s, level, pose, bool(signals.speaking[row])))
            while time_s - self._rows[0].time_s > HISTORY_S:
                self._rows.popleft()
            self._step(time_s, spreads[row])

    def finish(self) -> Iterator[Movement]:
        """Yield what was still open at the end of the stream."""
        if self._open is not None:
            self._waiting.append(self._open)
            self._open = None
        yield from self._settled(np.inf)

    def _spreads(self, signals: Signals, baseline: Baseline) -> DoubleArray:
        """Return each burst in spreads above the usual burst; 0 where it is not spotted."""
        state = signals.speaking.astype(int)
        # In deviations of the state: a face that is silent moves less than one that speaks.
        own_scale = baseline.quick_scale / baseline.scale[state]
        burst = signals.reading("burst").astype(np.float64) * own_scale
        above: DoubleArray = burst - baseline.burst_median[state] * own_scale
        above /= baseline.burst_scale[state] * own_scale + BURST_FLOOR
        above[~(burst > LEAST_BURST)] = 0.0  # NaN too: limited channels, the warm-up
        above[:, ~_SPOTTED] = 0.0
        above[np.ix_(signals.speaking, _SPOKEN)] = 0.0
        return above

    def _step(self, time_s: float, spreads: DoubleArray) -> None:
        strong = spreads > START_SPREADS
        if self._open is None:
            if strong.any():
                self._open = _Burst(time_s, time_s, strong)
        elif (spreads > KEEP_SPREADS).any():
            self._open.last_s = time_s
            self._open.channels |= strong
        else:
            self._waiting.append(self._open)
            self._open = None

    def _settled(self, time_s: float) -> Iterator[Movement]:
        while self._waiting and time_s - self._waiting[0].last_s > SETTLE_S:
            burst = self._waiting.pop(0)
            if burst.last_s - burst.start_s <= LONGEST_BURST_S:
                movement = self._read(burst)
                if movement is not None:
                    yield movement

    def _read(self, burst: _Burst) -> Movement | None:
        begin_s, end_s = burst.start_s - LOOK_BACK_S, burst.last_s + SETTLE_S
        rows = [row for row in self._rows if begin_s <= row.time_s <= end_s]
        if len(rows) < LEAST_ROWS:
            return None
        times: TimeArray = np.array([row.time_s for row in rows])
        level = np.stack([row.level for row in rows])
        calm = np.isfinite(level).any(axis=1)
        if calm.sum() < LEAST_ROWS:
            return None
        channels = burst.channels.copy()
        if self._in_blink(burst):
            channels &= ~_UPPER
        if self._spoken_around(burst):
            channels &= ~_SPOKEN
        if not channels.any():
            return None
        before = calm & (times < burst.start_s - 0.1)
        rest = np.median(level[before if before.sum() >= 3 else calm], axis=0)
        away = np.abs(level - rest)
        away[np.isnan(away)] = 0.0
        away[:, ~channels] = 0.0
        apex, lead = np.unravel_index(int(np.argmax(away)), away.shape)
        peak = float(away[apex, lead])
        edges = _edges(times, away[:, lead], calm, int(apex))
        if peak < LEAST_PEAK or edges is None or self._head_turned(times[apex]):
            return None
        if edges[0] < self._told_until_s:
            return None  # A second burst of the movement before.
        self._told_until_s = edges[1]
        moved = np.flatnonzero(away[apex] >= max(LEAST_PEAK, 0.4 * peak))
        order = moved[np.argsort(-away[apex][moved])]
        reliability = reliability_of(
            self._baseline.rate_hz if self._baseline else 0.0, self._size_px
        )
        return Movement(
            onset_s=edges[0],
            apex_s=float(times[apex]),
            offset_s=edges[1],
            channels=tuple(CHANNELS[i].name for i in order),
            strength=peak,
            reliability=reliability,
        )

    def _in_blink(self, burst: _Burst) -> bool:
        return any(
            blink.onset_s - BLINK_MARGIN_S <= burst.last_s
            and burst.start_s <= blink.offset_s + BLINK_MARGIN_S + 0.25
            for blink in self._blinks
        )

    def _spoken_around(self, burst: _Burst) -> bool:
        begin_s = burst.start_s - SPEECH_MARGIN_S
        return any(row.speaking for row in self._rows if begin_s <= row.time_s <= burst.last_s)

    def _head_turned(self, apex_s: float) -> bool:
        near = [row for row in self._rows if abs(row.time_s - apex_s) <= 0.15]
        step_s = np.maximum(np.diff([row.time_s for row in near]), LEAST_STEP_S)
        turn = np.diff([row.pose_deg for row in near]) / step_s
        known = np.abs(turn[np.isfinite(turn)])
        return bool(len(known) and np.median(known) > CALM_DEG_PER_S)


def _edges(
    times: TimeArray, away: DoubleArray, seen: BoolArray, apex: int
) -> tuple[float, float] | None:
    """Find onset and offset at a fifth of the peak; None where not brief or not seen."""
    low = away < EDGE_SHARE * away[apex]
    before, after = np.flatnonzero(low[:apex]), np.flatnonzero(low[apex:])
    if not len(before) or not len(after):
        return None
    onset, offset = before[-1], apex + after[0]
    if not (seen[onset] and seen[offset]):
        return None
    onset_s, offset_s = float(times[onset]), float(times[offset])
    return (onset_s, offset_s) if SHORTEST_S <= offset_s - onset_s <= LONGEST_S + 0.1 else None
