"""The encoder and the matcher that are used where the caller brings none."""

from __future__ import annotations

from facesign.biometrics.gallery.matching import CosineMatcher, Matcher, VoiceEncoder
from facesign.interview.home import Home

__all__ = ["default_encoder", "default_matcher"]


def default_encoder(home: Home) -> VoiceEncoder:
    """Open the encoder that ships.

    Raises:
        ModelFileError: its file is missing or changed.
    """
    from facesign.biometrics.voiceprint.encoder import Encoder
    from facesign.models.runtime import open_model

    return Encoder(open_model("ecapa-embedded", home=home.root))


def default_matcher(encoder: VoiceEncoder) -> Matcher:
    """Return the shipped calibration of an encoder, or the bare cosine where it has none."""
    return CosineMatcher()
