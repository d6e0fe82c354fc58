"""Write the averaged weights of a checkpoint as ONNX.

    python models/training/voiceprint/export.py CHECKPOINT models/weights/ecapa-embedded.onnx

Needs torch and onnx. The same checkpoint gives the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from facesign.models.ecapa import ecapa_graph


def encoder_weights(checkpoint: Path) -> dict[str, npt.NDArray[np.float32]]:
    """Read the averaged encoder, by SpeechBrain's names."""
    held = torch.load(checkpoint, weights_only=True, map_location="cpu")["averaged"]
    return {
        name.removeprefix("encoder."): tensor.numpy()
        for name, tensor in held.items()
        if name.startswith("encoder.")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.write_bytes(ecapa_graph(encoder_weights(args.checkpoint)))


if __name__ == "__main__":
    main()
