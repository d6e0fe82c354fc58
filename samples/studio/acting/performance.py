"""A face at any moments of an interview, and what is true of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import TimeArray
from facesign.samples import truth
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.studio.acting.blinks import Blink, blink_closure
from facesign.samples.studio.acting.differ import Differ
from facesign.samples.studio.acting.eyes import lid_weights
from facesign.samples.studio.acting.facs import SHAPES_OF
from facesign.samples.studio.acting.gaze import (
    eyes_in_head,
)
from facesign.samples.studio.acting.head import HeadMotion
from facesign.samples.studio.acting.lips import LIP_SHAPES, LipTrack
from facesign.samples.studio.acting.moves import Stroke, add_strokes
from facesign.samples.studio.acting.schedule import Schedule
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.acting.steps import Steps

__all__ = ["SHAPES", "Act", "Performance"]

_LIDS = tuple(lid_weights(np.zeros(1), np.zeros(1), np.zeros(1)))
SHAPES: tuple[str, ...] = tuple(
    sorted(
        {name for shapes in SHAPES_OF.values() for name in shapes}
        | {*LIP_SHAPES, *_LIDS, "mouthLeft", "mouthRight", "throatSwallow"}
    )
)
"""Every shape that acting moves, in the order of the columns of weights."""
_COLUMN = {name: i for i, name in enumerate(SHAPES)}
_LIP_COLUMNS = np.array([_COLUMN[name] for name in LIP_SHAPES])
_MOST = 1.15
"""Beyond its full range by this much a shape still looks like a face: closed lids need 1.1."""


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """A face at some moments."""

    time_s: TimeArray
    """Shape (n,)."""
    weights: npt.NDArray[np.float32]
    """Weight of each of `SHAPES`, shape (n, n_shapes)."""
    head_deg: npt.NDArray[np.float32]
    """Yaw to the subject's left, pitch up, roll to the left shoulder, shape (n, 3)."""
    head_cm: npt.NDArray[np.float32]
    """Shift to the subject's left, up, and towards the camera, shape (n, 3)."""
    gaze_deg: npt.NDArray[np.float32]
    """Yaw to the left and pitch up of both eyes relative to the head, shape (n, 2)."""

    @property
    def shapes(self) -> tuple[str, ...]:
        """Names of the columns of the weights."""
        return SHAPES

    def __len__(self) -> int:
        """Return the number of moments."""
        return len(self.time_s)

    def truth(self, eyes_px: npt.NDArray[np.float32]) -> FrameTruth:
        """Return the truth of these frames.

        Args:
            eyes_px: Where the left and the right eye are in the picture, shape (n, 2, 2).
        """
        return FrameTruth(
            self.time_s,
            SHAPES,
            self.weights,
            self.head_deg,
            self.head_cm,
            self.gaze_deg,
            eyes_px,
        )

    def states(self) -> Iterator[FaceState]:
        """Yield each moment as the renderer takes it; shapes at rest are left out."""
        for i in range(len(self)):
            row = self.weights[i]
            yaw, pitch, roll = map(float, self.head_deg[i])
            left, up, near = map(float, self.head_cm[i])
            yield FaceState(
                weights={SHAPES[j]: float(row[j]) for j in np.flatnonzero(row)},
                yaw_deg=yaw,
                pitch_deg=pitch,
                roll_deg=roll,
                shift_cm=(left, up, near),
                gaze_yaw_deg=float(self.gaze_deg[i, 0]),
                gaze_pitch_deg=float(self.gaze_deg[i, 1]),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """All that a person does during an interview, as functions of time drawn once."""

    blinks: tuple[truth.Blink, ...]
    movements: tuple[truth.Movement, ...]
    gaze: tuple[truth.GazeEvent, ...]
    poses: tuple[truth.PoseEvent, ...]
    families: Mapping[str, tuple[str, ...]]
    """`motion`, and `pulse` where there are brief movements."""
    differ: Mapping[str, str | float]
    """How the person differs from most; empty for most."""
    _lids: Schedule[Blink]
    _strokes: Schedule[Stroke]
    _lips: Schedule[LipTrack]
    _head: HeadMotion
    _look: Steps
    _differ: Differ
    _rest: Mapping[str, float]
    _camera_cm: tuple[float, float, float]

    def moves(self, kind: str) -> tuple[truth.Movement, ...]:
        """Return the movements of a kind, in time."""
        return tuple(move for move in self.movements if move.kind == kind)

    def at(self, time_s: TimeArray) -> Performance:
        """Perform at any moments: frames of any rate, or moments within a frame.

        Args:
            time_s: Seconds, increasing, shape (n,). The same second gives the same face,
                whatever else is asked for.
        """
        weights = np.zeros((len(time_s), len(SHAPES)))
        for name, weight in self._rest.items():
            weights[:, _COLUMN[name]] = weight
        for track, now in self._lips.during(time_s):
            weights[now, _LIP_COLUMNS] += track.at(time_s[now])
        head_deg, head_cm = self._head.at(time_s)
        add_strokes(weights, head_deg, time_s, self._strokes, _COLUMN)
        self._differ.tremble(time_s, head_deg, weights, _COLUMN)
        if self._differ.blind:
            eyes = self._differ.gaze(time_s)
        else:
            eyes = eyes_in_head(self._look.at(time_s), head_deg, head_cm, self._camera_cm)
        closed = blink_closure(time_s, self._lids)
        for name, series in lid_weights(closed, eyes[:, 0], eyes[:, 1]).items():
            weights[:, _COLUMN[name]] += series
        self._differ.face(weights, _COLUMN)
        return Performance(
            time_s,
            np.clip(weights, 0, _MOST).astype(np.float32),
            head_deg.astype(np.float32),
            head_cm.astype(np.float32),
            eyes.astype(np.float32),
        )
