"""Draw all that a person does during an interview."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facesign.biometrics.stream import TimeArray
from facesign.samples import truth
from facesign.samples.studio.acting.blinks import Blink, plan_blinks
from facesign.samples.studio.acting.differ import Differ
from facesign.samples.studio.acting.families import MOTION_FAMILIES, PRIORS, MotionFamily
from facesign.samples.studio.acting.gaze import (
    gaze_steps,
    gaze_truth,
    plan_gaze,
    read_from,
    turns_away,
)
from facesign.samples.studio.acting.head import HeadMotion, plan_nods
from facesign.samples.studio.acting.lips import LipTrack, follow_phones
from facesign.samples.studio.acting.lips_heard import follow_sound
from facesign.samples.studio.acting.moves import Move
from facesign.samples.studio.acting.performance import Act, Performance
from facesign.samples.studio.acting.repertoire import plan_moves
from facesign.samples.studio.acting.schedule import Schedule
from facesign.samples.studio.acting.settings import ActingSettings, MotionSettings
from facesign.samples.studio.acting.talk import Interval, Talk
from facesign.samples.studio.settings import draw
from facesign.samples.studio.sound.dialogue import Said

__all__ = ["CAMERA_CM", "perform", "rehearse"]

CAMERA_CM = (0.0, -4.0, 63.0)
"""Usual place of the camera from between the eyes."""
_REST = {
    "mouthClose": 0.03,
    "mouthSmile_L": 0.04,
    "mouthSmile_R": 0.04,
    "mouthPress_L": 0.03,
    "mouthPress_R": 0.03,
}


def rehearse(
    said: Sequence[Said],
    duration_s: float,
    settings: ActingSettings,
    rng: np.random.Generator,
    *,
    speaker: str = "applicant",
    mouthed: Sequence[Said] | None = None,
    camera_cm: tuple[float, float, float] = CAMERA_CM,
) -> Act:
    """Draw all that a person does during an interview.

    Args:
        said: What everybody says.
        duration_s: Of the interview.
        settings: How the person moves.
        rng: Source of everything; the same gives the same movements at the same seconds.
        speaker: Whose face it is.
        mouthed: What the lips say, if it is something else than what is heard.
        camera_cm: Where the camera is from between the person's eyes at rest: to the
            subject's left, up, and away.
    """
    family = _family(settings.motion, rng)
    prior, motion = PRIORS[family], settings.motion
    talk = Talk.of(said, speaker)
    differ = Differ.drawn(rng, duration_s, settings.differ)
    drawn = plan_moves(
        rng,
        duration_s,
        talk,
        prior,
        settings.movements,
        expressiveness=motion.expressiveness,
        questions=_spans(said, settings.movements.on_questions),
    )
    moves = tuple(kept for move in drawn if (kept := differ.move(move)) is not None)
    blinks = _blinks(rng, duration_s, moves, settings, prior.blink_spread)
    away = turns_away(rng, talk, prior, motion.aversion)
    look_deg = draw(rng, motion.look_deg)
    looks = plan_gaze(rng, duration_s, away, prior, glances=motion.glances, look_deg=look_deg)
    if talk.read_out:
        page_deg = draw(rng, motion.page_yaw_deg), draw(rng, motion.page_pitch_deg)
        looks = read_from(rng, looks, talk.read_out, page_deg=page_deg)
    head = HeadMotion.drawn(rng, duration_s, talk, prior, motion, () if differ.blind else looks)
    nods, nod_truth = plan_nods(rng, duration_s, talk, prior, motion.nods)
    poses = (*head.truth(), *nod_truth, *_jerks(moves))
    lines = said if mouthed is None else mouthed
    return Act(
        blinks=tuple(blink.truth() for blink in blinks),
        movements=tuple(move.truth() for move in moves),
        gaze=(
            (truth.GazeEvent("wander", 0.0, duration_s, 0.0, 0.0),)
            if differ.blind
            else gaze_truth(looks, duration_s)
        ),
        poses=tuple(sorted(poses, key=lambda pose: pose.start_s)),
        families={"motion": (family,)} | _profiles(moves),
        differ=differ.truth(),
        _lids=Schedule(blinks),
        _strokes=Schedule([*(s for move in moves for s in move.strokes), *nods]),
        _lips=Schedule([_track(line) for line in lines if line.speaker == speaker]),
        _head=head,
        _look=gaze_steps(looks),
        _differ=differ,
        _camera_cm=camera_cm,
        _rest={name: weight * float(rng.uniform(0.5, 1.6)) for name, weight in _REST.items()},
    )


def perform(
    said: Sequence[Said],
    time_s: TimeArray,
    settings: ActingSettings,
    rng: np.random.Generator,
    *,
    duration_s: float,
) -> Performance:
    """Act an interview at given moments; `rehearse` also tells what is true of it."""
    return rehearse(said, duration_s, settings, rng).at(time_s)


def _family(motion: MotionSettings, rng: np.random.Generator) -> MotionFamily:
    drawn = MOTION_FAMILIES[int(rng.integers(len(MOTION_FAMILIES)))]
    return drawn if motion.family == "any" else motion.family


def _spans(said: Sequence[Said], questions: Sequence[str]) -> list[Interval]:
    """Return from when to when each of some questions was asked and answered."""
    spans = []
    for question in questions:
        lines = [line for line in said if line.question_id == question]
        if lines:
            spans.append((lines[0].start_s, lines[-1].end_s))
    return spans


def _blinks(
    rng: np.random.Generator,
    duration_s: float,
    moves: Sequence[Move],
    settings: ActingSettings,
    spread: float,
) -> tuple[Blink, ...]:
    """Draw the blinks: those of their own, and those that come with a brow movement."""
    with_brow = [m.pulse.apex_s for m in moves if m.name == "blink_with_brow"]
    firm = [Blink.drawn(rng, at) for at in with_brow]
    apart_s = settings.movements.apart_s
    clear = [(m.span[0] - apart_s, m.span[1] + apart_s) for m in moves if m.kind == "brief"] + [
        (blink.start_s - 0.5, blink.end_s + 0.5) for blink in firm
    ]
    rate = draw(rng, settings.motion.blinks_per_minute)
    own = plan_blinks(
        rng,
        duration_s,
        per_minute=max(rate - 60 * len(firm) / duration_s, 0.0),
        spread=spread,
        incomplete=settings.motion.incomplete_blinks,
        keep_clear=clear,
    )
    return tuple(sorted((*own, *firm), key=lambda blink: blink.apex_s))


def _profiles(moves: Sequence[Move]) -> dict[str, tuple[str, ...]]:
    names = tuple(sorted({m.pulse.profile for m in moves if m.kind == "brief"}))
    return {"pulse": names} if names else {}


def _jerks(moves: Sequence[Move]) -> list[truth.PoseEvent]:
    return [
        truth.PoseEvent("jerk", m.pulse.onset_s, m.pulse.offset_s, *m.strokes[0].head_deg)
        for m in moves
        if m.name == "head_jerk"
    ]


def _track(line: Said) -> LipTrack:
    phones = line.phones()
    return follow_phones(phones) if phones else follow_sound(line.speech.samples, line.start_s)
