"""Ways of holding oneself, by name, so that an evaluation can leave one out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from facesign.samples.studio.settings import Span

__all__ = ["MOTION_FAMILIES", "PRIORS", "MotionFamily", "MotionPrior"]

MotionFamily = Literal["still", "calm", "lively", "nervous", "weary"]
MOTION_FAMILIES: tuple[MotionFamily, ...] = get_args(MotionFamily)


@dataclass(frozen=True, slots=True)
class MotionPrior:
    """What somebody does without meaning to, at the settings' factor of 1."""

    sway_deg: tuple[float, float, float]
    """Standard deviation of the head's yaw, pitch and roll."""
    sway_cm: tuple[float, float, float]
    """Standard deviation of the head's place: left, up, forward."""
    sway_period_s: float
    poses_per_minute: float
    """Changes of posture."""
    pose_deg: tuple[float, float, float]
    """Standard deviation of a new posture's yaw, pitch and roll."""
    pose_cm: tuple[float, float, float]
    """Of its place; small aside, as the shoulders stay where they are."""
    nods_per_minute: float
    """Of listening."""
    talk_deg: float
    """Movement of the head that goes with the own speech."""
    saccades_per_minute: float
    fixation_deg: float
    """Standard deviation of ordinary fixations around the usual point."""
    aversion: float
    """Chance to look away before an ordinary answer."""
    aversion_deg: Span
    talk_aversions_per_minute: float
    """Of own speech."""
    brow_raises: float
    """Share of stressed words that a brow raise goes with."""
    smiles_per_minute: float
    blink_spread: float
    """Standard deviation of the logarithm of the gaps between blinks."""
    breaths_per_minute: Span
    """Adults at rest: 12 to 20."""


PRIORS: Mapping[MotionFamily, MotionPrior] = {
    "still": MotionPrior(
        sway_deg=(0.5, 0.4, 0.3),
        sway_cm=(0.10, 0.05, 0.15),
        sway_period_s=2.6,
        poses_per_minute=0.3,
        pose_deg=(2.0, 1.5, 1.0),
        pose_cm=(0.4, 0.2, 0.6),
        nods_per_minute=0.5,
        talk_deg=0.3,
        saccades_per_minute=22,
        fixation_deg=0.8,
        aversion=0.25,
        aversion_deg=(4, 10),
        talk_aversions_per_minute=4,
        brow_raises=0.04,
        smiles_per_minute=0.4,
        blink_spread=0.3,
        breaths_per_minute=(11, 15),
    ),
    "calm": MotionPrior(
        sway_deg=(1.2, 0.9, 0.7),
        sway_cm=(0.22, 0.10, 0.32),
        sway_period_s=2.1,
        poses_per_minute=1.0,
        pose_deg=(3.0, 2.0, 1.8),
        pose_cm=(0.45, 0.2, 0.9),
        nods_per_minute=1.5,
        talk_deg=0.6,
        saccades_per_minute=32,
        fixation_deg=1.2,
        aversion=0.35,
        aversion_deg=(5, 12),
        talk_aversions_per_minute=7,
        brow_raises=0.10,
        smiles_per_minute=0.8,
        blink_spread=0.45,
        breaths_per_minute=(12, 16),
    ),
    "lively": MotionPrior(
        sway_deg=(2.2, 1.6, 1.4),
        sway_cm=(0.40, 0.16, 0.55),
        sway_period_s=1.5,
        poses_per_minute=2.5,
        pose_deg=(5.0, 3.0, 3.0),
        pose_cm=(0.6, 0.3, 1.3),
        nods_per_minute=4.0,
        talk_deg=1.6,
        saccades_per_minute=45,
        fixation_deg=1.8,
        aversion=0.45,
        aversion_deg=(6, 16),
        talk_aversions_per_minute=10,
        brow_raises=0.30,
        smiles_per_minute=2.0,
        blink_spread=0.5,
        breaths_per_minute=(13, 18),
    ),
    "nervous": MotionPrior(
        sway_deg=(1.6, 1.2, 0.9),
        sway_cm=(0.32, 0.14, 0.40),
        sway_period_s=0.9,
        poses_per_minute=4.0,
        pose_deg=(4.0, 2.5, 2.2),
        pose_cm=(0.5, 0.25, 1.0),
        nods_per_minute=2.5,
        talk_deg=1.0,
        saccades_per_minute=60,
        fixation_deg=2.0,
        aversion=0.6,
        aversion_deg=(6, 16),
        talk_aversions_per_minute=14,
        brow_raises=0.14,
        smiles_per_minute=1.2,
        blink_spread=0.65,
        breaths_per_minute=(15, 20),
    ),
    "weary": MotionPrior(
        sway_deg=(1.0, 1.4, 1.1),
        sway_cm=(0.25, 0.20, 0.50),
        sway_period_s=3.4,
        poses_per_minute=1.4,
        pose_deg=(3.0, 4.0, 3.0),
        pose_cm=(0.5, 0.4, 1.2),
        nods_per_minute=0.8,
        talk_deg=0.4,
        saccades_per_minute=20,
        fixation_deg=1.6,
        aversion=0.4,
        aversion_deg=(5, 14),
        talk_aversions_per_minute=6,
        brow_raises=0.05,
        smiles_per_minute=0.3,
        blink_spread=0.55,
        breaths_per_minute=(11, 14),
    ),
}
