"""What a voice is like, as one model sees it."""

from __future__ import annotations

from dataclasses import dataclass

from facesign.biometrics.stream import FloatArray

__all__ = ["Voiceprint"]


@dataclass(frozen=True, slots=True, eq=False)
class Voiceprint:
    """An embedding, and what it rests on."""

    embedding: FloatArray
    """Unit length, shape (192,)."""
    model: str
    """Registry name and the start of the sha256 of the encoder, as `name@sha256`."""
    net_speech_s: float
    """Seconds of speech without pauses behind it."""
    snr_db: float | None = None
    bandwidth_hz: float | None = None

    def __repr__(self) -> str:
        """Show the model and how much speech, never the numbers."""
        return f"Voiceprint({self.model}, net_speech_s={self.net_speech_s:.1f})"
