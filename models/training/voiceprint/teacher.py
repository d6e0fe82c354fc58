"""What the teacher, Resemblyzer, says of a voice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from resemblyzer import VoiceEncoder
from resemblyzer.audio import normalize_volume, trim_long_silences, wav_to_mel_spectrogram

N_EMBEDDING = 256
_PER_S = 2.0
_LONGEST = 16 * 16_000


class Teacher:
    """Resemblyzer 0.1.4 (Apache-2.0), whose weights come with its package."""

    def __init__(self) -> None:
        self._encoder = VoiceEncoder("cpu", verbose=False).eval()

    def embed(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Embed an utterance by the mean over windows of 1.6 s.

        Args:
            samples: 16 kHz mono, shape (n_samples,).

        Returns:
            Unit length, shape (256,).
        """
        wave = normalize_volume(samples[:_LONGEST], -30, increase_only=True)
        heard = trim_long_silences(wave)
        if len(heard) < 0.8 * 16_000:
            heard = wave
        _, windows = VoiceEncoder.compute_partial_slices(len(heard), _PER_S, 0.75)
        n_frames = windows[-1].stop
        padded = np.pad(heard, (0, max(0, n_frames * 160 - len(heard))))
        mel = wav_to_mel_spectrogram(padded)
        with torch.no_grad():
            parts = self._encoder(torch.from_numpy(np.stack([mel[w] for w in windows])))
        mean = parts.numpy().mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)
