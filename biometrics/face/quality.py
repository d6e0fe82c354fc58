"""Capture quality of the face picture, with reason codes after ISO/IEC 29794-5 names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from facesign.biometrics.face.geometry import inter_ocular_px
from facesign.biometrics.stream import FloatArray

__all__ = [
    "LIMITS",
    "FaceReason",
    "PictureQuality",
    "grade",
    "grade_picture",
    "measure_picture",
    "reliability_of",
]

FaceReason: TypeAlias = Literal[
    "inter_eye_distance",
    "sharpness",
    "under_exposure",
    "over_exposure",
    "illumination_uniformity",
    "head_pose",
    "frame_rate",
]
Reliability: TypeAlias = Literal["high", "medium", "low", "none"]

_LIDS = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
_IRISES = ((468, 469, 470, 471, 472), (473, 474, 475, 476, 477))
"""Centre and rim, in MediaPipe's numbering."""
_BEYOND_IRIS = 1.15
"""The rim of the iris is blurred."""
_LEAST_WHITE = 0.02
"""Of the square of the distance between the eyes: what shut lids still enclose is less."""

MIN_RATE_HZ = 15.0
RATE_TOLERANCE_HZ = 0.5
"""A camera of 15 frames/s delivers 14.985, and a jittery one a little less."""
GOOD_RATE_HZ = 25.0
MIN_INTER_OCULAR_PX = 40.0
GOOD_INTER_OCULAR_PX = 120.0


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a measurement stops being good and where it stops being usable."""

    good: float
    usable: float


# Own limits. Sharpness and exposure were read off the clips in benchmarks/results/clips.json;
# size and rate are the project's stated ones.
LIMITS: dict[FaceReason, Limit] = {
    "inter_eye_distance": Limit(good=GOOD_INTER_OCULAR_PX, usable=MIN_INTER_OCULAR_PX),
    "sharpness": Limit(good=0.2, usable=0.11),
    "under_exposure": Limit(good=60.0, usable=30.0),
    "over_exposure": Limit(good=0.05, usable=0.25),
    "illumination_uniformity": Limit(good=0.5, usable=0.15),
    "head_pose": Limit(good=15.0, usable=35.0),
    "frame_rate": Limit(good=GOOD_RATE_HZ, usable=MIN_RATE_HZ),
}


@dataclass(frozen=True, slots=True)
class PictureQuality:
    """What one frame's pixels say about the face in it."""

    inter_ocular_px: float
    sharpness: float
    """Fine detail over coarse detail inside the face at a fixed face size, dimensionless."""
    brightness: float
    """Median luma of the face, 0 to 255: of the light on it and of its skin."""
    over_exposed: float
    """Share of the face's pixels at 250 or more."""
    uniformity: float
    """Darker half over brighter half of the face, 1 is evenly lit."""
    eye_whites: float
    """Luma of the whites of the eyes, 0 to 255; NaN where they are shut or too small."""

    @property
    def light(self) -> float:
        """Luma of skin or of the whites of the eyes, whichever is brighter, 0 to 255.

        Dark skin in good light is no bad light, and neither are narrow eyes: a face is in the
        dark where both are.
        """
        return float(np.fmax(self.brightness, self.eye_whites))


def measure_picture(image: npt.NDArray[np.uint8], landmarks: FloatArray) -> PictureQuality:
    """Measure the pixels of one face.

    Args:
        image: RGB, shape (height, width, 3).
        landmarks: Pixels, shape (478, 3).

    Returns:
        The measurements; NaN where the face lies outside the picture.

    Source: own; sharpness is the ratio of Laplacian to Sobel energy on the face scaled to
        96 pixels between the eyes, after the focus measures compared in Pertuz et al. 2013.
    """
    import cv2

    size = inter_ocular_px(landmarks)
    height, width = image.shape[:2]
    low = np.clip(landmarks[:, :2].min(axis=0), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(landmarks[:, :2].max(axis=0) + 1, 1, (width, height)).astype(int)
    face = image[low[1] : high[1], low[0] : high[0]]
    if min(face.shape[:2]) < 8 or not size > 0:
        return PictureQuality(size, *(float("nan"),) * 5)
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    whites = _eye_whites(grey, landmarks[:, :2] - low, size)
    scale = 96.0 / size
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    fine = cv2.Laplacian(grey, cv2.CV_32F)
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    coarse = float(np.mean(np.hypot(across, down))) / 4
    middle = grey.shape[1] // 2
    halves = float(grey[:, :middle].mean()), float(grey[:, middle:].mean())
    return PictureQuality(
        inter_ocular_px=size,
        sharpness=float(np.mean(np.abs(fine))) / max(coarse, 1e-3) / 2,
        brightness=float(np.median(grey)),
        over_exposed=float(np.mean(grey >= 250)),
        uniformity=min(halves) / max(max(halves), 1e-3),
        eye_whites=whites,
    )


def _eye_whites(grey: npt.NDArray[Any], places: FloatArray, inter_ocular_px: float) -> float:
    """Return the upper quartile inside the lids, outside the irises; lashes are dark."""
    import cv2

    open_eyes = np.zeros(grey.shape, np.uint8)
    for lids in _LIDS:
        cv2.fillPoly(open_eyes, [np.round(places[list(lids)]).astype(np.int32)], (255,))
    for centre, *rim in _IRISES:
        apart = np.linalg.norm(places[rim] - places[centre], axis=1)
        radius = round(_BEYOND_IRIS * float(apart.mean()))
        cv2.circle(open_eyes, np.round(places[centre]).astype(int).tolist(), radius, (0,), -1)
    seen = grey[open_eyes > 0]
    if len(seen) < _LEAST_WHITE * inter_ocular_px**2:
        return float("nan")
    return float(np.percentile(seen, 75))


def grade(reason: FaceReason, value: float) -> float:
    """Turn a measurement into a quality from 0 (unusable) to 1 (good); NaN gives 0."""
    limit = LIMITS[reason]
    if not np.isfinite(value):
        return 0.0
    return float(np.clip((value - limit.usable) / (limit.good - limit.usable), 0.0, 1.0))


def grade_picture(picture: PictureQuality) -> float:
    """Return the worse of the grades of size and sharpness, 0 to 1."""
    return min(
        grade("inter_eye_distance", picture.inter_ocular_px),
        grade("sharpness", picture.sharpness),
    )


def reliability_of(rate_hz: float, inter_ocular_px: float) -> Reliability:
    """Grade what brief movements are worth at a frame rate and a face size.

    Returns:
        `none` below 15 frames/s or 40 px between the eyes, `high` from 25 frames/s and
        120 px, `medium` where one of the two falls short, `low` where both do.
    """
    if rate_hz < MIN_RATE_HZ - RATE_TOLERANCE_HZ or inter_ocular_px < MIN_INTER_OCULAR_PX:
        return "none"
    short = (rate_hz < GOOD_RATE_HZ - 1.5) + (inter_ocular_px < GOOD_INTER_OCULAR_PX)
    return ("high", "medium", "low")[short]
