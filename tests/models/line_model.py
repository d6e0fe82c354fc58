"""A model small enough to compute by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from facesign.models.registry import ModelCard


@dataclass(frozen=True)
class Weights:
    """A weights file and the card that registers it."""

    path: Path
    card: ModelCard


def card_of(path: Path, **changes: object) -> ModelCard:
    fields = {
        "name": "line",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "kind": "onnx",
        "licence": "Apache-2.0",
        "source": "made by the tests",
        "input": ("x (1, n) float32",),
        "output": ("y (1, n) float32",),
        "trained_on": "nothing",
        "used_for": "tests",
        "optional": True,
    }
    return ModelCard(**(fields | changes))


def save_line(path: Path, *, slope: float) -> None:
    """Write the model y = slope * x + 1."""
    row = [1, "n"]
    graph = helper.make_graph(
        [
            helper.make_node("Mul", ["x", "slope"], ["scaled"]),
            helper.make_node("Add", ["scaled", "one"], ["y"]),
        ],
        "line",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, row)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, row)],
        [
            helper.make_tensor("slope", TensorProto.FLOAT, [], [slope]),
            helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
        ],
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)
