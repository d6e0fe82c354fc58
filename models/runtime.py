"""ONNX Runtime sessions over registered weights."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as _native

from facesign.errors import (
    ModelFileError,
    ModelInputError,
    ProviderError,
    SettingsError,
    TensorNamesError,
)
from facesign.models.registry import (
    PROVIDERS,
    ModelCard,
    Provider,
    as_installed,
    card,
    locate,
    read_model,
)

__all__ = ["Model", "open_card", "open_model", "require_provider"]

Tensor: TypeAlias = npt.NDArray[Any]

_log = logging.getLogger(__name__)
_CPU = "CPUExecutionProvider"
_CUDA = "CUDAExecutionProvider"
_PROBE = "provider_probe"
_SILENT = 4
_DEFAULT_SEVERITY = 2
# ONNX Runtime's own errors have no common base below Exception.
_NATIVE_ERRORS = (
    _native.EPFail,
    _native.Fail,
    _native.InvalidArgument,
    _native.InvalidGraph,
    _native.InvalidProtobuf,
    _native.NotImplemented,
    _native.RuntimeException,
)
_WRAPPER_ERRORS = (RuntimeError, ValueError)
"""What its Python side raises beside them."""


class Model:
    """One registered model, ready to run; made by `open_model`.

    Args:
        card: The model's card.
        session: A session over the card's weights.
        provider: What the session runs on.

    Raises:
        TensorNamesError: the session's inputs or outputs are not the card's.
    """

    def __init__(
        self,
        card: ModelCard,
        session: onnxruntime.InferenceSession,
        provider: Literal["cpu", "cuda"],
    ) -> None:
        self.card = card
        self.provider = provider
        self._session = session
        _check_names(card, "input", card.input_names, [it.name for it in session.get_inputs()])
        _check_names(card, "output", card.output_names, [it.name for it in session.get_outputs()])

    def run(self, **inputs: Tensor) -> dict[str, Tensor]:
        """Run the model once.

        Args:
            inputs: One array per input tensor, by the names and shapes on the card.

        Returns:
            One array per output tensor, by the names on the card.

        Raises:
            ModelInputError: a name, type or shape is not what the model takes.
        """
        if sorted(inputs) != sorted(self.card.input_names):
            given = ", ".join(inputs) or "nothing"
            raise ModelInputError(self.card.name, f"got {given}", self.card.input)
        names = self.card.output_names
        try:
            outputs = self._session.run(names, inputs)
        except (*_NATIVE_ERRORS, *_WRAPPER_ERRORS) as error:
            raise ModelInputError(self.card.name, _first_line(error), self.card.input) from error
        return {name: np.asarray(value) for name, value in zip(names, outputs, strict=True)}

    def __repr__(self) -> str:
        """Show name, hash and provider."""
        return f"Model({self.card.name}, sha256={self.card.sha256[:12]}, {self.provider})"


def open_model(
    name: str,
    *,
    file: Path | None = None,
    home: Path | None = None,
    provider: Provider = "auto",
    threads: int = 1,
    weights: Mapping[str, Tensor] | None = None,
) -> Model:
    """Open a registered ONNX model.

    Args:
        name: Name in the registry.
        file: The caller's own copy of the file.
        home: Home folder; a copy in its `models/` goes before the package's.
        provider: `cpu`, `cuda`, or `auto`: CUDA where it starts, else the CPU.
        threads: Threads inside one operator, at least 1.
        weights: Tensors that the file declares as lying outside, by name.

    Raises:
        UnknownModelError: the registry has no such name.
        ModelFileError: the file is missing, changed, or not ONNX, or lacks its weights.
        ProviderError: CUDA was asked for and cannot start.
        SettingsError: provider or threads is not allowed.
    """
    return open_card(
        card(name), file=file, home=home, provider=provider, threads=threads, weights=weights
    )


def open_card(
    entry: ModelCard,
    *,
    file: Path | None = None,
    home: Path | None = None,
    provider: Provider = "auto",
    threads: int = 1,
    weights: Mapping[str, Tensor] | None = None,
) -> Model:
    """Open the ONNX model of a card; as `open_model`, for a card of the caller's own."""
    if provider not in PROVIDERS:
        raise SettingsError(f"provider must be one of {', '.join(PROVIDERS)}, got {provider}")
    if threads < 1:
        raise SettingsError(f"threads must be at least 1, got {threads}")
    if entry.kind != "onnx":
        raise ModelFileError(f"{entry.name}: open_model runs onnx files, this one is {entry.kind}")
    path = locate(entry, file=file, home=home)
    content = read_model(entry, path)
    entry = as_installed(entry, content, path)
    try:
        session, runs_on = _start(content, provider, threads, weights or {})
    except _NATIVE_ERRORS as error:
        raise ModelFileError(f"{entry.name}: cannot be loaded: {_first_line(error)}") from error
    _log.info("%s runs on %s (asked for %s, %d threads)", entry.name, runs_on, provider, threads)
    return Model(entry, session, runs_on)


def require_provider(provider: Provider) -> Literal["cpu", "cuda"]:
    """Find out, before any work, what ONNX models would run on.

    A library that offers CUDA may still lack the device or its drivers, so that a model is
    started to find out.

    Args:
        provider: `cpu`, `cuda`, or `auto`: CUDA where it starts, else the CPU.

    Returns:
        `cpu` or `cuda`.

    Raises:
        ProviderError: CUDA was asked for and cannot start.
        SettingsError: provider is not allowed.
    """
    return open_model(_PROBE, provider=provider).provider


def _start(
    content: bytes, provider: Provider, threads: int, weights: Mapping[str, Tensor]
) -> tuple[onnxruntime.InferenceSession, Literal["cpu", "cuda"]]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _SILENT
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    if weights:
        held = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
        options.add_external_initializers(list(weights), held)
    offered = onnxruntime.get_available_providers()
    if provider != "cpu" and _CUDA in offered:
        session = _start_cuda(content, options)
        if session is not None:
            return session, "cuda"
    if provider == "cuda":
        raise ProviderError(offered)
    return _session(content, options, [_CPU]), "cpu"


def _start_cuda(
    content: bytes, options: onnxruntime.SessionOptions
) -> onnxruntime.InferenceSession | None:
    """Return a session on CUDA, or None where its libraries or the device are missing."""
    # The session's own severity does not reach the lines about a provider that won't load.
    onnxruntime.set_default_logger_severity(_SILENT)
    try:
        with redirect_stdout(io.StringIO()):
            onnxruntime.preload_dlls()
        # TF32 would round inputs to 10 bits: other results than on the CPU.
        session = _session(content, options, [(_CUDA, {"use_tf32": "0"}), _CPU])
    except (*_NATIVE_ERRORS, *_WRAPPER_ERRORS):
        return None
    finally:
        onnxruntime.set_default_logger_severity(_DEFAULT_SEVERITY)
    return session if _CUDA in session.get_providers() else None


def _session(
    content: bytes, options: onnxruntime.SessionOptions, providers: list[Any]
) -> onnxruntime.InferenceSession:
    # Its own fallback prints to stdout.
    return onnxruntime.InferenceSession(content, options, providers=providers, enable_fallback=0)


def _check_names(entry: ModelCard, side: str, expected: list[str], got: list[str]) -> None:
    if got != expected:
        raise TensorNamesError(entry.name, side, expected, got)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
