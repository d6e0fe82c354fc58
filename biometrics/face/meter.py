"""From blocks of a face to the 132 signals, against a baseline that this stream provides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from facesign.biometrics.face.baseline import Baseline, BaselineCollector, BaselineSource
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.quality import (
    MIN_INTER_OCULAR_PX,
    MIN_RATE_HZ,
    RATE_TOLERANCE_HZ,
)
from facesign.biometrics.face.readings import GAP_S, BandEnergy, DoubleArray, Slope
from facesign.biometrics.face.signals import CHANNELS, READINGS, SIGNALS, Signals
from facesign.biometrics.stream import BoolArray
from facesign.errors import SettingsError

__all__ = ["WHOLE_MOST_S", "Rebased", "SignalMeter"]

WHOLE_MOST_S = 300.0
"""`--baseline whole` holds the channels of the whole file; longer ones must use questions."""
REBASE_AFTER_S = 2.0
SIZE_RATIO = 1.35
LUMA_STEP = 45.0

RebaseReason: TypeAlias = Literal["face_size_changed", "light_changed"]


@dataclass(frozen=True, slots=True)
class Rebased:
    """The baseline was given up because the picture is no longer the one it was made of."""

    time_s: float
    reason: RebaseReason


class SignalMeter:
    """Gather a baseline, freeze it, then read every channel against it."""

    def __init__(self, source: BaselineSource) -> None:
        self._source = source
        self._collector: BaselineCollector | None = BaselineCollector(source)
        self._readout: _Readout | None = None
        self._held: list[FaceBlock] = []
        self._drift = _Drift()
        self.baselines: list[Baseline] = []
        """Every baseline that was frozen, in time order."""
        self.rebased: list[Rebased] = []

    @property
    def baseline(self) -> Baseline | None:
        """The baseline in force."""
        return self.baselines[-1] if self._readout is not None else None

    def push(
        self, block: FaceBlock, marked: BoolArray | None = None, *, closed: bool = True
    ) -> Iterator[Signals]:
        """Take one block and yield its signals; all NaN until the baseline is full.

        Args:
            block: The next block.
            marked: Which frames lie in marked baseline questions; None without marks.
            closed: Whether the marked baseline questions are over.

        Raises:
            SettingsError: the whole file was asked to be the baseline and is too long.
        """
        if self._source == "whole":
            yield from self._hold(block, marked)
            return
        if self._readout is not None:
            yield self._readout.read(block)
            self._give_up_if_changed(block, self._readout.baseline)
            return
        yield _unread(block)
        if self._collector is not None:
            self._freeze(self._collector.push(block, marked, closed=closed))

    def finish(self) -> Iterator[Signals]:
        """Yield what was held back until the whole stream was known."""
        if self._collector is not None:
            self._freeze(self._collector.finish())
        for block in self._held:
            yield _unread(block) if self._readout is None else self._readout.read(block)
        self._held = []

    def _hold(self, block: FaceBlock, marked: BoolArray | None) -> Iterator[Signals]:
        self._held.append(block)
        if block.time_s[-1] - self._held[0].time_s[0] > WHOLE_MOST_S:
            raise SettingsError(
                f"a whole recording can be its own baseline up to {WHOLE_MOST_S:.0f} s; "
                "leave --baseline at auto for this one"
            )
        if self._collector is not None:
            self._collector.push(block, marked, closed=False)
        yield from ()

    def _freeze(self, baseline: Baseline | None) -> None:
        if baseline is not None:
            self.baselines.append(baseline)
            self._readout = _Readout(baseline)
            self._collector = None

    def _give_up_if_changed(self, block: FaceBlock, baseline: Baseline) -> None:
        reason = self._drift.push(block, baseline)
        if reason is not None:
            self.rebased.append(Rebased(float(block.time_s[-1]), reason))
            self._readout = None
            self._drift = _Drift()
            self._collector = BaselineCollector("calm_start")


class _Drift:
    """Notice that face size or light has left the baseline for good."""

    def __init__(self) -> None:
        self._since: dict[RebaseReason, float] = {}

    def push(self, block: FaceBlock, baseline: Baseline) -> RebaseReason | None:
        now_s = float(block.time_s[-1])
        for reason, changed in self._changes(block, baseline):
            if changed is None:
                continue
            if not changed:
                self._since.pop(reason, None)
            elif now_s - self._since.setdefault(reason, now_s) >= REBASE_AFTER_S:
                return reason
        return None

    @staticmethod
    def _changes(
        block: FaceBlock, baseline: Baseline
    ) -> Iterator[tuple[RebaseReason, bool | None]]:
        size = block.inter_ocular_px[block.found]
        if len(size):
            ratio = float(np.median(size)) / baseline.inter_ocular_px
            yield "face_size_changed", not 1 / SIZE_RATIO < ratio < SIZE_RATIO
        step = abs(block.brightness - baseline.brightness)
        yield "light_changed", bool(step > LUMA_STEP) if np.isfinite(step) else None


class _Readout:
    """The readings of one baseline, with the bounded state they need."""

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self._slope = Slope(len(CHANNELS))
        self._energy = BandEnergy(baseline.rate_hz, len(CHANNELS))
        self._rate_ok = baseline.rate_hz >= MIN_RATE_HZ - RATE_TOLERANCE_HZ
        self._last_s = -np.inf

    def read(self, block: FaceBlock) -> Signals:
        base = self.baseline
        channels = block.channels.astype(np.float64)
        state = block.speaking.astype(int)
        level = (channels - base.median[state]) / base.scale[state]
        quick = channels - base.whole_median if block.quick is None else block.quick
        speed, burst = self._over_runs(block, quick / base.quick_scale)
        valid = self._rate_ok & block.found & (block.inter_ocular_px >= MIN_INTER_OCULAR_PX)
        values = np.stack([level, speed, burst], axis=2)
        values[~valid] = np.nan
        values[:, base.limited] = np.nan
        values = values.reshape(len(channels), len(SIGNALS))
        return Signals(
            time_s=block.time_s,
            values=values.astype(np.float32),
            valid=np.isfinite(values),
            speaking=block.speaking,
        )

    def _over_runs(self, block: FaceBlock, pooled: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
        """Run slope and band over each unbroken run; a lost frame or a hole ends a run."""
        speed = np.full_like(pooled, np.nan)
        burst = np.full_like(pooled, np.nan)
        begin = 0
        for row in range(len(pooled) + 1):
            at_end = row == len(pooled)
            hole = not at_end and block.time_s[row] - self._last_s > GAP_S
            lost = not at_end and not block.found[row]
            if (at_end or hole or lost) and row > begin:
                run = slice(begin, row)
                speed[run] = self._slope.push(block.time_s[run], pooled[run])
                burst[run] = self._energy.push(block.time_s[run], pooled[run])
            if hole or lost:
                self._slope.reset()
                self._energy.reset()
                begin = row + 1 if lost else row
            if not at_end:
                self._last_s = float(block.time_s[row])
        return speed, burst


def _unread(block: FaceBlock) -> Signals:
    shape = (len(block.time_s), len(CHANNELS) * len(READINGS))
    return Signals(
        time_s=block.time_s,
        values=np.full(shape, np.nan, dtype=np.float32),
        valid=np.zeros(shape, dtype=np.bool_),
        speaking=block.speaking,
    )
