"""Spans in which brief movements are not assessed, and why."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.movements import Unassessed
from facesign.biometrics.face.quality import (
    LIMITS,
    MIN_INTER_OCULAR_PX,
    MIN_RATE_HZ,
    RATE_TOLERANCE_HZ,
)
from facesign.biometrics.face.signals import Signals
from facesign.biometrics.stream import FloatArray

__all__ = ["Doubts"]

TURN_S = 0.2
TURN_DEG = 6.0
"""A head that turns by this much in 0.2 s moves the whole face; small movements drown."""
SETTLE_S = 0.1
"""After a turn the landmarks take this long to come to rest."""
LEAST_SPAN_S = 0.1
REMEMBER_S = 4.0


class Doubts:
    """Tell where nothing is assessed; remembers the last spans to ask them."""

    def __init__(self) -> None:
        self._open: Unassessed | None = None
        self._past: deque[Unassessed] = deque()
        self._poses: deque[tuple[float, float, float]] = deque()
        self._settled_s = -np.inf

    def push(
        self, block: FaceBlock, signals: Signals, baseline: Baseline | None
    ) -> Iterator[Unassessed]:
        """Take one block; yield the spans that ended."""
        readable = signals.valid.any(axis=1)
        for row, time_s in enumerate(block.time_s.tolist()):
            turning = self._turning(time_s, block.yaw_deg[row], block.pitch_deg[row])
            reason = _unreadable(block, row, baseline)
            if reason is None and not readable[row]:
                reason = "baseline_short"
            if reason is None and _aside(block.yaw_deg[row], block.pitch_deg[row]):
                reason = "head_pose"
            if reason is None and turning:
                reason = "head_turning"
            yield from self._note(time_s, reason)

    def finish(self) -> Iterator[Unassessed]:
        """Yield the span that is still open."""
        if self._open is not None:
            yield self._open

    def touch(self, start_s: float, end_s: float) -> bool:
        """Tell whether a movement meets a span that is not assessed."""
        spans = [*self._past, *([self._open] if self._open else [])]
        return any(start_s <= span.end_s and end_s >= span.start_s for span in spans)

    def _turning(self, time_s: float, yaw_deg: float, pitch_deg: float) -> bool:
        if not np.isfinite(yaw_deg):
            self._poses.clear()
            return False
        self._poses.append((time_s, yaw_deg, pitch_deg))
        while time_s - self._poses[0][0] > TURN_S:
            self._poses.popleft()
        _, yaw_before, pitch_before = self._poses[0]
        if np.hypot(yaw_deg - yaw_before, pitch_deg - pitch_before) > TURN_DEG:
            self._settled_s = time_s + SETTLE_S
        return bool(time_s < self._settled_s)

    def _note(self, time_s: float, reason: str | None) -> Iterator[Unassessed]:
        was = self._open
        if was is not None and reason == was.reason:
            self._open = Unassessed(was.start_s, time_s, was.reason)
            return
        if was is not None:
            ended = Unassessed(was.start_s, time_s, was.reason)
            if ended.end_s - ended.start_s >= LEAST_SPAN_S:
                yield ended
            self._past.append(ended)
        while self._past and time_s - self._past[0].end_s > REMEMBER_S:
            self._past.popleft()
        back_s = TURN_S if reason == "head_turning" else 0.0
        self._open = None if reason is None else Unassessed(time_s - back_s, time_s, reason)


def _unreadable(block: FaceBlock, row: int, baseline: Baseline | None) -> str | None:
    """Return why a frame has no signals; None where it should have them."""
    if not block.found[row]:
        return "face_lost"
    if block.inter_ocular_px[row] < MIN_INTER_OCULAR_PX:
        return "inter_eye_distance"
    if baseline is None:
        return "baseline_short"
    return "frame_rate" if baseline.rate_hz < MIN_RATE_HZ - RATE_TOLERANCE_HZ else None


def _aside(yaw_deg: FloatArray | float, pitch_deg: FloatArray | float) -> bool:
    return bool(np.hypot(yaw_deg, pitch_deg) > LIMITS["head_pose"].usable)
