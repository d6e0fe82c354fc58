"""Weights files, and the libraries that run them."""

from __future__ import annotations

from pathlib import Path

from facesign.errors.root import FacesignError, NotThereError

__all__ = [
    "ChecksumError",
    "MissingExtraError",
    "MissingLibraryError",
    "ModelFileError",
    "ModelInputError",
    "ProviderError",
    "TensorNamesError",
    "UnknownModelError",
]


class ModelFileError(FacesignError, OSError):
    """A registered weights file is missing or cannot be used."""


class ChecksumError(ModelFileError):
    """The file on disk is not the file that was registered."""

    def __init__(self, path: Path, expected: str, got: str, *, remedy: str) -> None:
        super().__init__(
            f"{path}: sha256 is {got[:12]}..., registry says {expected[:12]}...; {remedy}"
        )


class TensorNamesError(ModelFileError):
    """The inputs or outputs of a weights file are not the registered ones."""

    def __init__(self, model: str, side: str, expected: list[str], got: list[str]) -> None:
        super().__init__(
            f"{model}: {side} tensors are {', '.join(got)}; registry says {', '.join(expected)}"
        )


class ModelInputError(FacesignError, ValueError):
    """A model was given something that it cannot run on."""

    def __init__(self, model: str, reason: str, takes: tuple[str, ...]) -> None:
        super().__init__(f"{model}: {reason}; it takes {'; '.join(takes)}")


class UnknownModelError(NotThereError):
    """A model name is not in the registry."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no model named {name!r}; the registry has {', '.join(known)}")


class ProviderError(FacesignError, RuntimeError):
    """CUDA was asked for and cannot start."""

    def __init__(self, offered: list[str]) -> None:
        super().__init__(
            f"provider cuda cannot start here; onnxruntime offers {', '.join(offered)}; run: "
            'pip uninstall -y onnxruntime && pip install "onnxruntime-gpu[cuda,cudnn]"'
        )


class MissingLibraryError(FacesignError, ImportError):
    """A system library is not installed."""

    def __init__(self, libraries: list[str], install: str) -> None:
        super().__init__(f"missing system libraries {', '.join(libraries)}; run: {install}")


class MissingExtraError(FacesignError, ImportError):
    """Python packages of an extra are not installed."""

    def __init__(self, extra: str, packages: list[str]) -> None:
        super().__init__(
            f"missing Python packages {', '.join(packages)}; run: pip install 'facesign[{extra}]'"
        )
