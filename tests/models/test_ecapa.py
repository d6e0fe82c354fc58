"""The graph of ECAPA-TDNN against its formula, layer by layer in NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest

from facesign.errors import ModelFileError
from facesign.models.ecapa import EcapaShape, ecapa_graph, ecapa_shape

SHAPE = EcapaShape(
    n_mels=6,
    channels=8,
    mfa_channels=10,
    n_parts=4,
    se_channels=3,
    attention_channels=5,
    n_embedding=7,
)
Array = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def weights() -> dict[str, Array]:
    rng = np.random.default_rng(0)
    drawn = {name: rng.normal(0, 0.5, size) for name, size in SHAPE.tensors().items()}
    return {
        name: np.abs(value) + 0.5 if name.endswith("running_var") else value
        for name, value in drawn.items()
    }


class Formula:
    """Desplanques 2020 as SpeechBrain computes it, batch normalisation and all."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self._weights = weights

    def embed(self, fbank: Array) -> Array:
        x = self.layer("blocks.0", fbank.T, 1)
        outs = []
        for i, dilation in ((1, 2), (2, 3), (3, 4)):
            x = self.block(f"blocks.{i}", x, dilation)
            outs.append(x)
        x = self.layer("mfa", np.concatenate(outs), 1)
        mean, deviation = x.mean(axis=1), x.std(axis=1)
        context = [np.repeat(v[:, None], x.shape[1], axis=1) for v in (mean, deviation)]
        heard = np.tanh(self.layer("asp.tdnn", np.concatenate([x, *context]), 1))
        asked = np.exp(self.conv("asp.conv", heard, 1))
        share = asked / asked.sum(axis=1, keepdims=True)
        mean = (share * x).sum(axis=1)
        deviation = np.sqrt((share * (x - mean[:, None]) ** 2).sum(axis=1))
        pooled = self.norm("asp_bn.norm", np.concatenate([mean, deviation])[:, None])
        return self.conv("fc", pooled, 1)[:, 0]

    def block(self, name: str, x: Array, dilation: int) -> Array:
        parts = np.split(self.layer(f"{name}.tdnn1", x, 1), SHAPE.n_parts)
        outs = [parts[0]]
        for i, part in enumerate(parts[1:]):
            entered = part + outs[-1] if i else part
            outs.append(self.layer(f"{name}.res2net_block.blocks.{i}", entered, dilation))
        left = self.layer(f"{name}.tdnn2", np.concatenate(outs), 1)
        gate = self.conv(f"{name}.se_block.conv1", left.mean(axis=1, keepdims=True), 1)
        gate = self.conv(f"{name}.se_block.conv2", np.maximum(gate, 0), 1)
        return left / (1 + np.exp(-gate)) + x

    def layer(self, name: str, x: Array, dilation: int) -> Array:
        out = np.maximum(self.conv(f"{name}.conv", x, dilation), 0)
        return self.norm(f"{name}.norm.norm", out)

    def norm(self, name: str, x: Array) -> Array:
        kinds = ("weight", "bias", "running_mean", "running_var")
        scale, shift, mean, variance = (self._weights[f"{name}.{kind}"] for kind in kinds)
        away = (x - mean[:, None]) / np.sqrt(variance[:, None] + 1e-5)
        return scale[:, None] * away + shift[:, None]

    def conv(self, name: str, x: Array, dilation: int) -> Array:
        kernel, bias = self._weights[f"{name}.conv.weight"], self._weights[f"{name}.conv.bias"]
        width = kernel.shape[2]
        pad = dilation * (width - 1) // 2
        padded = np.pad(x, ((0, 0), (pad, pad)), mode="reflect")
        taps = [padded[:, k * dilation : k * dilation + x.shape[1]] for k in range(width)]
        return sum(kernel[:, :, k] @ tap for k, tap in enumerate(taps)) + bias[:, None]


def says(content: bytes, fbank: Array) -> Array:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"fbank": fbank.astype(np.float32)})[0], np.float64)


@pytest.mark.parametrize("n_frames", [5, 40])
def test_the_graph_computes_the_formula(weights: dict[str, Array], n_frames: int) -> None:
    fbank = np.random.default_rng(1).normal(size=(n_frames, SHAPE.n_mels))
    wanted = Formula(weights).embed(fbank)
    np.testing.assert_allclose(says(ecapa_graph(weights), fbank[None])[0], wanted, atol=1e-4)


def test_a_batch_gives_what_each_gives_alone(weights: dict[str, Array]) -> None:
    content = ecapa_graph(weights)
    fbanks = np.random.default_rng(2).normal(size=(3, 20, SHAPE.n_mels))
    alone = [says(content, one[None])[0] for one in fbanks]
    np.testing.assert_allclose(says(content, fbanks), alone, atol=1e-5)


def test_no_batch_normalisation_is_left(weights: dict[str, Array]) -> None:
    kinds = {node.op_type for node in onnx.load_from_string(ecapa_graph(weights)).graph.node}
    assert "BatchNormalization" not in kinds


def test_the_same_weights_give_the_same_bytes(weights: dict[str, Array]) -> None:
    assert ecapa_graph(weights) == ecapa_graph(dict(reversed(weights.items())))


def test_the_sizes_are_read_off_the_tensors(weights: dict[str, Array]) -> None:
    assert ecapa_shape(weights) == SHAPE
    counted = {**weights, "mfa.norm.norm.num_batches_tracked": np.array(7)}
    assert ecapa_graph(counted) == ecapa_graph(weights)


def test_other_tensors_are_refused(weights: dict[str, Array]) -> None:
    without = {name: value for name, value in weights.items() if name != "fc.conv.bias"}
    with pytest.raises(ModelFileError, match=r"fc\.conv\.bias has shape None, expected \(7,\)"):
        ecapa_shape(without)
    with pytest.raises(ModelFileError, match=r"extra has shape \(2,\), expected None"):
        ecapa_shape({**weights, "extra": np.zeros(2)})
    with pytest.raises(ModelFileError, match=r"'blocks\.0\.conv\.conv\.weight' is missing"):
        ecapa_shape({})
