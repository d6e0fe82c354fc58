"""From an interview's plan to what the face does at each frame, and what is true of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from facesign.biometrics.stream import TimeArray
from facesign.samples.studio.acting.lips import lip_weights
from facesign.samples.studio.acting.motion import (
    Blink,
    blink_closure,
    gaze_angles,
    plan_blinks,
    pulse_curve,
    sway,
)
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.sound.dialogue import Interview, Said

__all__ = ["Performance", "lid_weights", "perform"]

_REST = {
    "mouthClose": 0.03,
    "mouthSmile_L": 0.04,
    "mouthSmile_R": 0.04,
    "mouthPress_L": 0.03,
    "mouthPress_R": 0.03,
}
_SHUT = 1.1
"""Weight at which the lids of every identity meet; at 1 some leave a slit."""
_UP_DEG, _SIDE_DEG = 25.0, 30.0
"""Gaze angles at which the rig's eyeLook shapes are full."""


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """A face over time."""

    states: list[FaceState]
    blinks: tuple[Blink, ...]


def perform(
    interview: Interview, said: Sequence[Said], time_s: TimeArray, rng: np.random.Generator
) -> Performance:
    """Act an interview.

    Args:
        interview: The plan.
        said: Every line in its place.
        time_s: Presentation time of each frame, shape (n_frames,).
        rng: Source of blinks and sway.
    """
    moves = (*interview.brief_movements, *interview.slow_movements)
    clear = [(pulse.onset_s - 0.25, pulse.offset_s + 0.25) for pulse in interview.brief_movements]
    blinks = plan_blinks(
        rng, interview.duration_s, per_minute=interview.blinks_per_minute, keep_clear=clear
    )
    head = _head_motion(said, time_s, rng)
    gaze = gaze_angles(time_s, interview.glances)
    eyes = (gaze[0] - head["yaw_deg"], gaze[1] - head["pitch_deg"])
    weights = {name: np.full_like(time_s, weight) for name, weight in _REST.items()}
    _add(
        weights,
        lip_weights(
            time_s, [p for line in said if line.speaker == "applicant" for p in line.phones()]
        ),
    )
    _add(weights, lid_weights(blink_closure(time_s, blinks), *eyes))
    for pulse in moves:
        _add(weights, {shape: pulse_curve(time_s, pulse) for shape in pulse.shapes})
    return Performance(_states(weights, head, eyes), blinks)


def _head_motion(
    said: Sequence[Said], time_s: TimeArray, rng: np.random.Generator
) -> dict[str, TimeArray]:
    """Return wander and breathing at all times, and small nods with the own speech."""
    speaking = np.zeros_like(time_s)
    for line in said:
        if line.speaker == "applicant":
            speaking[(time_s >= line.start_s) & (time_s < line.end_s)] = 1
    step_s = float(np.median(np.diff(time_s)))
    speaking = gaussian_filter1d(speaking, 0.25 / step_s)
    nods = speaking * sway(rng, time_s, period_s=0.38)
    breath = np.sin(2 * np.pi * 0.26 * time_s)
    return {
        "yaw_deg": 1.3 * sway(rng, time_s, period_s=1.9)
        + 0.5 * speaking * sway(rng, time_s, period_s=0.7),
        "pitch_deg": 0.9 * sway(rng, time_s, period_s=2.1) + 0.55 * nods,
        "roll_deg": 0.8 * sway(rng, time_s, period_s=2.6)
        + 0.4 * speaking * sway(rng, time_s, period_s=0.8),
        "x_cm": 0.22 * sway(rng, time_s, period_s=2.7),
        "y_cm": 0.08 * breath + 0.10 * sway(rng, time_s, period_s=2.4),
        "z_cm": 0.35 * sway(rng, time_s, period_s=3.1),
    }


def lid_weights(
    closed: TimeArray, yaw_deg: TimeArray, pitch_deg: TimeArray
) -> dict[str, TimeArray]:
    """Return the lids' shapes: shut by blinks, else following the gaze.

    Args:
        closed: 0 open to 1 shut, shape (n,).
        yaw_deg: Gaze to the subject's left relative to the head, shape (n,).
        pitch_deg: Gaze raised relative to the head, shape (n,).

    Returns:
        Expression name to weights, each shape (n,).
    """
    open_share = 1 - closed
    up, down = np.maximum(pitch_deg, 0) / _UP_DEG, np.maximum(-pitch_deg, 0) / _UP_DEG
    left, right = np.maximum(yaw_deg, 0) / _SIDE_DEG, np.maximum(-yaw_deg, 0) / _SIDE_DEG
    shapes = {
        "eyeLookOut_L": left,
        "eyeLookIn_R": left,
        "eyeLookIn_L": right,
        "eyeLookOut_R": right,
    }
    for side in "LR":
        shapes[f"eyeLookUp_{side}"] = up
        shapes[f"eyeLookDown_{side}"] = down
    lids = {name: weight * open_share for name, weight in shapes.items()}
    for side in "LR":
        lids[f"eyeBlink_{side}"] = _SHUT * closed
        lids[f"cheekSquint_{side}"] = 0.08 * closed
    return lids


def _add(total: dict[str, TimeArray], more: dict[str, TimeArray]) -> None:
    for name, weight in more.items():
        total[name] = total[name] + weight if name in total else weight


def _states(
    weights: dict[str, TimeArray],
    head: dict[str, TimeArray],
    eyes: tuple[TimeArray, TimeArray],
) -> list[FaceState]:
    return [
        FaceState(
            weights={name: float(series[i]) for name, series in weights.items()},
            yaw_deg=float(head["yaw_deg"][i]),
            pitch_deg=float(head["pitch_deg"][i]),
            roll_deg=float(head["roll_deg"][i]),
            shift_cm=(float(head["x_cm"][i]), float(head["y_cm"][i]), float(head["z_cm"][i])),
            gaze_yaw_deg=float(eyes[0][i]),
            gaze_pitch_deg=float(eyes[1][i]),
        )
        for i in range(len(eyes[0]))
    ]
