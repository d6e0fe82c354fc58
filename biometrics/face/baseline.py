"""The person's own baseline: what is usual for this face in this session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.quality import MIN_INTER_OCULAR_PX
from facesign.biometrics.face.readings import (
    GAP_S,
    MAD_TO_SD,
    BandEnergy,
    DoubleArray,
    robust_spread,
)
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.stream import BoolArray, TimeArray

__all__ = ["Baseline", "BaselineCollector", "BaselineSource"]

BaselineSource: TypeAlias = Literal["marked_questions", "calm_start", "whole"]

CALM_START_S = 8.0
MARKED_LEAST_S = 5.0
MARKED_MOST_S = 60.0
STATE_LEAST_S = 2.0
"""Less speaking (or listening) than this is not enough to be a baseline of its own."""
FRONTAL_DEG = 20.0
CALM_DEG_PER_S = 40.0
TURN_OVER_S = 0.025
"""A turn is measured over at least this long: from frame to frame of a fast camera the noise
of the landmarks alone turns faster than a calm head."""
MOST_HZ = 240.0
"""No camera is faster; frames of one time would have no rate at all."""
MOST_PAST = int(TURN_OVER_S * MOST_HZ) + 1
LIMITED_RATIO = 6.0
"""Own choice; the largest ratio of any pair is 5.0 over 47 rendered people, 2.6 over six clips
of real ones."""

NOISE = np.array([channel.noise for channel in CHANNELS])
PAIRS = tuple((left, left + 1) for left, channel in enumerate(CHANNELS) if channel.side == "left")
"""Columns of the left and the right side of each paired channel."""


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Usual value and spread of each channel, listening and speaking apart."""

    source: BaselineSource
    start_s: float
    end_s: float
    n_frames: int
    listening_s: float
    speaking_s: float
    rate_hz: float
    """Measured frame rate, frames per second."""
    inter_ocular_px: float
    brightness: float
    """Median luma of the face, NaN if it was not measured."""
    yaw_deg: float
    pitch_deg: float
    median: DoubleArray = field(repr=False)
    """Shape (2, 44): row 0 listening, row 1 speaking."""
    scale: DoubleArray = field(repr=False)
    """1.4826 MAD plus the channel's camera noise, shape (2, 44)."""
    whole_median: DoubleArray = field(repr=False)
    whole_scale: DoubleArray = field(repr=False)
    """Both states together, shape (44,)."""
    quick_scale: DoubleArray = field(repr=False)
    """1.4826 MAD of the quick part plus camera noise, shape (44,); that of the whole where the
    skin is not followed. Speed and burst are measured on this scale."""
    burst_median: DoubleArray = field(repr=False)
    burst_scale: DoubleArray = field(repr=False)
    """Usual burst and its spread, listening and speaking apart, shape (2, 44)."""
    limited: BoolArray = field(repr=False)
    """Channels whose two sides move very differently, shape (44,): a still half of the face,
    ptosis or a turned camera look like this, so neither side is assessed."""


@dataclass(slots=True, eq=False)
class _Kept:
    """Rows of one block that belong to the baseline."""

    time_s: TimeArray
    channels: DoubleArray
    quick: DoubleArray | None
    speaking: BoolArray
    yaw_deg: DoubleArray
    pitch_deg: DoubleArray
    inter_ocular_px: DoubleArray
    brightness: float


class BaselineCollector:
    """Gather frames until they make a baseline; then it is frozen.

    Frames count while the face is found, frontal and calm. Answers to marked baseline
    questions are taken first; without them the first 8 s that count.
    """

    def __init__(self, source: BaselineSource) -> None:
        self._source = source
        self._kept: list[_Kept] = []
        self._seconds = 0.0
        self._last_s: float | None = None
        self._poses: DoubleArray = np.zeros((0, 3))
        """Time, yaw and pitch of the last frames."""

    def push(self, block: FaceBlock, marked: BoolArray | None, *, closed: bool) -> Baseline | None:
        """Take one block.

        Args:
            block: The next block.
            marked: Which frames lie in baseline questions and their answers, shape
                (n_frames,); None without marks.
            closed: Whether the marked baseline questions are over.

        Returns:
            The baseline once it is full, else None.
        """
        if self._source == "marked_questions" and closed and self._seconds < MARKED_LEAST_S:
            self._source = "calm_start"
        counts = self._counts(block)
        if self._source == "marked_questions" and marked is not None:
            counts &= marked
        self._keep(block, counts)
        if self._is_full(closed):
            return self.finish()
        return None

    def finish(self) -> Baseline | None:
        """Make the baseline of what there is; None where that is too little."""
        if self._source != "whole" and not self._is_full(closed=True):
            return None
        if sum(len(kept.time_s) for kept in self._kept) < 16:
            return None
        return _freeze(self._source, self._kept)

    def _is_full(self, closed: bool) -> bool:
        if self._source == "whole":
            return False
        if self._source == "marked_questions":
            return self._seconds >= (MARKED_LEAST_S if closed else MARKED_MOST_S)
        return self._seconds >= CALM_START_S

    def _counts(self, block: FaceBlock) -> BoolArray:
        """Tell which frames are found, large enough, frontal and calm."""
        turn = self._turn_deg_per_s(block)
        calm = ~(turn > CALM_DEG_PER_S)
        frontal = np.hypot(block.yaw_deg, block.pitch_deg) < FRONTAL_DEG
        large = block.inter_ocular_px >= MIN_INTER_OCULAR_PX
        found: BoolArray = block.found & calm & frontal & large
        return found

    def _turn_deg_per_s(self, block: FaceBlock) -> DoubleArray:
        """Return how fast the head has turned up to each frame; NaN beside a lost face."""
        n_past = len(self._poses)
        new = np.column_stack([block.time_s, block.yaw_deg, block.pitch_deg]).astype(np.float64)
        poses = np.concatenate([self._poses, new])
        self._poses = poses[-MOST_PAST:]
        time_s, now = poses[:, 0], np.arange(n_past, len(poses))
        before = np.searchsorted(time_s, time_s[now] - TURN_OVER_S, side="right") - 1
        step = poses[now] - poses[np.maximum(before, 0)]
        turn: DoubleArray = np.hypot(step[:, 1], step[:, 2]) / np.maximum(step[:, 0], 1e-3)
        return turn

    def _keep(self, block: FaceBlock, counts: BoolArray) -> None:
        last_s = self._last_s if self._last_s is not None else float(block.time_s[0])
        steps = np.diff(np.concatenate([[last_s], block.time_s]))
        self._last_s = float(block.time_s[-1])
        self._seconds += float(np.minimum(steps, GAP_S)[counts].sum())
        if counts.any():
            self._kept.append(
                _Kept(
                    time_s=block.time_s[counts],
                    channels=block.channels[counts].astype(np.float64),
                    quick=None if block.quick is None else block.quick[counts].astype(np.float64),
                    speaking=block.speaking[counts],
                    yaw_deg=block.yaw_deg[counts].astype(np.float64),
                    pitch_deg=block.pitch_deg[counts].astype(np.float64),
                    inter_ocular_px=block.inter_ocular_px[counts].astype(np.float64),
                    brightness=block.brightness,
                )
            )


