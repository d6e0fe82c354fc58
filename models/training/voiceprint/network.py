"""The network: SpeechBrain's ECAPA-TDNN, narrower."""

from __future__ import annotations

from typing import Any

from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN

EMBEDDED: dict[str, Any] = {
    "channels": [256, 256, 256, 256, 768],
    "kernel_sizes": [5, 3, 3, 3, 1],
    "dilations": [1, 2, 3, 4, 1],
    "attention_channels": 128,
    "lin_neurons": 192,
}


def embedding_model(settings: dict[str, Any]) -> ECAPA_TDNN:
    """Build the network with fresh weights."""
    return ECAPA_TDNN(80, **settings)
