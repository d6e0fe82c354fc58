"""Teaching the movement network on labelled clips; needs torch and the repository's training code.

The network starts from the weights that ship. Micro-expressions teach where a movement is,
its edges and its class; channels, of which the labels say nothing, stay as the network has
them. The shipped files are not touched.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from megc_layouts import Clip
from megc_reading import Reading
from onnx import numpy_helper
from provenance import ROOT
from trained import open_trained

from facesign.biometrics.face.evengrid import GridRows
from facesign.models.runtime import Model

if TYPE_CHECKING:
    from material import Sequence_
    from network import MovementNet

__all__ = ["can_tune", "tuned"]

CODE = ROOT / "models" / "training" / "movements"
WEIGHTS = ROOT / "models" / "weights" / "movements-132.onnx"
STEPS = 300
RATE = 3e-4
SEED = 0
KINDS = ("positive", "negative", "surprise", "other")
APEX_SD_S = 0.035


def can_tune() -> bool:
    """Tell whether torch is installed."""
    return find_spec("torch") is not None


def tuned(
    readings: Sequence[Reading],
    model: Model,
    out: Path,
    *,
    steps: int = STEPS,
    start: Path = WEIGHTS,
) -> Model:
    """Return the network taught on some clips.

    Args:
        readings: Clips of the subjects that may teach.
        model: The network that ships, for the channels' targets.
        out: Where the taught network is written, as ONNX.
        steps: How many batches.
        start: The weights to start from.
    """
    _on_path()
    from export import export

    sequences = [
        sequence_of(reading.clip, rows, model)
        for reading in readings
        if (rows := reading.rows()).valid.any()
    ]
    net, calibration = network_of(start)
    if sequences:
        _teach(net, sequences, steps)
    export(net, out, calibration)
    return open_trained(out)


def sequence_of(clip: Clip, rows: GridRows, model: Model) -> Sequence_:
    """Return rows of signals with what each should say."""
    _on_path()
    from labels import Labels
    from material import Sequence_

    n = len(rows.time_s)
    inside, apex = np.zeros(n, np.float32), np.zeros(n, np.float32)
    edges, kind = np.full((n, 2), np.nan, np.float32), np.full(n, -1)
    for label in clip.labels:
        if label.kind != "micro":
            continue
        start_s, end_s = clip.span(label)
        part = (rows.time_s >= start_s) & (rows.time_s <= end_s)
        inside[part] = 1
        edges[part, 0] = rows.time_s[part] - start_s
        edges[part, 1] = end_s - rows.time_s[part]
        away_s = rows.time_s - clip.seconds(label.apex)
        apex = np.maximum(apex, np.exp(-0.5 * (away_s / APEX_SD_S) ** 2).astype(np.float32))
        kind[part] = KINDS.index(label.megc_class or "other")
    valid = rows.valid.astype(np.float32)
    channels = model.run(signals=rows.values[None], valid=valid[None])["channels"][0]
    weight = np.ones(n, np.float32)
    return Sequence_(rows, Labels(inside, weight, apex, edges, channels, kind))


def network_of(file: Path) -> tuple[MovementNet, Any]:
    """Return the network and the calibration that an exported file holds."""
    _on_path()
    import torch
    from export import Calibration
    from network import MovementNet

    held = {one.name: numpy_helper.to_array(one) for one in onnx.load(file).graph.initializer}
    net = MovementNet()
    state = {
        name: torch.from_numpy(np.array(held[name.replace("layers.", "layer")]))
        for name in net.state_dict()
    }
    net.load_state_dict(state)
    return net, Calibration(float(held["slope"]), float(held["offset"]))


def _teach(net: MovementNet, sequences: Sequence[Sequence_], steps: int) -> None:
    import torch
    from train import draw_batch, loss_of

    torch.manual_seed(SEED)
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.02)
    net.train()
    for step in range(steps):
        loss = loss_of(net, draw_batch(sequences, np.random.default_rng((SEED, step))))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
    net.eval()


def _on_path() -> None:
    if str(CODE) not in sys.path:
        sys.path.insert(0, str(CODE))
