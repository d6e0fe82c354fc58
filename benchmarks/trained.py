"""Open the movement classifier that ships, or one that has just been trained."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from facesign.biometrics.face.spotter import MODEL
from facesign.models.registry import card
from facesign.models.runtime import Model, open_card, open_model

__all__ = ["open_trained"]


def open_trained(file: Path | None) -> Model:
    """Open a file whatever the registry says of its hash; None for the one that ships."""
    if file is None:
        return open_model(MODEL, provider="cpu")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return open_card(replace(card(MODEL), sha256=digest), file=file, provider="cpu")
