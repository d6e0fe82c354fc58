"""The head: sway, breath, posture, nods, and turning along with the eyes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import TimeArray
from facesign.samples import truth
from facesign.samples.studio.acting.families import MotionPrior
from facesign.samples.studio.acting.gaze import Fixation
from facesign.samples.studio.acting.moves import Stroke
from facesign.samples.studio.acting.pulses import Pulse
from facesign.samples.studio.acting.settings import MotionSettings
from facesign.samples.studio.acting.steps import Steps, Wander
from facesign.samples.studio.acting.talk import Talk
from facesign.samples.studio.settings import draw

__all__ = ["HeadMotion", "plan_nods"]

_BREATH_CM = 0.08
_BREATH_DEG = 0.18
_TALK_PERIODS_S = (0.7, 0.38, 0.8)
_FOLLOWS = 0.22
"""Share of a far look aside that the head makes itself."""
_FAR_DEG = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class HeadMotion:
    """Everything about the head but its strokes, drawn once."""

    postures: Steps
    """Yaw, pitch, roll in degrees and left, up, forward in centimetres."""
    following: Steps
    """Yaw and pitch that go with far looks."""
    speaking: Steps
    wander: tuple[Wander, ...]
    """Of yaw, pitch, roll, left, up, forward."""
    wander_size: TimeArray
    """Shape (6,)."""
    talk_wander: tuple[Wander, ...]
    talk_deg: float
    breath_hz: float
    breath_drift: Wander
    breath_size: float

    @classmethod
    def drawn(
        cls,
        rng: np.random.Generator,
        until_s: float,
        talk: Talk,
        prior: MotionPrior,
        motion: MotionSettings,
        fixations: Sequence[Fixation],
    ) -> HeadMotion:
        """Draw how a head moves during an interview."""
        period_s = prior.sway_period_s
        stretch = rng.uniform(0.8, 1.3, 6)
        breaths = draw(rng, motion.breaths_per_minute or prior.breaths_per_minute)
        return cls(
            postures=_postures(rng, until_s, prior, motion),
            following=_following(rng, fixations),
            speaking=talk.speaking(),
            wander=tuple(Wander(rng, until_s, period_s=period_s * s) for s in stretch),
            wander_size=motion.sway * np.array([*prior.sway_deg, *prior.sway_cm]),
            talk_wander=tuple(Wander(rng, until_s, period_s=p) for p in _TALK_PERIODS_S),
            talk_deg=motion.nods * prior.talk_deg,
            breath_hz=breaths / 60,
            breath_drift=Wander(rng, until_s, period_s=9.0),
            breath_size=float(rng.uniform(0.7, 1.5)),
        )

    def at(self, time_s: TimeArray) -> tuple[TimeArray, TimeArray]:
        """Return yaw, pitch, roll in degrees and the shift in cm, each shape (n, 3)."""
        pose = self.postures.at(time_s)
        pose += self.wander_size * np.stack([w.at(time_s) for w in self.wander], axis=1)
        pose[:, :2] += self.following.at(time_s)
        talk = np.stack([w.at(time_s) for w in self.talk_wander], axis=1)
        pose[:, :3] += self.talk_deg * self.speaking.at(time_s) * talk * (0.8, 1.0, 0.7)
        turn = 2 * np.pi * self.breath_hz * time_s + 0.5 * self.breath_drift.at(time_s)
        breath = self.breath_size * np.sin(turn)
        pose[:, 1] += _BREATH_DEG * breath
        pose[:, 4] += _BREATH_CM * breath
        return pose[:, :3], pose[:, 3:]

    def truth(self) -> tuple[truth.PoseEvent, ...]:
        """Return the changes of posture."""
        rows = zip(
            self.postures.start_s, self.postures.passage_s, self.postures.values, strict=True
        )
        return tuple(
            truth.PoseEvent(
                "pose", max(float(at), 0.0), float(max(at + passage, 0.0)), *map(float, value[:3])
            )
            for at, passage, value in rows
        )


def plan_nods(
    rng: np.random.Generator, until_s: float, talk: Talk, prior: MotionPrior, factor: float
) -> tuple[list[Stroke], list[truth.PoseEvent]]:
    """Draw nods: of listening while another talks, and with stressed words of one's own."""
    strokes: list[Stroke] = []
    events: list[truth.PoseEvent] = []
    for start, end in talk.heard:
        expected = factor * prior.nods_per_minute * (end - start + 1.0) / 12
        for _ in range(min(int(expected + rng.random()), 3)):
            at = float(rng.uniform(start + 0.4 * (end - start), end + 0.2))
            beats = _beats(rng, at)
            if beats[-1].pulse.end_s < until_s:
                strokes += beats
                events.append(_nod(beats))
    for at in talk.accents_s:
        if rng.random() < 0.6:
            depth = factor * prior.talk_deg * rng.uniform(0.6, 2.4)
            pulse = Pulse.drawn(rng, at - 0.08, rng.uniform(0.25, 0.45), "asymmetric")
            strokes.append(Stroke(pulse, head_deg=(0.0, -float(depth), 0.0)))
    return strokes, events


