"""Write the network as ONNX, layer by layer, with its calibration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from network import LONGEST_S, N_CHANNELS, N_CLASSES, N_SIGNALS, MovementNet, _Layer
from onnx import TensorProto, helper, numpy_helper
from torch import nn

OPSET, IR = 17, 9
_ROWS = ("movement", "probability", "apex")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logit of the calibrated probability = slope x logit of the movement score + offset."""

    slope: float = 1.0
    offset: float = 0.0


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.held: list[onnx.TensorProto] = []

    def constant(self, name: str, value: object, kind: type = np.float32) -> str:
        self.held.append(numpy_helper.from_array(np.asarray(value, kind), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolution(self, layer: nn.Conv1d, x: str, name: str, pads: tuple[int, int]) -> str:
        weight = self.constant(f"{name}.weight", layer.weight.detach().numpy())
        assert layer.bias is not None
        bias = self.constant(f"{name}.bias", layer.bias.detach().numpy())
        dilations = [layer.dilation[0]]
        return self.add("Conv", [x, weight, bias], name, dilations=dilations, pads=list(pads))

    def part(self, x: str, name: str, begin: int, end: int) -> str:
        bounds = [
            self.constant(f"{name}.{k}", [v], np.int64)
            for k, v in (("from", begin), ("to", end), ("axis", 2))
        ]
        return self.add("Slice", [x, *bounds], name)


def export(net: MovementNet, path: Path, calibration: Calibration) -> None:
    """Write the network in evaluation mode; the same weights give the same bytes."""
    graph = _Graph()
    half = graph.constant("half", 0.5)
    scaled = graph.add("Mul", ["signals", half], "scaled")
    squeezed = graph.add("Asinh", [scaled], "asinh")
    masked = graph.add("Mul", [squeezed, "valid"], "masked")
    both = graph.add("Concat", [masked, "valid"], "both", axis=2)
    x = graph.add("Transpose", [both], "columns", perm=[0, 2, 1])
    x = graph.add("Relu", [graph.convolution(net.enter, x, "enter", (0, 0))], "entered")
    for number, layer in enumerate(net.layers):
        assert isinstance(layer, _Layer)
        name = f"layer{number}"
        out = graph.convolution(layer.spread, x, f"{name}.spread", layer.pad)
        out = graph.add("Relu", [out], f"{name}.relu")
        out = graph.convolution(layer.mix, out, f"{name}.mix", (0, 0))
        x = graph.add("Add", [x, out], f"{name}.sum")
    x = graph.convolution(net.leave, x, "leave", (0, 0))
    x = graph.add("Transpose", [x], "logits", perm=[0, 2, 1])
    _heads(graph, x, calibration)
    model = helper.make_model(_described(graph), opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _heads(graph: _Graph, logits: str, calibration: Calibration) -> None:
    axis = graph.constant("last", [2], np.int64)
    movement = graph.part(logits, "movement.logit", 0, 1)
    slope = graph.constant("slope", calibration.slope)
    offset = graph.constant("offset", calibration.offset)
    tilted = graph.add("Mul", [movement, slope], "tilted")
    shifted = graph.add("Add", [tilted, offset], "shifted")
    apex = graph.part(logits, "apex.logit", 1, 2)
    for name, logit in zip(_ROWS, (movement, shifted, apex), strict=True):
        row = graph.add("Squeeze", [logit, axis], f"{name}.row")
        graph.add("Sigmoid", [row], name)
    share = graph.add("Sigmoid", [graph.part(logits, "edges.logit", 2, 4)], "edges.share")
    graph.add("Mul", [share, graph.constant("longest", LONGEST_S)], "edges_s")
    first = 4 + N_CHANNELS
    graph.add("Sigmoid", [graph.part(logits, "channels.logit", 4, first)], "channels")
    kinds = graph.part(logits, "kinds.logit", first, first + N_CLASSES)
    graph.add("Softmax", [kinds], "kinds", axis=2)


def _described(graph: _Graph) -> onnx.GraphProto:
    def tensor(name: str, *last: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "time", *last])

    inputs = [tensor("signals", N_SIGNALS), tensor("valid", N_SIGNALS)]
    outputs = [tensor(name) for name in _ROWS]
    outputs += [tensor("edges_s", 2), tensor("channels", N_CHANNELS), tensor("kinds", N_CLASSES)]
    return helper.make_graph(graph.nodes, "movements", inputs, outputs, graph.held)
