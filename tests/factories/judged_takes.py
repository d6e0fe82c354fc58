"""Takes without pictures, with a truth and what was found, for the movements benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from movement_scores import Judged, judge
from movement_takes import Filmed

from facesign.biometrics.face.flow import POINTS
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.samples.takes import Take
from facesign.samples.truth import FrameTimes, PoseEvent, Truth
from facesign.samples.truth import Movement as Moved

PERSON: Mapping[str, Any] = {
    "tone": 2,
    "age_years": 30.0,
    "sex": "female",
    "eyelid": "single",
    "glasses": "none",
}
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "motion": ("calm",),
    "texture": ("smooth",),
    "light": ("office",),
}


def moved(
    onset_s: float,
    *,
    length_s: float = 0.3,
    amplitude: float = 0.5,
    name: str = "positive",
    kind: Any = "brief",
    side: Any = "both",
    profile: str = "sine",
) -> Moved:
    """A movement that was put in, with its apex in the middle."""
    return Moved(
        kind=kind,
        name=name,
        onset_s=onset_s,
        apex_s=onset_s + length_s / 2,
        offset_s=onset_s + length_s,
        amplitude=amplitude,
        side=side,
        profile=profile,
        channels={"au12.left": amplitude, "au12.right": amplitude},
    )


def told(
    onset_s: float,
    *,
    length_s: float = 0.3,
    probability: float | None = 0.9,
    channels: tuple[str, ...] = ("au12.left", "au12.right"),
    megc_class: str | None = "positive",
) -> Movement:
    """A movement that a spotter tells."""
    return Movement(
        onset_s=onset_s,
        apex_s=onset_s + length_s / 2,
        offset_s=onset_s + length_s,
        channels=channels,
        strength=4.0,
        reliability="high",
        probability=probability,
        megc_class=megc_class,
    )


def take(n_frames: int, rate_hz: float = 30.0) -> Take:
    """A take of frames without a face, evenly spaced from zero."""
    return Take(
        time_s=np.arange(n_frames) / rate_hz,
        landmarks=np.full((n_frames, 478, 3), np.nan, np.float32),
        speaking=np.zeros(n_frames, np.bool_),
        brightness=np.full(n_frames, np.nan, np.float32),
        flow=np.full((n_frames, len(POINTS), 2), np.nan, np.float32),
    )


def filmed(
    movements: Sequence[Moved] = (),
    *,
    seed: int = 1,
    part: str = "near",
    seconds: int = 60,
    person: Mapping[str, Any] | None = None,
    poses: Sequence[PoseEvent] = (),
    aside_deg: float = 0.0,
    height_deg: float = 0.0,
    camera: str = "phone",
) -> Filmed:
    """A take of so many seconds at one frame a second, with its truth."""
    truth = Truth(
        name=f"near-{seed}",
        scenario="near",
        script="car-loan-zh",
        language="zh",
        seed=seed,
        duration_s=float(seconds),
        frames=FrameTimes(seconds + 1, 0.0, float(seconds), 1.0, 1.0),
        movements=tuple(movements),
        poses=tuple(poses),
        people=({**PERSON, **(person or {})},),
        families=FAMILIES,
        conditions={
            "view": {"aside_deg": aside_deg, "height_deg": height_deg, "eyes_px": 125.0},
            "camera": {"family": camera},
        },
    )
    return Filmed(part, "near", seed, truth, take(seconds + 1, 1.0))


def judged(
    movements: Sequence[Moved],
    found: Sequence[Movement],
    gaps: Sequence[Unassessed] = (),
    **of_take: Any,
) -> Judged:
    """What a spotter made of such a take."""
    return judge(filmed(movements, **of_take), found, gaps)
