"""Where the eyes look, and how they get there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from facesign.biometrics.stream import TimeArray
from facesign.samples import truth
from facesign.samples.studio.acting.families import MotionPrior
from facesign.samples.studio.acting.steps import Steps
from facesign.samples.studio.acting.talk import Interval, Talk, merged

__all__ = [
    "Fixation",
    "eyes_in_head",
    "gaze_steps",
    "gaze_truth",
    "plan_gaze",
    "read_from",
    "saccade_s",
    "turns_away",
]

_LEAST_FIXATION_S = 0.18
_EYES_CM = np.array([0.0, 8.6, 9.0])
"""Between the eyes, from where the neck turns."""
_THINKING = ((0.45, (2.0, 9.0)), (0.25, (-1.5, 1.5)), (0.30, (-11.0, -3.0)))
"""Share and pitch of looking up, aside and down."""
_AHEAD_S = 0.3
"""The eyes are on the page before the voice is."""
_LINE_DEG = (3.5, 1.8, 0.0, -1.8, -3.5)
"""Groups of words along a line, from the reader's left."""
_LINE_APART_DEG = 0.8
_LINES = 6


@dataclass(frozen=True, slots=True)
class Fixation:
    """The eyes held on a point of the room from a moment on."""

    start_s: float
    yaw_deg: float
    """Of the line of sight, to the subject's left of the camera."""
    pitch_deg: float
    kind: Literal["fixation", "aversion"] = "fixation"


def saccade_s(amplitude_deg: TimeArray) -> TimeArray:
    """Return the duration of a jump: the main sequence, 2.2 ms a degree and 21 ms.

    Source: Carpenter, Movements of the Eyes, 1988.
    """
    duration_s: TimeArray = 0.021 + 0.0022 * amplitude_deg
    return duration_s


def turns_away(
    rng: np.random.Generator, talk: Talk, prior: MotionPrior, factor: float
) -> tuple[Interval, ...]:
    """Draw when the eyes turn away: to think before an answer, and within it.

    The longer the answer is thought over, the likelier; see Glenberg et al. 1998, Memory &
    Cognition 26:651.
    """
    away: list[Interval] = []
    for start, end in talk.thinking:
        chance = factor * prior.aversion * (0.4 + 0.6 * (end - start))
        leaves, returns = rng.uniform(0.1, 0.35), rng.uniform(-0.15, 0.7)
        if rng.random() < chance and end - start > 0.3:
            away.append((min(start + leaves, end - 0.15), end + returns))
    for start, end in talk.filled_pauses:
        if rng.random() < 1.6 * factor * prior.aversion:
            away.append((start - 0.1, end + rng.uniform(0.1, 0.5)))
    for start, end in talk.own:
        n = rng.poisson(factor * prior.talk_aversions_per_minute * (end - start) / 60)
        for at in rng.uniform(start, end, n):
            away.append((float(at), float(at) + rng.uniform(0.4, 1.5)))
    return merged(away, within_s=0.2)


def plan_gaze(
    rng: np.random.Generator,
    until_s: float,
    away: Sequence[Interval],
    prior: MotionPrior,
    *,
    glances: float,
    look_deg: float,
) -> tuple[Fixation, ...]:
    """Draw fixations from second 0 on: near the usual point, and elsewhere while away.

    Args:
        rng: Source of points and dwell times.
        until_s: No fixation starts later.
        away: When the eyes are turned away.
        prior: Way of holding oneself.
        glances: Factor of the rate of jumps.
        look_deg: Usual point above the camera.
    """
    dwell_s = 60 / max(prior.saccades_per_minute * glances, 1.0)
    plan: list[Fixation] = []
    spans = [span for span in away if span[0] < until_s]
    at = -1.0
    for start, end in [*spans, (until_s, until_s)]:
        while at < start:
            yaw = rng.normal(0, prior.fixation_deg)
            pitch = look_deg + rng.normal(0, 0.6 * prior.fixation_deg)
            plan.append(Fixation(at, yaw, pitch))
            at += _LEAST_FIXATION_S + rng.exponential(dwell_s)
        at = start
        yaw, pitch = _elsewhere(rng, prior)
        while at < min(end, until_s):
            plan.append(Fixation(at, yaw, pitch, "aversion"))
            at += rng.uniform(0.35, 1.3)
            yaw, pitch = yaw + rng.normal(0, 2.0), pitch + rng.normal(0, 1.5)
        at = end
    return _with_room(plan)


