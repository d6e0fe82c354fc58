"""ECAPA-TDNN as an ONNX graph, written from the tensors of SpeechBrain's network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from facesign.errors import MissingExtraError, ModelFileError

__all__ = ["EcapaShape", "ecapa_graph", "ecapa_shape"]

Weights: TypeAlias = Mapping[str, npt.NDArray[Any]]
Vector: TypeAlias = npt.NDArray[np.float64]

OPSET, IR = 17, 9
_DILATIONS = (1, 2, 3, 4, 1)
_BN_EPS = 1e-5
_POOL_EPS = 1e-12


@dataclass(frozen=True, slots=True)
class EcapaShape:
    """Sizes of one network; kernels of 5, 3, 3, 3, 1 and dilations of 1, 2, 3, 4, 1 are given."""

    n_mels: int
    channels: int
    mfa_channels: int
    n_parts: int
    """Parts of a Res2Net block."""
    se_channels: int
    attention_channels: int
    n_embedding: int

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every tensor that the network has, by SpeechBrain's names."""
        part = self.channels // self.n_parts
        found = _layer("blocks.0", self.channels, self.n_mels, 5)
        for block in ("blocks.1", "blocks.2", "blocks.3"):
            found |= _layer(f"{block}.tdnn1", self.channels, self.channels, 1)
            for i in range(self.n_parts - 1):
                found |= _layer(f"{block}.res2net_block.blocks.{i}", part, part, 3)
            found |= _layer(f"{block}.tdnn2", self.channels, self.channels, 1)
            found |= _conv(f"{block}.se_block.conv1", self.se_channels, self.channels, 1)
            found |= _conv(f"{block}.se_block.conv2", self.channels, self.se_channels, 1)
        found |= _layer("mfa", self.mfa_channels, 3 * self.channels, 1)
        found |= _layer("asp.tdnn", self.attention_channels, 3 * self.mfa_channels, 1)
        found |= _conv("asp.conv", self.mfa_channels, self.attention_channels, 1)
        found |= _norm("asp_bn", 2 * self.mfa_channels)
        return found | _conv("fc", self.n_embedding, 2 * self.mfa_channels, 1)


def ecapa_shape(weights: Weights) -> EcapaShape:
    """Read the sizes off the tensors and check that there are these and no others.

    Raises:
        ModelFileError: a tensor is missing, left over, or of another shape.
    """
    try:
        first = weights["blocks.0.conv.conv.weight"].shape
        part = weights["blocks.1.res2net_block.blocks.0.conv.conv.weight"].shape[0]
        shape = EcapaShape(
            n_mels=first[1],
            channels=first[0],
            mfa_channels=weights["mfa.conv.conv.weight"].shape[0],
            n_parts=first[0] // part,
            se_channels=weights["blocks.1.se_block.conv1.conv.weight"].shape[0],
            attention_channels=weights["asp.tdnn.conv.conv.weight"].shape[0],
            n_embedding=weights["fc.conv.weight"].shape[0],
        )
    except (KeyError, IndexError, ZeroDivisionError) as error:
        raise ModelFileError(f"not the tensors of an ECAPA-TDNN: {error} is missing") from error
    expected = shape.tensors()
    held = {n: w.shape for n, w in weights.items() if not n.endswith(".num_batches_tracked")}
    for name in sorted(expected.keys() | held.keys()):
        if expected.get(name) != held.get(name):
            raise ModelFileError(
                f"not the tensors of an ECAPA-TDNN: {name} has shape {held.get(name)}, "
                f"expected {expected.get(name)}"
            )
    return shape


def ecapa_graph(weights: Weights) -> bytes:
    """Write the network in evaluation mode as ONNX; the same weights give the same bytes.

    Input `fbank` (batch, n_frames, 80), output `embedding` (batch, 192), not normalised.
    Batch normalisation is folded away: its scale goes into the convolution before it, its
    shift, which padding by reflection leaves alone, into the one after it.

    Raises:
        ModelFileError: these are not the tensors of an ECAPA-TDNN.
        MissingExtraError: onnx is not installed.

    Source: Desplanques 2020.
    """
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("speechbrain", ["onnx"]) from error
    shape = ecapa_shape(weights)
    held = {n: np.asarray(w, np.float64) for n, w in weights.items() if w.ndim}
    return _Writer(held, shape).written()


@dataclass(frozen=True, slots=True, eq=False)
class _Flow:
    """A tensor of the graph and what must be added to each channel of it."""

    name: str
    shift: Vector


