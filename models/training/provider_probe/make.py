"""Make the smallest ONNX model: it is started to find out whether a provider works.

python models/training/provider_probe/make.py
"""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import TensorProto, helper

TARGET = Path(__file__).parents[2] / "weights" / "provider_probe.onnx"


def main() -> None:
    """Write the file."""
    shape = ["n"]
    value = helper.make_tensor_value_info("value", TensorProto.FLOAT, shape)
    doubled = helper.make_tensor_value_info("doubled", TensorProto.FLOAT, shape)
    node = helper.make_node("Add", ["value", "value"], ["doubled"])
    graph = helper.make_graph([node], "provider_probe", [value], [doubled])
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, producer_name="facesign", opset_imports=opset, ir_version=8)
    onnx.checker.check_model(model)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main()
