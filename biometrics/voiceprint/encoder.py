"""Embeddings of voices by an ECAPA-TDNN that ONNX Runtime runs."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.biometrics.voiceprint.frontend import fbank
from facesign.errors import ItemError, ShapeError
from facesign.models.runtime import Model

__all__ = ["DEFAULT_MODEL", "LEAST_S", "LONGEST_S", "N_EMBEDDING", "WINDOW_S", "Encoder"]

DEFAULT_MODEL = "ecapa-embedded"
N_EMBEDDING = 192
LEAST_S = 0.1
"""The network looks four frames to each side, and cannot mirror fewer."""
LONGEST_S = 30.0
"""Longer speech is embedded in equal parts, which bounds memory."""
WINDOW_S, STEP_S = 1.5, 0.75

_BATCH = 16


class Encoder:
    """Turn speech into embeddings of unit length.

    Args:
        model: `ecapa-embedded`, which ships, or `ecapa-voxceleb`, opened by `open_model`.
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name in the registry."""
        return self._model.card.name

    @property
    def sha256(self) -> str:
        """Hash of the model's file."""
        return self._model.card.sha256

    @property
    def label(self) -> str:
        """What a template says of the model: `name@` and the start of its sha256."""
        return f"{self.name}@{self.sha256[:12]}"

    def embed(self, samples: FloatArray) -> FloatArray:
        """Embed speech as a whole.

        Speech of more than 30 s is embedded in equal parts, whose mean counts.

        Args:
            samples: Speech without pauses, 16 kHz mono in [-1, 1], shape (n_samples,).

        Returns:
            Unit length, shape (192,).

        Raises:
            ShapeError: samples is not (n_samples,), or shorter than 0.1 s.
            ItemError: samples is not float32, or holds a value that is no number.
        """
        _require_sound(samples)
        n_parts = int(np.ceil(len(samples) / (LONGEST_S * SAMPLE_RATE_HZ)))
        parts = [fbank(part)[None] for part in np.array_split(samples, n_parts)]
        embeddings = np.concatenate([self._embedded(part) for part in parts])
        return _unit(embeddings.mean(axis=0))

    def embed_windows(
        self, samples: FloatArray, *, window_s: float = WINDOW_S, step_s: float = STEP_S
    ) -> FloatArray:
        """Embed overlapping windows; window i starts at i * step_s.

        Args:
            samples: 16 kHz mono in [-1, 1], shape (n_samples,).
            window_s: Length of a window in seconds, at least 0.1.
            step_s: From the start of one to the start of the next.

        Returns:
            Unit length each, shape (n_windows, 192): as many windows as fit, and one of
            everything where none fits.

        Raises:
            ShapeError: samples is not (n_samples,), or shorter than 0.1 s.
            ItemError: samples is not float32, or holds a value that is no number; or
                window_s is below 0.1, or step_s not above 0.
        """
        _require_sound(samples)
        if not (window_s >= LEAST_S and step_s > 0):
            expected = f"windows of at least {LEAST_S} s and steps above 0 s"
            raise ItemError("window_s, step_s", expected, f"{window_s}, {step_s}")
        length = min(round(window_s * SAMPLE_RATE_HZ), len(samples))
        step = max(1, round(step_s * SAMPLE_RATE_HZ))
        starts = range(0, len(samples) - length + 1, step)
        batches = [starts[i : i + _BATCH] for i in range(0, len(starts), _BATCH)]
        return np.concatenate(
            [
                self._embedded(np.stack([fbank(samples[s : s + length]) for s in batch]))
                for batch in batches
            ]
        )

    def __repr__(self) -> str:
        """Show the model."""
        return f"Encoder({self.label})"

    def _embedded(self, features: FloatArray) -> FloatArray:
        """Embed features of shape (n, n_frames, 80): unit length, shape (n, 192)."""
        return _unit(self._model.run(fbank=features)["embedding"])


def _unit(embeddings: FloatArray) -> FloatArray:
    length = np.linalg.norm(embeddings, axis=-1, keepdims=True)
    return np.asarray(embeddings / np.maximum(length, 1e-12), np.float32)


def _require_sound(samples: FloatArray) -> None:
    least = round(LEAST_S * SAMPLE_RATE_HZ)
    if samples.ndim != 1 or len(samples) < least:
        raise ShapeError("samples", f"(n_samples,), at least {least} of them", samples.shape)
    if samples.dtype != np.float32:
        raise ItemError("samples", "float32", str(samples.dtype))
    if not np.isfinite(samples).all():
        n_wrong = np.count_nonzero(~np.isfinite(samples))
        raise ItemError("samples", "finite", f"{n_wrong} that are not")
