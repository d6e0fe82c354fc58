"""What a scenario may say of the camera, and the cameras that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from facesign.samples.studio.camera.ranges import Within
from facesign.samples.studio.settings import Section, Span

__all__ = ["FAMILIES", "CameraSettings", "Family", "FamilyName"]

FamilyName: TypeAlias = Literal["laptop", "phone", "branch_hd", "cheap_webcam"]


class CameraSettings(Section):
    """The camera that the applicant sits before."""

    family: FamilyName | Literal["any"] = "laptop"
    """Kind of camera: an evaluation may leave one out of training; `any` draws one."""
    rate_hz: Literal[15, 24, 30, 60] = 30
    """Pictures per second when nothing holds the camera up."""
    jitter_ms: Annotated[float, Field(ge=0, le=50)] = 0.0
    """Standard deviation of a picture's time about its place."""
    slowed_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the time at half the rate, as cameras do when light is short."""
    light_ev: Annotated[float, Field(ge=-7, le=2)] = 0.0
    """Light that reaches the sensor, in stops from a well-lit room: less light, more noise."""
    exposure: Literal["auto", "fixed"] = "auto"
    """Whether brightness is regulated while the camera runs."""
    exposure_ev: Annotated[Span, Within(-4, 4)] = (-0.15, 0.15)
    """Brightness of the picture beside the usual one, in stops."""
    white_balance: Annotated[Span, Within(-0.3, 0.3)] = (-0.04, 0.04)
    """Error of the white balance: share by which red is too strong and blue too weak."""
    noise: Annotated[float, Field(ge=0, le=4)] = 1.0
    """Noise beside the family's own; 0 turns it off."""
    mains_hz: Literal[50, 60] = 50
    """Frequency of the mains that lamps flicker with (twice a period)."""
    flicker: Annotated[Span, Within(0, 1)] = (0.0, 0.0)
    """Depth of the lamps' flicker, 0 to 1; LED lamps on poor drivers reach 0.3."""


@dataclass(frozen=True, slots=True)
class Family:
    """The traits of one kind of camera; each camera draws its own from the spans."""

    bulge: Span
    """Share by which the lens pulls the corners inwards."""
    colour_shift: Span
    """Share by which red is drawn larger, and blue smaller, than green."""
    vignette: Span
    """Share of light that the corners lose."""
    softness_px: Span
    """Standard deviation of the lens's blur at 480 rows."""
    well: Span
    """Electrons at white in a well-lit room: fewer are noisier."""
    read_noise: Span
    """Electrons of noise in the dark."""
    uneven: float
    """Standard deviation of the pixels' own gains."""
    denoise: Span
    """Strength of the noise filter in the camera, 0 to 1: smooth skin, blotchy colours."""
    sharpen: Span
    """Strength of the sharpening in the camera, 0 to 1.5: edges get a rim."""
    contrast: Span
    """Bend of the tone curve, 0 for none."""
    saturation: Span
    """Strength of colours, 1 as they are."""
    shutter_s: Span
    """Exposure time in a well-lit room."""
    readout_s: float
    """Time from the first row to the last: it tilts what moves and bands what flickers."""
    most_gain: float
    """Most amplification; in less light the picture stays dark."""


FAMILIES: dict[FamilyName, Family] = {
    "laptop": Family(
        bulge=(0.02, 0.05),
        colour_shift=(0.0004, 0.0012),
        vignette=(0.18, 0.3),
        softness_px=(0.55, 0.75),
        well=(4500, 7000),
        read_noise=(5, 8),
        uneven=0.006,
        denoise=(0.45, 0.7),
        sharpen=(0.4, 0.7),
        contrast=(0.05, 0.2),
        saturation=(0.86, 1.0),
        shutter_s=(0.010, 0.020),
        readout_s=0.025,
        most_gain=16,
    ),
    "phone": Family(
        bulge=(0.0, 0.015),
        colour_shift=(0.0001, 0.0004),
        vignette=(0.08, 0.18),
        softness_px=(0.35, 0.5),
        well=(8000, 12000),
        read_noise=(2.5, 4),
        uneven=0.003,
        denoise=(0.6, 0.85),
        sharpen=(0.6, 1.0),
        contrast=(0.2, 0.4),
        saturation=(1.05, 1.2),
        shutter_s=(0.007, 0.014),
        readout_s=0.016,
        most_gain=32,
    ),
    "branch_hd": Family(
        bulge=(0.01, 0.03),
        colour_shift=(0.0002, 0.0006),
        vignette=(0.1, 0.2),
        softness_px=(0.4, 0.55),
        well=(7000, 10000),
        read_noise=(4, 6),
        uneven=0.004,
        denoise=(0.2, 0.4),
        sharpen=(0.2, 0.45),
        contrast=(0.0, 0.15),
        saturation=(0.95, 1.05),
        shutter_s=(0.010, 0.020),
        readout_s=0.020,
        most_gain=24,
    ),
    "cheap_webcam": Family(
        bulge=(0.06, 0.12),
        colour_shift=(0.0010, 0.0024),
        vignette=(0.3, 0.48),
        softness_px=(0.8, 1.1),
        well=(2400, 4000),
        read_noise=(7, 11),
        uneven=0.012,
        denoise=(0.25, 0.5),
        sharpen=(0.7, 1.2),
        contrast=(0.1, 0.35),
        saturation=(0.7, 0.9),
        shutter_s=(0.015, 0.030),
        readout_s=0.030,
        most_gain=10,
    ),
}
