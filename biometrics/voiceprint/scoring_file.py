"""Calibration and operating points of one encoder as a file, shipped or made by a bank."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from facesign.biometrics.voiceprint.calibration import Calibration
from facesign.biometrics.voiceprint.cohort import Cohort, read_cohort
from facesign.biometrics.voiceprint.matcher import CalibratedMatcher
from facesign.biometrics.voiceprint.operating import OperatingPoint
from facesign.errors import CalibrationError
from facesign.models.registry import card, cards, locate, read_model

__all__ = ["matcher_from_dict", "matcher_to_dict", "shipped_cohort", "shipped_matcher"]


def matcher_to_dict(matcher: CalibratedMatcher) -> dict[str, Any]:
    """Return calibration and points for JSON; the cohort stays in its own file."""
    return {
        "calibration": matcher.calibration.to_dict(),
        "points": [point.to_dict() for point in matcher.points.values()],
    }


def matcher_from_dict(values: Mapping[str, Any]) -> CalibratedMatcher:
    """Make a matcher from what `matcher_to_dict` wrote, with the shipped cohort if it has one.

    Raises:
        CalibrationError: something is missing, or it was fitted with a cohort that is not here.
        ModelFileError: the cohort's file is missing or changed.
    """
    try:
        calibration = Calibration.from_dict(values["calibration"])
        points = [OperatingPoint.from_dict(point) for point in values["points"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise CalibrationError(f"{error} is missing; run facesign voice calibrate") from error
    cohort = None
    if calibration.cohort_sha256 is not None:
        found = shipped_cohort(calibration.model)
        if found is None or found[1] != calibration.cohort_sha256:
            raise CalibrationError(
                "fitted with a cohort that is not installed; run facesign voice calibrate"
            )
        cohort = found[0]
    return CalibratedMatcher(calibration, {point.name: point for point in points}, cohort)


def shipped_matcher(model: str) -> CalibratedMatcher | None:
    """Return the matcher that ships for an encoder; None where there is none for this file of it.

    Args:
        model: The encoder, as `name@sha256`.

    Raises:
        CalibrationError: the shipped file was changed.
        ModelFileError: the cohort's file is missing or changed.
    """
    name = model.partition("@")[0]
    path = files("facesign.biometrics.voiceprint").joinpath(f"{name}.json")
    if not path.is_file():
        return None
    values = json.loads(path.read_text("utf-8"))
    if values["calibration"]["model"] != model:
        return None
    return matcher_from_dict(values)


def shipped_cohort(model: str) -> tuple[Cohort, str] | None:
    """Return the cohort that ships for an encoder and its file's sha256; None without one.

    Raises:
        ModelFileError: the file is missing or changed.
    """
    name = f"{model.partition('@')[0]}-cohort"
    if name not in {entry.name for entry in cards()}:
        return None
    entry = card(name)
    cohort = read_cohort(read_model(entry, locate(entry)), name)
    return (cohort, entry.sha256) if cohort.model == model else None
