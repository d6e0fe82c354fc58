"""The encoder and the matcher that are used where the caller brings none."""

from __future__ import annotations

import json
from pathlib import Path

from facesign.biometrics.gallery.matching import CosineMatcher, Matcher, VoiceEncoder, model_of
from facesign.biometrics.voiceprint.scoring_file import matcher_from_dict, shipped_matcher
from facesign.errors import CalibrationError
from facesign.interview.home import Home

__all__ = ["calibration_file", "default_encoder", "default_matcher"]


def default_encoder(home: Home) -> VoiceEncoder:
    """Open the encoder that ships.

    Raises:
        ModelFileError: its file is missing or changed.
    """
    from facesign.biometrics.voiceprint.encoder import Encoder
    from facesign.models.runtime import open_model

    return Encoder(open_model("ecapa-embedded", home=home.root))


def default_matcher(encoder: VoiceEncoder, home: Home) -> Matcher:
    """Return the bank's own calibration of an encoder, else the shipped one, else the cosine.

    Raises:
        CalibrationError: the bank's calibration cannot be read.
        ModelFileError: the cohort's file is missing or changed.
    """
    path = calibration_file(home, model_of(encoder))
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return shipped_matcher(model_of(encoder)) or CosineMatcher()
    except (OSError, ValueError) as error:
        raise CalibrationError(f"{path}: {error}; run facesign voice calibrate") from error
    return matcher_from_dict(values)


def calibration_file(home: Home, model: str) -> Path:
    """Return where the bank's own calibration of an encoder lies.

    Args:
        home: The home folder.
        model: The encoder, as `name@sha256`.
    """
    return home.calibrations / f"{model}.json"
