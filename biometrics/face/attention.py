"""Where the applicant looks: head pose and gaze, and when both leave the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.intervals import Interval, IntervalBuilder
from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import FloatArray

__all__ = ["AttentionWatcher", "Gaze", "gaze_of"]

AWAY_DEG = 20.0
AWAY_LEAST_S = 0.5
BRIDGE_S = 0.15
TURNED_DEG = 25.0
# An eye is about 30 mm wide between its corners and turns about a centre 12 mm behind the iris.
EYE_WIDTHS_PER_RADIUS = 30.0 / 12.0

_COLUMN = {channel.name: index for index, channel in enumerate(CHANNELS)}
_HORIZONTAL = [_COLUMN["gaze.horizontal.left"], _COLUMN["gaze.horizontal.right"]]
_VERTICAL = [_COLUMN["gaze.vertical.left"], _COLUMN["gaze.vertical.right"]]
_CLOSED = [_COLUMN["au45.left"], _COLUMN["au45.right"]]
LEAST_APERTURE = 0.12
"""Through an eye less open than this the iris is a guess."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaze:
    """Direction of gaze over a block, head and eyes together."""

    horizontal_deg: FloatArray
    """Shape (n_frames,), positive to the subject's left; NaN with lids closed or no face."""
    vertical_deg: FloatArray
    """Shape (n_frames,), positive upwards."""

    def __repr__(self) -> str:
        """Show the number of frames, never the angles."""
        return f"Gaze(n_frames={len(self.horizontal_deg)})"


def gaze_of(block: FaceBlock) -> Gaze:
    """Add the turn of the eyes to the pose of the head.

    Args:
        block: A block of frames.

    Returns:
        Angles against the camera, from the iris's place in the eye; accurate to about ten
        degrees, better relative to the person's own baseline. Source: own.
    """
    shut = -block.channels[:, _CLOSED].max(axis=1) < LEAST_APERTURE
    angles = []
    for columns, pose in ((_HORIZONTAL, block.yaw_deg), (_VERTICAL, block.pitch_deg)):
        offset = block.channels[:, columns].mean(axis=1) * EYE_WIDTHS_PER_RADIUS
        turn = np.degrees(np.arcsin(np.clip(offset, -1.0, 1.0)))
        angles.append(np.where(shut, np.nan, pose + turn).astype(np.float32))
    return Gaze(*angles)


class AttentionWatcher:
    """Observe gaze away from its usual direction and the head turned from the camera."""

    def __init__(self) -> None:
        self._away = IntervalBuilder(least_s=AWAY_LEAST_S, bridge_s=BRIDGE_S)
        self._turned = IntervalBuilder(least_s=AWAY_LEAST_S, bridge_s=BRIDGE_S)

    def push(
        self, block: FaceBlock, gaze: Gaze, baseline: Baseline | None
    ) -> Iterator[Observation]:
        """Take one block; yield the intervals that ended in it."""
        turned = np.hypot(block.yaw_deg, block.pitch_deg)
        away = np.full(len(turned), np.nan)
        if baseline is not None:
            usual = _usual_gaze(baseline)
            away = np.hypot(gaze.horizontal_deg - usual[0], gaze.vertical_deg - usual[1])
        for row, time_s in enumerate(block.time_s.tolist()):
            for part in self._turned.push(time_s, bool(turned[row] > TURNED_DEG), turned[row]):
                yield _observation("head.turned", part)
            # Closed lids say nothing of the gaze; without the face nobody looks away.
            if np.isfinite(away[row]) or not block.found[row]:
                for part in self._away.push(time_s, bool(away[row] > AWAY_DEG), away[row]):
                    yield _observation("gaze.away", part)

    def finish(self) -> Iterator[Observation]:
        """Yield what held until the end of the stream."""
        for part in self._turned.finish():
            yield _observation("head.turned", part)
        for part in self._away.finish():
            yield _observation("gaze.away", part)


def _usual_gaze(baseline: Baseline) -> tuple[float, float]:
    offset = baseline.whole_median * EYE_WIDTHS_PER_RADIUS
    horizontal = np.degrees(np.arcsin(np.clip(offset[_HORIZONTAL].mean(), -1, 1)))
    vertical = np.degrees(np.arcsin(np.clip(offset[_VERTICAL].mean(), -1, 1)))
    return baseline.yaw_deg + float(horizontal), baseline.pitch_deg + float(vertical)


def _observation(name: str, part: Interval) -> Observation:
    return Observation(
        name=name,
        start_s=part.start_s,
        end_s=part.end_s,
        value=float(part.mean),
        unit="deg",
        analyser="face.attention",
    )
