"""A small network that tells in which frames two people speak, and its ONNX form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from facesign.biometrics.speakers.spectra import N_BANDS

__all__ = ["OverlapNet", "export", "parity"]

WIDTH = 64
OPSET, IR = 17, 9


class _Layer(nn.Sequential):
    def __init__(self, n_in: int, n_out: int, dilation: int) -> None:
        convolution = nn.Conv1d(n_in, n_out, 5, padding=2 * dilation, dilation=dilation)
        super().__init__(convolution, nn.BatchNorm1d(n_out), nn.ReLU())


class OverlapNet(nn.Module):
    """Three convolutions over time; each frame is read beside the mean of its window."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.enter = _Layer(N_BANDS, width, 1)
        self.near = _Layer(width, width, 2)
        self.wide = _Layer(width, width, 3)
        self.read = nn.Conv1d(2 * width, width // 2, 1)
        self.leave = nn.Conv1d(width // 2, 1, 1)

    def forward(self, spectra: Tensor) -> Tensor:
        """Return logits, shape (batch, n_rows), from spectra (batch, n_rows, 120)."""
        x = self.enter(spectra.transpose(1, 2))
        x = x + self.near(x)
        x = x + self.wide(x)
        whole = x.mean(2, keepdim=True).expand_as(x)
        told: Tensor = self.leave(torch.relu(self.read(torch.cat([x, whole], 1))))
        return told[:, 0]


def export(net: OverlapNet, path: Path) -> None:
    """Write the network in evaluation mode; the same weights give the same bytes.

    Input `spectra` (batch, n_rows, 120), output `share` (batch,): the mean over the rows of
    the probability that two speak.
    """
    graph = _Graph()
    x = graph.add("Transpose", ["spectra"], "columns", perm=[0, 2, 1])
    x = graph.layer(net.enter, x, "enter")
    for name, layer in (("near", net.near), ("wide", net.wide)):
        x = graph.add("Add", [x, graph.layer(layer, x, name)], f"{name}.sum")
    mean = graph.add("ReduceMean", [x], "mean", axes=[2], keepdims=1)
    like = graph.add("Expand", [mean, graph.add("Shape", [x], "shape")], "whole")
    x = graph.add("Concat", [x, like], "both", axis=1)
    x = graph.add("Relu", [graph.convolution(net.read, x, "read")], "read.relu")
    x = graph.add("Sigmoid", [graph.convolution(net.leave, x, "leave")], "probability")
    graph.add("ReduceMean", [x], "share", axes=[1, 2], keepdims=0)
    path.write_bytes(graph.model().SerializeToString(deterministic=True))


def parity(net: OverlapNet, path: Path) -> None:
    """Keep what torch says of drawn spectra, for the tests to compare with."""
    drawn = np.random.default_rng(0).normal(0.0, 1.0, (4, 93, N_BANDS)).astype(np.float16)
    with torch.inference_mode():
        told = torch.sigmoid(net(torch.from_numpy(drawn.astype(np.float32)))).mean(1)
    np.savez_compressed(path, spectra=drawn, share=told.numpy())


class _Graph:
    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._held: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolution(self, layer: nn.Conv1d, x: str, name: str) -> str:
        assert layer.bias is not None
        return self._convolution(layer, layer.weight, layer.bias, x, name)

    def layer(self, layer: nn.Sequential, x: str, name: str) -> str:
        """Add convolution and rectifier, with the batch normalisation folded away."""
        convolution, norm = layer[0], layer[1]
        assert isinstance(convolution, nn.Conv1d)
        assert isinstance(norm, nn.BatchNorm1d)
        assert convolution.bias is not None
        assert norm.running_var is not None
        assert norm.running_mean is not None
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        bias = (convolution.bias - norm.running_mean) * scale + norm.bias
        weight = convolution.weight * scale[:, None, None]
        return self.add(
            "Relu", [self._convolution(convolution, weight, bias, x, name)], f"{name}.relu"
        )

    def model(self) -> onnx.ModelProto:
        spectra = helper.make_tensor_value_info(
            "spectra", TensorProto.FLOAT, ["batch", "n_rows", N_BANDS]
        )
        share = helper.make_tensor_value_info("share", TensorProto.FLOAT, ["batch"])
        graph = helper.make_graph(self._nodes, "overlap", [spectra], [share], self._held)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR
        onnx.checker.check_model(model)
        return model

    def _convolution(
        self, layer: nn.Conv1d, weight: Tensor, bias: Tensor, x: str, name: str
    ) -> str:
        names = [f"{name}.weight", f"{name}.bias"]
        for key, value in zip(names, (weight, bias), strict=True):
            self._held.append(
                numpy_helper.from_array(value.detach().numpy().astype(np.float32), key)
            )
        pad = int(layer.padding[0])
        dilations = [layer.dilation[0]]
        return self.add("Conv", [x, *names], name, dilations=dilations, pads=[pad, pad])
