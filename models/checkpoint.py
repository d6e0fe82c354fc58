"""SpeechBrain's folder of an ECAPA-TDNN, read without running anything that is in it."""

from __future__ import annotations

import hashlib
import io
import pickle
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from facesign.errors import ChecksumError, MissingExtraError, ModelFileError
from facesign.models.ecapa import EcapaShape, Weights, ecapa_graph, ecapa_shape

__all__ = ["CHECKPOINT", "FILES", "HYPERPARAMS", "Checkpoint", "read_checkpoint", "require_extra"]

CHECKPOINT = "embedding_model.ckpt"
HYPERPARAMS = "hyperparams.yaml"
FILES = {
    HYPERPARAMS: "6f78854fa04ba59e761437b76a2575d3aba5e5016de3e9b69f0c9a5077fb1a41",
    CHECKPOINT: "0575cb64845e6b9a10db9bcb74d5ac32b326b8dc90352671d345e2ee3d0126a2",
}
"""What is read of the folder, with the sha256 of speechbrain/spkrec-ecapa-voxceleb; classifier,
label encoder and the statistics of embeddings have no part in an embedding."""

_MOST_BYTES = 400_000_000
_REMEDY = "if you trust where it comes from, give --trust"
_N_FRAMES = 150
_PARITY = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A network that was read, and the hash of the file that it was read from."""

    weights: Weights
    sha256: str

    def graph(self) -> bytes:
        """Write it as ONNX and compare what that says with what SpeechBrain says.

        Raises:
            ModelFileError: they do not say the same.
            MissingExtraError: torch, SpeechBrain or onnx is not installed.
        """
        content = ecapa_graph(self.weights)
        features = 10 * np.random.default_rng(0).standard_normal((2, _N_FRAMES, 80))
        wanted = _speechbrains(self.weights, features.astype(np.float32))
        got = _runtimes(content, features.astype(np.float32))
        away = float(np.abs(got - wanted).max() / np.abs(wanted).max())
        if not away < _PARITY:
            raise ModelFileError(
                f"the ONNX graph is {away:.1e} away from SpeechBrain, allowed is {_PARITY:g}"
            )
        return content


def require_extra() -> None:
    """Find out, before anything is downloaded, whether checkpoints can be read here.

    Raises:
        MissingExtraError: torch, SpeechBrain or onnx is not installed.
    """
    missing = [name for name in ("onnx", "speechbrain", "torch") if find_spec(name) is None]
    if missing:
        raise MissingExtraError("speechbrain", missing)


def read_checkpoint(folder: Path, *, trust: bool = False) -> Checkpoint:
    """Read the network of a folder in SpeechBrain's layout.

    Only tensors are taken from the checkpoint and only plain values from the YAML file: no
    class that either names is imported. Each file is read once, so that the bytes checked
    are the bytes used.

    Args:
        folder: Holds `hyperparams.yaml` and `embedding_model.ckpt`.
        trust: Take other files than those of speechbrain/spkrec-ecapa-voxceleb.

    Raises:
        ModelFileError: a file is missing, unreadable, too large, or holds something else.
        ChecksumError: it is another file, and `trust` was not given.
        MissingExtraError: torch is not installed.
    """
    content = {name: _content(folder / name, trust) for name in FILES}
    weights = _tensors(content[CHECKPOINT], folder / CHECKPOINT)
    try:
        shape = ecapa_shape(weights)
    except ModelFileError as error:
        raise ModelFileError(f"{folder / CHECKPOINT}: {error}") from error
    _require_settings(_plain(content[HYPERPARAMS], folder / HYPERPARAMS), shape, folder)
    return Checkpoint(weights, hashlib.sha256(content[CHECKPOINT]).hexdigest())


def _content(path: Path, trust: bool) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelFileError(f"{path}: larger than {_MOST_BYTES // 10**6} MB")
        content = path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"{path}: {error.strerror or error}") from error
    got = hashlib.sha256(content).hexdigest()
    if not trust and got != FILES[path.name]:
        raise ChecksumError(path, FILES[path.name], got, remedy=_REMEDY)
    return content


def _tensors(content: bytes, path: Path) -> dict[str, npt.NDArray[Any]]:
    require_extra()
    import torch  # pyright: ignore[reportMissingImports]

    try:
        with warnings.catch_warnings():
            # It warns of other pickle protocols and then refuses what it cannot read anyway.
            warnings.simplefilter("ignore")
            held = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelFileError(f"{path}: not a file of tensors alone: {reason}") from error
    if not isinstance(held, Mapping) or not all(
        isinstance(name, str) and isinstance(value, torch.Tensor) for name, value in held.items()
    ):
        raise ModelFileError(f"{path}: not a table of named tensors")
    return {name: value.detach().numpy() for name, value in held.items()}


class _PlainLoader(yaml.SafeLoader):
    """Reads a tagged value as the value, and keeps what the tag says as text."""


def _untagged(loader: _PlainLoader, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {"tag": tag, **loader.construct_mapping(node, deep=True)}
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_PlainLoader.add_multi_constructor("!", _untagged)


def _plain(content: bytes, path: Path) -> dict[str, Any]:
    try:
        values = yaml.load(content, _PlainLoader)
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelFileError(f"{path}: no plain YAML: {reason}") from error
    if not isinstance(values, dict):
        raise ModelFileError(f"{path}: no table of settings")
    return values


def _require_settings(values: dict[str, Any], shape: EcapaShape, folder: Path) -> None:
    """Check that the settings are those that front end and graph are written for."""
    model = {"groups": [1] * 5} | _section(values, "embedding_model")
    features = _section(values, "compute_features")
    wide = shape.channels
    expected = {
        "compute_features.n_mels": (features.get("n_mels"), 80),
        "mean_var_norm.norm_type": (_section(values, "mean_var_norm").get("norm_type"), "sentence"),
        "mean_var_norm.std_norm": (_section(values, "mean_var_norm").get("std_norm"), False),
        "embedding_model.input_size": (model.get("input_size"), shape.n_mels),
        "embedding_model.channels": (model.get("channels"), [wide] * 4 + [shape.mfa_channels]),
        "embedding_model.kernel_sizes": (model.get("kernel_sizes"), [5, 3, 3, 3, 1]),
        "embedding_model.dilations": (model.get("dilations"), [1, 2, 3, 4, 1]),
        "embedding_model.groups": (model["groups"], [1] * 5),
        "embedding_model.lin_neurons": (model.get("lin_neurons"), 192),
        "n_mels of the tensors": (shape.n_mels, 80),
        "width of the embedding": (shape.n_embedding, 192),
    }
    for name, (got, wanted) in expected.items():
        if got != wanted:
            raise ModelFileError(f"{folder}: {name} is {got}, facesign runs {wanted}")
    left = sorted(set(features) - {"tag", "n_mels"})
    if left:
        raise ModelFileError(f"{folder}: compute_features sets {', '.join(left)}")


def _section(values: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a table of settings, `<name>` in it replaced by the value at the top."""
    section = values.get(name)
    if not isinstance(section, dict):
        return {}
    return {key: _looked_up(values, value) for key, value in section.items()}


def _looked_up(values: dict[str, Any], value: Any) -> Any:
    if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
        return values.get(value[1:-1])
    return value


def _speechbrains(weights: Weights, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    import torch  # pyright: ignore[reportMissingImports]
    from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN  # pyright: ignore[reportMissingImports]

    shape = ecapa_shape(weights)
    net = ECAPA_TDNN(
        shape.n_mels,
        lin_neurons=shape.n_embedding,
        channels=[shape.channels] * 4 + [shape.mfa_channels],
        kernel_sizes=[5, 3, 3, 3, 1],
        dilations=[1, 2, 3, 4, 1],
        attention_channels=shape.attention_channels,
        res2net_scale=shape.n_parts,
        se_channels=shape.se_channels,
    ).eval()
    net.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    with torch.no_grad():
        return np.asarray(net(torch.from_numpy(features))[:, 0].numpy())


def _runtimes(content: bytes, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"fbank": features})[0])
