"""The encoder and the matcher that are used where the caller brings none."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

from facesign.biometrics.gallery.matching import CosineMatcher, Matcher, VoiceEncoder, model_of
from facesign.biometrics.speakers.overlap import OverlapDetector
from facesign.biometrics.voiceprint.scoring_file import matcher_from_dict, shipped_matcher
from facesign.errors import CalibrationError
from facesign.interview.home import Home

__all__ = [
    "VoiceTools",
    "calibration_file",
    "default_encoder",
    "default_matcher",
    "named_encoder",
]


class VoiceTools:
    """An encoder and its matcher, opened when first used: deleting a voiceprint needs neither.

    Args:
        home: Where own models and calibrations lie.
        encoder: The caller's own; the one of the settings by default.
        matcher: The caller's own; the encoder's calibration by default.
    """

    def __init__(self, home: Home, encoder: VoiceEncoder | None, matcher: Matcher | None) -> None:
        self._home = home
        self._own_encoder = encoder
        self._own_matcher = matcher

    @cached_property
    def encoder(self) -> VoiceEncoder:
        """What makes the embeddings."""
        return self._own_encoder or default_encoder(self._home)

    @cached_property
    def matcher(self) -> Matcher:
        """What compares them."""
        return self._own_matcher or default_matcher(self.encoder, self._home)

    @cached_property
    def overlap(self) -> OverlapDetector:
        """What notices two people who speak at once."""
        return OverlapDetector(self._home.root)

    @property
    def model(self) -> str:
        """What voiceprints of the encoder are marked with."""
        return model_of(self.encoder)


def default_encoder(home: Home) -> VoiceEncoder:
    """Open the encoder that the settings name: the one that ships, unless they say otherwise.

    Raises:
        ModelFileError: its file is missing or changed.
        SettingsError: `config.toml` of the home cannot be read.
    """
    return named_encoder(home.settings().encoder, home)


def named_encoder(name: str, home: Home) -> VoiceEncoder:
    """Open an encoder by its name in the registry.

    Raises:
        ModelFileError: its file is missing or changed; one that does not ship has to be
            pulled or imported before.
    """
    from facesign.biometrics.voiceprint.encoder import Encoder
    from facesign.models.runtime import open_model

    return Encoder(open_model(name, home=home.root))


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
