"""Open the voice encoder that ships, or one that has just been trained."""

from __future__ import annotations

import hashlib
from pathlib import Path

from facesign.biometrics.voiceprint.encoder import DEFAULT_MODEL, Encoder
from facesign.models.registry import ModelCard
from facesign.models.runtime import open_card, open_model

__all__ = ["open_encoder"]


def open_encoder(file: Path | None) -> Encoder:
    """Open a file whatever the registry says of it; None for the one that ships."""
    if file is None:
        return Encoder(open_model(DEFAULT_MODEL, provider="cpu"))
    entry = ModelCard(
        name=DEFAULT_MODEL,
        file=file.name,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        kind="onnx",
        licence="Apache-2.0",
        source="this repository",
        input=("fbank (batch, n_frames, 80) float32",),
        output=("embedding (batch, 192) float32",),
        trained_on="",
        used_for="",
    )
    return Encoder(open_card(entry, file=file, provider="cpu"))