def _freeze(source: BaselineSource, kept: list[_Kept]) -> Baseline:
    time_s = np.concatenate([part.time_s for part in kept])
    channels = np.concatenate([part.channels for part in kept])
    speaking = np.concatenate([part.speaking for part in kept])
    steps = np.diff(time_s)
    unbroken = steps[steps < GAP_S]
    step_s = float(np.median(unbroken if len(unbroken) else steps))
    rate_hz = 1 / float(np.clip(step_s, 1 / MOST_HZ, 1.0))
    whole_median, whole_mad = robust_spread(channels)
    whole_scale = MAD_TO_SD * whole_mad + NOISE
    quick = _quick_of(kept, channels - whole_median)
    quick_scale = MAD_TO_SD * robust_spread(quick)[1] + NOISE
    burst = _burst_of(time_s, quick / quick_scale, rate_hz)
    # A state heard too briefly has no baseline of its own and borrows the whole.
    states = [
        mask if mask.sum() * step_s >= STATE_LEAST_S else np.ones_like(mask)
        for mask in (~speaking, speaking)
    ]
    level = [robust_spread(channels[mask]) for mask in states]
    bursts = [robust_spread(burst[mask]) for mask in states]
    luma = [part.brightness for part in kept if np.isfinite(part.brightness)]
    return Baseline(
        source=source,
        start_s=float(time_s[0]),
        end_s=float(time_s[-1]),
        n_frames=len(time_s),
        listening_s=float((~speaking).sum() * step_s),
        speaking_s=float(speaking.sum() * step_s),
        rate_hz=rate_hz,
        inter_ocular_px=float(np.median(np.concatenate([k.inter_ocular_px for k in kept]))),
        brightness=float(np.median(luma)) if luma else float("nan"),
        yaw_deg=float(np.median(np.concatenate([k.yaw_deg for k in kept]))),
        pitch_deg=float(np.median(np.concatenate([k.pitch_deg for k in kept]))),
        median=np.stack([median for median, _ in level]),
        scale=np.stack([MAD_TO_SD * mad + NOISE for _, mad in level]),
        whole_median=whole_median,
        whole_scale=whole_scale,
        quick_scale=quick_scale,
        burst_median=np.stack([median for median, _ in bursts]),
        burst_scale=np.stack([MAD_TO_SD * mad for _, mad in bursts]),
        limited=_limited(whole_scale),
    )


def _quick_of(kept: list[_Kept], channels: DoubleArray) -> DoubleArray:
    """Return the quick part, or the channels themselves where the skin is not followed."""
    if all(part.quick is None for part in kept):
        return channels
    return np.concatenate(
        [np.zeros_like(part.channels) if part.quick is None else part.quick for part in kept]
    )


def _limited(scale: DoubleArray) -> BoolArray:
    """Mark both sides of a channel where one moves much more than the other."""
    limited = np.zeros(len(scale), dtype=np.bool_)
    for pair in PAIRS:
        left, right = scale[list(pair)]
        limited[list(pair)] = max(left, right) > LIMITED_RATIO * min(left, right)
    return limited


def _burst_of(time_s: TimeArray, values: DoubleArray, rate_hz: float) -> DoubleArray:
    """Return the bursts of the gathered frames, each unbroken run on its own."""
    energy = BandEnergy(rate_hz, values.shape[1])
    breaks = np.flatnonzero(np.diff(time_s) > GAP_S) + 1
    out = []
    for run_s, run in zip(np.split(time_s, breaks), np.split(values, breaks), strict=True):
        energy.reset()
        out.append(energy.push(run_s, run))
    return np.concatenate(out)