def _beats(rng: np.random.Generator, onset_s: float) -> list[Stroke]:
    """Return one to three dips of the head, each shallower than the one before."""
    beat_s, depth = rng.uniform(0.3, 0.5), rng.uniform(1.8, 5.0)
    return [
        Stroke(
            Pulse.drawn(rng, onset_s + 1.15 * beat_s * i, beat_s, "sine"),
            head_deg=(0.0, -float(depth) * 0.65**i, 0.0),
        )
        for i in range(int(rng.integers(1, 4)))
    ]


def _nod(beats: Sequence[Stroke]) -> truth.PoseEvent:
    start_s, end_s = beats[0].pulse.onset_s, beats[-1].pulse.offset_s
    return truth.PoseEvent("nod", start_s, end_s, *beats[0].head_deg)


def _postures(
    rng: np.random.Generator, until_s: float, prior: MotionPrior, motion: MotionSettings
) -> Steps:
    rest = np.array(
        [
            draw(rng, motion.rest_yaw_deg),
            draw(rng, motion.rest_pitch_deg),
            draw(rng, motion.rest_roll_deg),
            *(rng.standard_normal(3) * 0.5 * np.array(prior.pose_cm)),
        ]
    )
    n = int(prior.poses_per_minute * until_s / 60 + rng.random()) if motion.sway else 0
    at_s = np.sort(rng.uniform(1.0, max(until_s, 1.0), n))
    apart = np.append(True, np.diff(at_s) > 1.5)[:n] if n else np.zeros(0, dtype=bool)
    at_s = at_s[apart]
    size = motion.sway * np.array([*prior.pose_deg, *prior.pose_cm])
    new = rest + size * np.clip(rng.standard_normal((len(at_s), 6)), -2, 2)
    return Steps(
        np.concatenate([[-2.0], at_s]),
        np.concatenate([[1.0], rng.uniform(0.6, 1.3, len(at_s))]),
        np.concatenate([rest[None], new]),
    )


def _following(rng: np.random.Generator, fixations: Sequence[Fixation]) -> Steps:
    """Turn the head along with looks beyond six degrees, a little later and slower."""
    starts, points, slow = [-2.0], [(0.0, 0.0)], [0.3]
    for look in fixations:
        far = float(np.hypot(look.yaw_deg, look.pitch_deg)) > _FAR_DEG
        share = _FOLLOWS * rng.uniform(0.5, 1.5) if far else 0.0
        point = (share * look.yaw_deg, 0.6 * share * look.pitch_deg)
        if point != points[-1]:
            starts.append(look.start_s + 0.03)
            points.append(point)
            slow.append(rng.uniform(0.3, 0.5))
    return Steps(np.array(starts), np.array(slow), np.array(points))
