"""The speech of one recording, without its pauses, and what the capture is worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Sound
from facesign.biometrics.voice.quality import VoiceQuality
from facesign.biometrics.voice.utterances import Utterance, Utterances
from facesign.errors import ItemError, ShapeError

__all__ = ["MOST_SOUND_S", "MOST_SPEECH_S", "Heard", "hear", "pieces_of"]

MOST_SPEECH_S = 180.0
"""Net speech after which a recording is not read further: more hardly changes an embedding."""
MOST_SOUND_S = 1800.0
"""Sound after which it is not read further, speech or not."""
_KEPT_S = 30.0
"""More than the longest utterance and its lateness."""
_PIECE = SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard in one recording."""

    speech: FloatArray
    """Speech without pauses, 16 kHz, shape (n_samples,)."""
    quality: VoiceQuality
    sound_s: float
    """How much of the recording was read."""
    is_cut: bool
    """Whether the recording goes on after what was read."""

    @property
    def net_speech_s(self) -> float:
        """Seconds of speech without pauses."""
        return len(self.speech) / SAMPLE_RATE_HZ

    @property
    def channel(self) -> str:
        """Wideband, or narrowband as a telephone."""
        return "narrowband" if "narrowband" in self.quality.reasons else "wideband"


def hear(pieces: Iterable[FloatArray]) -> Heard:
    """Listen to a recording piece by piece, in bounded memory.

    Args:
        pieces: Mono, 16 kHz, in [-1, 1], each of shape (n_samples,).
    """
    measured = Utterances(with_prosody=False)
    speech: list[FloatArray] = []
    kept: FloatArray = np.zeros(0, dtype=np.float32)
    n_heard, n_speech, is_cut = 0, 0, False
    for piece in pieces:
        if n_speech >= MOST_SPEECH_S * SAMPLE_RATE_HZ or n_heard >= MOST_SOUND_S * SAMPLE_RATE_HZ:
            is_cut = True
            break
        kept = np.concatenate([kept, piece])[-int(_KEPT_S * SAMPLE_RATE_HZ) - len(piece) :]
        found = measured.push(Sound(n_heard / SAMPLE_RATE_HZ, piece))
        n_heard += len(piece)
        for part in _cut_out(found, kept, n_heard):
            speech.append(part)
            n_speech += len(part)
    speech.extend(_cut_out(measured.finish(), kept, n_heard))
    joined = np.concatenate(speech) if speech else np.zeros(0, dtype=np.float32)
    return Heard(joined, measured.quality(), n_heard / SAMPLE_RATE_HZ, is_cut)


def pieces_of(samples: FloatArray) -> Iterator[FloatArray]:
    """Yield a recording that is held as an array, second by second.

    Raises:
        ShapeError: it is not of shape (n_samples,).
        ItemError: it is not float32, or holds what is no number.
    """
    if samples.ndim != 1:
        raise ShapeError("samples", "(n_samples,), mono at 16 kHz", samples.shape)
    if samples.dtype != np.float32:
        raise ItemError("samples", "float32 in [-1, 1]", str(samples.dtype))
    if not np.isfinite(samples).all():
        raise ItemError(
            "samples", "finite", f"{np.count_nonzero(~np.isfinite(samples))} that are not"
        )
    for first in range(0, len(samples), _PIECE):
        yield samples[first : first + _PIECE]


def _cut_out(
    utterances: Iterable[Utterance], kept: FloatArray, n_heard: int
) -> Iterator[FloatArray]:
    """Yield the samples of utterances; `kept` ends where hearing has come to."""
    first_kept = n_heard - len(kept)
    for one in utterances:
        first = round(one.start_s * SAMPLE_RATE_HZ) - first_kept
        end = round(one.end_s * SAMPLE_RATE_HZ) - first_kept
        yield kept[max(first, 0) : max(end, 0)]
