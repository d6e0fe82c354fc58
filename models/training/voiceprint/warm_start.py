"""Make a first checkpoint from an encoder that was exported, so that training goes on from it.

    python models/training/voiceprint/warm_start.py ENCODER.onnx BANK --work FOLDER

The graph holds no batch normalisation any more: each is set up again from what passes through
it, so that the network says the same as the graph in evaluation and nearly so in training. What
only training needs, the way to the teacher and the classes, starts afresh.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from crops import Drawer
from material import Bank
from onnx import numpy_helper
from torch import Tensor, nn
from train import Run

N_CROPS, N_FRAMES, N_BATCHES = 64, 200, 8
TOLERANCE = 1e-3
EPS = 1e-5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("encoder", type=Path)
    parser.add_argument("bank", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    run = Run(args.work, torch.device("cpu"))
    drawer = Drawer(Bank(args.bank))
    rng = np.random.default_rng(0)
    crops = [drawer.draw(N_CROPS, N_FRAMES, rng).fbank for _ in range(N_BATCHES)]
    encoder = run.student.encoder
    encoder.load_state_dict(_unfolded(args.encoder, encoder))
    _set_norms(encoder.eval(), torch.cat(crops))
    _check(encoder, args.encoder, crops[0])
    run.averaged.load_state_dict(run.student.state_dict())
    run.save()


def _unfolded(path: Path, encoder: nn.Module) -> dict[str, Tensor]:
    """Read the graph's tensors by SpeechBrain's names; normalisations do nothing yet."""
    held = {i.name: numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    parts = [held["asp.tdnn.local.kernel"], held["asp.tdnn.context.kernel"]]
    held["asp.tdnn.conv.kernel"] = np.concatenate(parts, axis=1)
    held["asp.tdnn.conv.bias"] = held["asp.tdnn.context.bias"]
    found = {}
    for name, tensor in encoder.state_dict().items():
        layer, kind = name.rsplit(".", 1)
        if layer.endswith(".norm"):
            values = {"weight": 1.0, "running_var": 1 - EPS}
            found[name] = torch.full_like(tensor, values.get(kind, 0))
        elif name == "asp.conv.conv.bias":
            # A softmax knows no bias: the graph has none.
            found[name] = torch.zeros_like(tensor)
        else:
            kinds = {"weight": "kernel", "bias": "bias"}
            found[name] = torch.tensor(held[f"{layer.removesuffix('.conv')}.{kinds[kind]}"])
    for block in ("blocks.1", "blocks.2", "blocks.3"):
        shift = torch.tensor(held[f"{block}.whole.shift"][:, 0])
        found[f"{block}.tdnn2.norm.norm.bias"] = shift
        gate = f"{block}.se_block.conv1.conv"
        found[f"{gate}.bias"] -= found[f"{gate}.weight"][:, :, 0] @ shift
    found["asp.tdnn.norm.norm.bias"] = torch.tensor(held["asp.tdnn.out.shift"][:, 0])
    if any(name.endswith(".signs") for name in held):
        raise SystemExit(f"{path}: has channels that were turned over; not written for these")
    return found


def _set_norms(encoder: nn.Module, fbank: Tensor) -> None:
    """Let each normalisation take away what comes and put it back, so that nothing changes."""
    told: dict[nn.BatchNorm1d, tuple[Tensor, Tensor]] = {}

    def listen(norm: nn.Module, given: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm1d)
        axes = (0, 2) if given[0].ndim == 3 else (0,)
        told[norm] = (given[0].mean(axes), given[0].var(axes, unbiased=False))

    norms = [layer for layer in encoder.modules() if isinstance(layer, nn.BatchNorm1d)]
    hooks = [norm.register_forward_pre_hook(listen) for norm in norms]
    with torch.no_grad():
        encoder(fbank)
    for hook in hooks:
        hook.remove()
    for norm, (mean, variance) in told.items():
        norm.running_mean, norm.running_var = mean, variance
        norm.weight.data = (variance + EPS).sqrt()
        norm.bias.data += mean
    last, pooled = encoder.get_submodule("fc.conv"), encoder.get_submodule("asp_bn.norm")
    assert isinstance(last, nn.Conv1d)
    assert isinstance(pooled, nn.BatchNorm1d)
    last.bias.data += last.weight.data[:, :, 0] @ pooled.bias.data
    last.weight.data *= pooled.weight.data[None, :, None]
    pooled.weight.data, pooled.bias.data = (
        torch.ones(len(pooled.bias)),
        torch.zeros(len(pooled.bias)),
    )


def _check(encoder: nn.Module, path: Path, fbank: Tensor) -> None:
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"fbank": fbank.numpy()})
    with torch.no_grad():
        got = encoder(fbank).squeeze(1).numpy()
    cosine = (
        (got * expected).sum(1) / np.linalg.norm(got, axis=1) / np.linalg.norm(expected, axis=1)
    )
    print(f"least cosine to the graph {cosine.min():.6f}")
    if cosine.min() < 1 - TOLERANCE:
        raise SystemExit(f"{path}: the network does not say what the graph says")


if __name__ == "__main__":
    main()