class _Writer:
    def __init__(self, weights: dict[str, Vector], shape: EcapaShape) -> None:
        self._weights = weights
        self._shape = shape
        self._nodes: list[Any] = []
        self._held: list[Any] = []

    def written(self) -> bytes:
        """Write the whole graph."""
        from onnx import TensorProto, checker, helper

        shape = self._shape
        turned = self._add("Transpose", ["fbank"], "bands", perm=[0, 2, 1])
        flow = self._layer("blocks.0", _Flow(turned, np.zeros(shape.n_mels)), _DILATIONS[0])
        outs = []
        for i in (1, 2, 3):
            flow = self._block(f"blocks.{i}", flow, _DILATIONS[i])
            outs.append(flow)
        self._pooled(self._layer("mfa", self._joined(outs, "features"), _DILATIONS[4]))
        kind = TensorProto.FLOAT
        given = helper.make_tensor_value_info("fbank", kind, ["batch", "n_frames", shape.n_mels])
        told = helper.make_tensor_value_info("embedding", kind, ["batch", shape.n_embedding])
        graph = helper.make_graph(self._nodes, "ecapa", [given], [told], self._held)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR
        checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))

    def _block(self, name: str, flow: _Flow, dilation: int) -> _Flow:
        """Write one SE-Res2Net block."""
        n_parts = self._shape.n_parts
        entered = self._layer(f"{name}.tdnn1", flow, 1)
        names = [f"{name}.part{i}" for i in range(n_parts)]
        self._add("Split", [entered.name], names, axis=1)
        shifts = np.split(entered.shift, n_parts)
        parts = [_Flow(part, shift) for part, shift in zip(names, shifts, strict=True)]
        outs = parts[:1]
        for i, part in enumerate(parts[1:]):
            if i:
                summed = self._add("Add", [part.name, outs[-1].name], f"{part.name}.sum")
                part = _Flow(summed, part.shift + outs[-1].shift)
            outs.append(self._layer(f"{name}.res2net_block.blocks.{i}", part, dilation))
        left = self._layer(f"{name}.tdnn2", self._joined(outs, f"{name}.joined"), 1)
        gate = self._gate(f"{name}.se_block", left)
        whole = self._added(left, f"{name}.whole")
        gated = self._add("Mul", [whole, gate], f"{name}.gated")
        return _Flow(self._add("Add", [gated, flow.name], f"{name}.out"), flow.shift)

    def _gate(self, name: str, flow: _Flow) -> str:
        mean = self._add("ReduceMean", [flow.name], f"{name}.mean", axes=[2])
        squeezed = self._conv(f"{name}.conv1", _Flow(mean, flow.shift), 1)
        opened = self._add("Relu", [squeezed], f"{name}.relu")
        n_channels = self._shape.se_channels
        gate = self._conv(f"{name}.conv2", _Flow(opened, np.zeros(n_channels)), 1)
        return self._add("Sigmoid", [gate], f"{name}.gate")

    def _pooled(self, flow: _Flow) -> None:
        """Write the attentive statistics and the last layer.

        Mean and deviation are the same at all times, so that their part of the attention
        is computed once; the deviation knows no shift, and a softmax no bias.
        """
        x, n = flow.name, self._shape.mfa_channels
        mean, deviation = self._statistics("asp.all", x, None)
        kernel = self._weights["asp.tdnn.conv.conv.weight"]
        scale, shift = self._folded("asp.tdnn")
        parts = np.split(kernel * np.abs(scale)[:, None, None], 3, axis=1)
        bias = self._weights["asp.tdnn.conv.conv.bias"] * np.abs(scale)
        bias = bias + (parts[0] + parts[1])[:, :, 0] @ flow.shift
        both = self._add("Concat", [mean, deviation], "asp.context", axis=1)
        context = self._convolved("asp.tdnn.context", both, np.concatenate(parts[1:], 1), bias)
        local = self._convolved("asp.tdnn.local", x, parts[0], None)
        summed = self._add("Add", [local, context], "asp.tdnn.sum")
        heard = self._signed(self._add("Relu", [summed], "asp.tdnn.relu"), scale, "asp.tdnn")
        heard = self._add("Tanh", [self._added(_Flow(heard, shift), "asp.tdnn.out")], "asp.tanh")
        asked = self._convolved("asp.conv", heard, self._weights["asp.conv.conv.weight"], None)
        share = self._add("Softmax", [asked], "asp.share", axis=2)
        pooled = self._add("Concat", list(self._statistics("asp", x, share)), "pooled", axis=1)
        scale, shift = self._affine("asp_bn.norm")
        shift = shift + scale * np.concatenate([flow.shift, np.zeros(n)])
        last = self._weights["fc.conv.weight"]
        bias = self._weights["fc.conv.bias"] + last[:, :, 0] @ shift
        told = self._convolved("fc", pooled, last * scale[None, :, None], bias)
        axis = self._constant("fc.axis", np.array([2]), np.int64)
        self._add("Squeeze", [told, axis], "embedding")

    def _statistics(self, name: str, x: str, share: str | None) -> tuple[str, str]:
        """Write mean and standard deviation over time, weighted where there are shares."""
        mean = self._averaged(f"{name}.mean", x, share)
        away = self._add("Sub", [x, mean], f"{name}.away")
        squared = self._add("Mul", [away, away], f"{name}.squared")
        variance = self._averaged(f"{name}.variance", squared, share)
        least = self._constant(f"{name}.least", np.array(_POOL_EPS))
        bounded = self._add("Max", [variance, least], f"{name}.bounded")
        return mean, self._add("Sqrt", [bounded], f"{name}.deviation")

    def _averaged(self, name: str, x: str, share: str | None) -> str:
        if share is None:
            return self._add("ReduceMean", [x], name, axes=[2])
        weighted = self._add("Mul", [x, share], f"{name}.weighted")
        axis = self._constant(f"{name}.axis", np.array([2]), np.int64)
        return self._add("ReduceSum", [weighted, axis], name)

    def _layer(self, name: str, flow: _Flow, dilation: int) -> _Flow:
        """Write convolution, ReLU and batch normalisation."""
        scale, shift = self._folded(name)
        out = self._conv(f"{name}.conv", flow, dilation, np.abs(scale))
        out = self._add("Relu", [out], f"{name}.relu")
        return _Flow(self._signed(out, scale, name), shift)

    def _conv(self, name: str, flow: _Flow, dilation: int, scale: Vector | None = None) -> str:
        kernel, bias = self._weights[f"{name}.conv.weight"], self._weights[f"{name}.conv.bias"]
        bias = bias + kernel.sum(axis=2) @ flow.shift
        if scale is not None:
            kernel, bias = kernel * scale[:, None, None], bias * scale
        return self._convolved(name, flow.name, kernel, bias, dilation)

    def _convolved(
        self, name: str, x: str, kernel: Vector, bias: Vector | None, dilation: int = 1
    ) -> str:
        pad = dilation * (kernel.shape[2] - 1) // 2
        if pad:
            pads = self._constant(f"{name}.pads", np.array([0, 0, pad] * 2), np.int64)
            x = self._add("Pad", [x, pads], f"{name}.padded", mode="reflect")
        inputs = [x, self._constant(f"{name}.kernel", kernel)]
        if bias is not None:
            inputs.append(self._constant(f"{name}.bias", bias))
        return self._add("Conv", inputs, name, dilations=[dilation])

    def _folded(self, layer: str) -> tuple[Vector, Vector]:
        return self._affine(f"{layer}.norm.norm")

    def _affine(self, name: str) -> tuple[Vector, Vector]:
        """Return scale and shift of a batch normalisation, each (n_channels,)."""
        w = self._weights
        scale = w[f"{name}.weight"] / np.sqrt(w[f"{name}.running_var"] + _BN_EPS)
        return scale, w[f"{name}.bias"] - scale * w[f"{name}.running_mean"]

    def _signed(self, x: str, scale: Vector, name: str) -> str:
        """Turn channels over whose scale is negative: it cannot pass the ReLU."""
        if (scale >= 0).all():
            return x
        signs = self._constant(f"{name}.signs", np.sign(scale)[:, None])
        return self._add("Mul", [x, signs], f"{name}.signed")

    def _added(self, flow: _Flow, name: str) -> str:
        shift = self._constant(f"{name}.shift", flow.shift[:, None])
        return self._add("Add", [flow.name, shift], name)

    def _joined(self, flows: Sequence[_Flow], name: str) -> _Flow:
        joined = self._add("Concat", [flow.name for flow in flows], name, axis=1)
        return _Flow(joined, np.concatenate([flow.shift for flow in flows]))

    def _constant(
        self, name: str, value: Vector | npt.NDArray[Any], kind: type = np.float32
    ) -> str:
        from onnx import numpy_helper

        self._held.append(numpy_helper.from_array(np.ascontiguousarray(value, kind), name))
        return name

    def _add(self, kind: str, inputs: list[str], output: str | list[str], **attributes: Any) -> str:
        from onnx import helper

        outputs = [output] if isinstance(output, str) else output
        self._nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs[0]


def _conv(name: str, n_out: int, n_in: int, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.conv.weight": (n_out, n_in, width), f"{name}.conv.bias": (n_out,)}


def _norm(name: str, n: int) -> dict[str, tuple[int, ...]]:
    kinds = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.norm.{kind}": (n,) for kind in kinds}


def _layer(name: str, n_out: int, n_in: int, width: int) -> dict[str, tuple[int, ...]]:
    return _conv(f"{name}.conv", n_out, n_in, width) | _norm(f"{name}.norm", n_out)
