"""What a voice is like, as one model sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Sound
from facesign.biometrics.voice.utterances import Utterance, Utterances
from facesign.biometrics.voiceprint.encoder import N_EMBEDDING, Encoder
from facesign.errors import ItemError, ShapeError, ShortSpeechError

__all__ = ["LEAST_SPEECH_S", "Voiceprint", "make_voiceprint"]

LEAST_SPEECH_S = 1.0
"""Less tells nothing that could be compared; enrollment asks for more."""


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
    """Speech over the silence around it; None without silence."""
    bandwidth_hz: float | None = None
    """Highest frequency that the channel carries, up to 8000; None where unknown."""

    def __post_init__(self) -> None:
        if self.embedding.shape != (N_EMBEDDING,):
            raise ShapeError("embedding", f"({N_EMBEDDING},)", self.embedding.shape)
        length = float(np.linalg.norm(self.embedding))
        if not abs(length - 1.0) < 1e-3:
            raise ItemError("embedding", "of unit length", f"{length:.4f}")

    def __repr__(self) -> str:
        """Show the model and how much speech, never the numbers."""
        return f"Voiceprint({self.model}, net_speech_s={self.net_speech_s:.1f})"


def make_voiceprint(samples: FloatArray, encoder: Encoder) -> Voiceprint:
    """Find the speech in a recording and embed it.

    Args:
        samples: 16 kHz mono in [-1, 1], shape (n_samples,), of one speaker.
        encoder: The model.

    Raises:
        ShapeError: samples is not (n_samples,).
        ItemError: samples is not float32, or holds a value that is no number.
        ShortSpeechError: there is less than 1 s of speech.
    """
    if not np.isfinite(samples).all():
        n_wrong = np.count_nonzero(~np.isfinite(samples))
        raise ItemError("samples", "finite", f"{n_wrong} that are not")
    sound = Sound(0.0, samples)
    listener = Utterances(with_prosody=False)
    found = [*listener.push(sound), *listener.finish()]
    net_speech_s = sum(utterance.duration_s for utterance in found)
    if net_speech_s < LEAST_SPEECH_S:
        raise ShortSpeechError(net_speech_s, LEAST_SPEECH_S)
    quality = listener.quality()
    return Voiceprint(
        embedding=encoder.embed(np.concatenate([_cut(samples, one) for one in found])),
        model=encoder.label,
        net_speech_s=net_speech_s,
        snr_db=quality.snr_db,
        bandwidth_hz=quality.bandwidth_hz,
    )


def _cut(samples: FloatArray, utterance: Utterance) -> FloatArray:
    first, end = (round(t * SAMPLE_RATE_HZ) for t in (utterance.start_s, utterance.end_s))
    return samples[first:end]
