"""Getting warm: everything that a session loads is loaded once before it is needed."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from facesign.biometrics.face.sharpen import MODEL as READOUT
from facesign.biometrics.face.spotter import MODEL as MOVEMENTS
from facesign.biometrics.stream import SAMPLE_RATE_HZ, Sound
from facesign.biometrics.voice.utterances import Utterances
from facesign.errors import FacesignError
from facesign.interview.home import Home
from facesign.interview.voice_defaults import default_encoder
from facesign.models.runtime import open_model

__all__ = ["rehearse"]


def rehearse(home: Home) -> None:
    """Listen to two seconds of noise and open the models, then forget them.

    What stays is what takes longest: imported modules, and files in the system's cache.
    A voice encoder that is missing is told by the session that needs it.
    """
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * SAMPLE_RATE_HZ).astype(np.float32)
    voice = Utterances("applicant")
    list(voice.push(Sound(0.0, noise, "applicant")))
    list(voice.finish())
    for name in (READOUT, MOVEMENTS):
        open_model(name, provider="cpu")
    with suppress(FacesignError):
        default_encoder(home).embed(noise)
