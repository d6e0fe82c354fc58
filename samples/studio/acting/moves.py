"""Movements as strokes of shapes and head, laid over one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import TimeArray
from facesign.samples import truth
from facesign.samples.studio.acting.facs import Side, shapes_of
from facesign.samples.studio.acting.pulses import Pulse
from facesign.samples.studio.acting.schedule import Schedule
from facesign.samples.studio.acting.talk import Interval

__all__ = ["Move", "Stroke", "add_strokes", "expression"]

_STILL = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Stroke:
    """Shapes and head that rise and fall together."""

    pulse: Pulse
    shapes: Mapping[str, float] = field(default_factory=dict)
    """Weight of each at the apex."""
    head_deg: tuple[float, float, float] = _STILL
    """Yaw, pitch and roll at the apex."""

    @property
    def start_s(self) -> float:
        """Where it leaves rest."""
        return self.pulse.start_s

    @property
    def end_s(self) -> float:
        """Where it is back at rest."""
        return self.pulse.end_s


@dataclass(frozen=True, slots=True)
class Move:
    """One movement of the face, as it is told in the truth."""

    kind: Literal["brief", "slow", "hard_negative", "habit"]
    name: str
    """Class of an expression, else what it is."""
    side: Side
    pulse: Pulse
    channels: Mapping[str, float]
    """Amplitude at the apex."""
    strokes: tuple[Stroke, ...]
    """What is drawn: the pulse with its channels' shapes, and more where it has parts."""

    @property
    def span(self) -> Interval:
        """From the first moment that anything moves to the last."""
        pulses = [self.pulse, *(stroke.pulse for stroke in self.strokes)]
        return min(p.start_s for p in pulses), max(p.end_s for p in pulses)

    def truth(self) -> truth.Movement:
        """Return what is true of it."""
        return truth.Movement(
            kind=self.kind,
            name=self.name,
            onset_s=self.pulse.onset_s,
            apex_s=self.pulse.apex_s,
            offset_s=self.pulse.offset_s,
            amplitude=max(self.channels.values(), default=0.0),
            side=self.side,
            profile=self.pulse.profile,
            channels=dict(self.channels),
        )


def expression(
    kind: Literal["brief", "slow", "habit"],
    name: str,
    pulse: Pulse,
    channels: Mapping[str, float],
    side: Side,
) -> Move:
    """Return a movement whose channels all follow one pulse."""
    return Move(kind, name, side, pulse, channels, (Stroke(pulse, shapes_of(channels)),))


def add_strokes(
    weights: npt.NDArray[np.float64],
    head_deg: TimeArray,
    time_s: TimeArray,
    strokes: Schedule[Stroke],
    column: Mapping[str, int],
) -> None:
    """Add strokes onto series.

    Args:
        weights: Added to, shape (n, n_shapes).
        head_deg: Added to, shape (n, 3).
        time_s: Increasing, shape (n,).
        strokes: What moves.
        column: Shape name to its column.
    """
    for stroke, now in strokes.during(time_s):
        share = stroke.pulse.at(time_s[now])
        for shape, weight in stroke.shapes.items():
            weights[now, column[shape]] += weight * share
        if stroke.head_deg != _STILL:
            head_deg[now] += share[:, None] * np.array(stroke.head_deg)
