"""Store what the trained network itself says of made-up rows, for the test of the ONNX file.

python models/training/movements/parity.py WORK/checkpoint.pt --out tests/models/movements.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from network import N_SIGNALS, MovementNet, Shipped

SEED, N_ROWS = 4, 90
NAMES = ("movement", "apex", "edges_s", "channels", "kinds")


def rows() -> tuple[np.ndarray, np.ndarray]:
    """Return signals and what of them is valid, each of shape (1, 90, 132)."""
    rng = np.random.default_rng(SEED)
    valid = (rng.random((1, N_ROWS, N_SIGNALS)) > 0.05).astype(np.float32)
    signals = rng.normal(0, 4, (1, N_ROWS, N_SIGNALS)).astype(np.float32) * valid
    return signals, valid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    net = MovementNet()
    net.load_state_dict(torch.load(args.checkpoint, weights_only=True)["net"])
    net.eval()
    signals, valid = rows()
    with torch.no_grad():
        out = Shipped(net)(torch.from_numpy(signals), torch.from_numpy(valid))
    held = {name: np.asarray(value) for name, value in zip(NAMES, out, strict=True)}
    np.savez_compressed(args.out, signals=signals, valid=valid, **held)


if __name__ == "__main__":
    main()