def read_from(
    rng: np.random.Generator,
    plan: Sequence[Fixation],
    spans: Sequence[Interval],
    *,
    page_deg: tuple[float, float],
) -> tuple[Fixation, ...]:
    """Put the eyes on a page while something is read from it, along its lines.

    Args:
        rng: Source of the time that each group of words takes.
        plan: Where the eyes look otherwise.
        spans: When something is read.
        page_deg: Yaw and pitch of the page's middle from the camera.
    """
    yaw_deg, pitch_deg = page_deg
    looks: list[Fixation] = []
    for start, end in spans:
        at, word = start - _AHEAD_S, 0
        while at < end:
            line, place = divmod(word, len(_LINE_DEG))
            down = _LINE_APART_DEG * (line % _LINES)
            looks.append(Fixation(at, yaw_deg + _LINE_DEG[place], pitch_deg - down, "aversion"))
            at, word = at + rng.uniform(0.2, 0.35), word + 1
        before = [f for f in plan if f.start_s < start and f.kind == "fixation"]
        looks.append(replace(before[-1] if before else plan[0], start_s=end, kind="fixation"))
    busy = [(start - _AHEAD_S, end) for start, end in spans]
    free = [f for f in plan if not any(start <= f.start_s <= end for start, end in busy)]
    return _with_room(sorted([*free, *looks], key=lambda f: f.start_s))


def gaze_steps(fixations: Sequence[Fixation]) -> Steps:
    """Return yaw and pitch over time, still between jumps."""
    points = np.array([(f.yaw_deg, f.pitch_deg) for f in fixations])
    jumps = np.linalg.norm(np.diff(points, axis=0, prepend=points[:1]), axis=1)
    return Steps(np.array([f.start_s for f in fixations]), saccade_s(jumps), points)


def gaze_truth(fixations: Sequence[Fixation], until_s: float) -> tuple[truth.GazeEvent, ...]:
    """Return each fixation with its end."""
    ends = [f.start_s for f in fixations[1:]] + [until_s]
    return tuple(
        truth.GazeEvent(f.kind, max(f.start_s, 0.0), end, f.yaw_deg, f.pitch_deg)
        for f, end in zip(fixations, ends, strict=True)
        if end > 0
    )


def eyes_in_head(
    room_deg: TimeArray,
    head_deg: TimeArray,
    head_cm: TimeArray,
    camera_cm: tuple[float, float, float],
) -> TimeArray:
    """Turn a line of sight in the room into how the eyes are turned in the head.

    Args:
        room_deg: Yaw and pitch of the line of sight from the camera, shape (n, 2).
        head_deg: Yaw, pitch and roll of the head, shape (n, 3).
        head_cm: Its shift, shape (n, 3).
        camera_cm: Where the camera is from between the eyes of a head at rest.

    Returns:
        Yaw and pitch relative to the head, degrees, shape (n, 2).
    """
    turn = _turns(head_deg)
    left, up, ahead = (camera_cm - (turn @ _EYES_CM - _EYES_CM + head_cm)).T
    yaw = np.radians(room_deg[:, 0]) + np.arctan2(left, ahead)
    pitch = np.radians(room_deg[:, 1]) + np.arctan2(up, np.hypot(left, ahead))
    flat = np.cos(pitch)
    sight = np.stack([flat * np.sin(yaw), np.sin(pitch), flat * np.cos(yaw)], axis=1)
    x, y, z = np.einsum("nji,nj->ni", turn, sight).T
    turned = np.stack([np.arctan2(x, z), np.arcsin(np.clip(y, -1, 1))], axis=1)
    return np.asarray(np.degrees(turned))


def _elsewhere(rng: np.random.Generator, prior: MotionPrior) -> tuple[float, float]:
    shares = [share for share, _ in _THINKING]
    low, high = _THINKING[int(rng.choice(len(shares), p=shares))][1]
    yaw = rng.uniform(*prior.aversion_deg) * rng.choice([-1.0, 1.0])
    return float(yaw), float(rng.uniform(low, high))


def _with_room(plan: Sequence[Fixation]) -> tuple[Fixation, ...]:
    """Leave out fixations that the next one cuts too short."""
    ends = [f.start_s for f in plan[1:]] + [np.inf]
    return tuple(
        f
        for i, (f, end) in enumerate(zip(plan, ends, strict=True))
        if i == 0 or end - f.start_s >= _LEAST_FIXATION_S
    )


def _turns(head_deg: TimeArray) -> TimeArray:
    """Return the head's rotations: to the left, then up, then tilted, shape (n, 3, 3)."""
    yaw, pitch, roll = np.radians(head_deg * [1, -1, -1]).T
    zero, one = np.zeros_like(yaw), np.ones_like(yaw)
    cos, sin = np.cos, np.sin
    turn = _stacked([[cos(yaw), zero, sin(yaw)], [zero, one, zero], [-sin(yaw), zero, cos(yaw)]])
    nod = _stacked(
        [[one, zero, zero], [zero, cos(pitch), -sin(pitch)], [zero, sin(pitch), cos(pitch)]]
    )
    tilt = _stacked(
        [[cos(roll), -sin(roll), zero], [sin(roll), cos(roll), zero], [zero, zero, one]]
    )
    turned: TimeArray = turn @ nod @ tilt
    return turned


def _stacked(rows: Sequence[Sequence[TimeArray]]) -> TimeArray:
    return np.moveaxis(np.array(rows), -1, 0)
