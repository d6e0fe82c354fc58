"""Capture quality over the whole session: what face and voice measurements rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from facesign.biometrics.face.quality import FaceReason, PictureQuality, grade
from facesign.biometrics.observation import Observation
from facesign.interview.findings import Findings

__all__ = ["capture_quality", "face_grade", "frame_rate_hz", "inter_ocular_px", "quality_reasons"]

LEAST_FACE_S = 3.0
"""With less of a face than this nothing is said about it."""

_Reader = Callable[[PictureQuality], float]
_PICTURE: tuple[tuple[str, str, FaceReason, _Reader], ...] = (
    ("quality.size", "px", "inter_eye_distance", lambda p: p.inter_ocular_px),
    ("quality.sharpness", "1", "sharpness", lambda p: p.sharpness),
    ("quality.light", "luma", "under_exposure", lambda p: p.light),
    ("quality.over_exposed_share", "1", "over_exposure", lambda p: p.over_exposed),
    ("quality.light_evenness", "1", "illumination_uniformity", lambda p: p.uniformity),
)


def frame_rate_hz(findings: Findings) -> float | None:
    """Return the measured rate, None with fewer than three frames."""
    steps = findings.steps_s.kept
    return float(1 / np.median(steps)) if len(steps) >= 2 else None


def inter_ocular_px(findings: Findings) -> float | None:
    """Return the median distance between the eyes, None without a face."""
    sizes = [picture.inter_ocular_px for picture in findings.pictures.kept]
    return float(np.median(sizes)) if sizes else None


def capture_quality(findings: Findings, *, unseen: str = "no_video") -> Iterator[Observation]:
    """Summarise the picture's quality; a median over the session for each kind.

    Args:
        findings: What the analysers found.
        unseen: Reason code for a session whose picture was not looked at.

    Yields:
        One observation a kind, with quality 0 to 1; not assessed where there was no face.
    """
    faceless = "no_face" if findings.n_frames else unseen
    for name, unit, reason, read in _PICTURE:
        values = [read(picture) for picture in findings.pictures.kept]
        known = [v for v in values if np.isfinite(v)]
        yield _observe(findings, name, unit, reason, known, faceless)
    turns = [float(np.hypot(yaw, pitch)) for yaw, pitch in findings.poses.kept]
    yield _observe(findings, "quality.pose", "deg", "head_pose", turns, faceless)
    rate_hz = frame_rate_hz(findings)
    yield _observe(
        findings,
        "quality.rate",
        "Hz",
        "frame_rate",
        [] if rate_hz is None else [rate_hz],
        "too_short" if findings.n_frames else unseen,
    )
    seen = findings.n_found / findings.n_frames if findings.n_frames else None
    yield Observation(
        name="quality.face_seen_share",
        start_s=0.0,
        end_s=findings.end_s,
        value=seen,
        unit="1",
        status="assessed" if seen is not None else "not_assessed",
        reason=None if seen is not None else unseen,
        quality=seen,
        analyser="interview.capture",
    )


def face_grade(findings: Findings) -> float | None:
    """Return the worst grade of what limits fine movements, 0 to 1; None without a face."""
    rate_hz, size_px = frame_rate_hz(findings), inter_ocular_px(findings)
    if rate_hz is None or size_px is None:
        return None
    sharpness = float(np.median([picture.sharpness for picture in findings.pictures.kept]))
    return min(
        grade("frame_rate", rate_hz),
        grade("inter_eye_distance", size_px),
        grade("sharpness", sharpness),
    )


def quality_reasons(quality: Sequence[Observation]) -> tuple[str, ...]:
    """Return the reason codes of every property of the picture that was not good enough."""
    picture = [o for o in quality if o.name.startswith("quality.")]
    reasons = [_reason_of(o.name) for o in picture if o.status == "assessed" and o.quality == 0.0]
    reasons += [o.reason for o in picture if o.reason is not None]
    return tuple(dict.fromkeys(reasons))


def _observe(
    findings: Findings,
    name: str,
    unit: str,
    reason: FaceReason,
    values: list[float],
    missing: str,
) -> Observation:
    value = float(np.median(values)) if values else None
    return Observation(
        name=name,
        start_s=0.0,
        end_s=findings.end_s,
        value=value,
        unit=unit,
        status="assessed" if value is not None else "not_assessed",
        reason=None if value is not None else missing,
        quality=None if value is None else grade(reason, value),
        analyser="interview.capture",
    )


def _reason_of(name: str) -> str:
    by_name = {row[0]: row[2] for row in _PICTURE}
    by_name |= {"quality.pose": "head_pose", "quality.rate": "frame_rate"}
    return by_name.get(name, "no_face")
