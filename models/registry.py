"""The registered weights files: what each is, where it lies, and whether it is that file."""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from facesign.errors import ChecksumError, ModelFileError, UnknownModelError

__all__ = [
    "PROVIDERS",
    "ModelCard",
    "Provider",
    "Verification",
    "card",
    "cards",
    "check_model",
    "locate",
    "model_path",
    "read_model",
    "verify",
]

Kind: TypeAlias = Literal["onnx", "tflite", "ggml", "task", "rig", "cohort"]
Provider: TypeAlias = Literal["auto", "cpu", "cuda"]

PROVIDERS: tuple[Provider, ...] = ("auto", "cpu", "cuda")
"""What may be asked for as execution provider."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known about one weights file."""

    name: str
    file: str
    """Path inside the package that carries it."""
    sha256: str
    """Of the exact bytes; of a rig, of what the archive holds."""
    kind: Kind
    """Which library opens it; `open_model` runs onnx."""
    licence: str
    """SPDX id of the weights."""
    source: str
    input: tuple[str, ...]
    """One line per tensor: name, shape, type, meaning."""
    output: tuple[str, ...]
    """One line per tensor: name, shape, type, meaning."""
    trained_on: str
    used_for: str
    package: str | None = None
    """Import name of another wheel that carries the file; None for facesign's own."""
    requirement: str | None = None
    """What pip installs to get that wheel."""
    optional: bool = False
    """Whether facesign works without the file."""

    @property
    def input_names(self) -> list[str]:
        """Names of the input tensors, in order."""
        return [line.split()[0] for line in self.input]

    @property
    def output_names(self) -> list[str]:
        """Names of the output tensors, in order."""
        return [line.split()[0] for line in self.output]

    @property
    def remedy(self) -> str:
        """What to do when the file is missing or another one."""
        if self.requirement is not None:
            return f"run: pip install '{self.requirement}'"
        if self.kind == "rig":
            return f"run: facesign models pull {self.name} (or import {self.name} FILE)"
        if self.optional:
            return f"get it from {self.source} and put it into models/ of the home folder"
        return "run: pip install --force-reinstall --no-deps facesign"


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found out about one registered file."""

    card: ModelCard
    path: Path | None
    """Where the file lies; None if it is not here."""
    problem: str | None
    """One line saying what is wrong and what fixes it; None if nothing is."""

    @property
    def status(self) -> Literal["ok", "absent", "failed"]:
        """`ok`, `absent` (optional and not here) or `failed`."""
        if self.problem is None:
            return "ok"
        return "absent" if self.path is None and self.card.optional else "failed"

    def to_dict(self) -> dict[str, str | bool | None]:
        """Return the result for a machine."""
        return {
            "name": self.card.name,
            "status": self.status,
            "path": None if self.path is None else str(self.path),
            "sha256": self.card.sha256,
            "optional": self.card.optional,
            "problem": self.problem,
        }


def cards() -> tuple[ModelCard, ...]:
    """Return the card of every registered file, in the registry's order."""
    text = files("facesign.models").joinpath("registry.toml").read_text("utf-8")
    return tuple(
        ModelCard(
            name=name, input=tuple(entry.pop("input")), output=tuple(entry.pop("output")), **entry
        )
        for name, entry in tomllib.loads(text).items()
    )


def card(name: str) -> ModelCard:
    """Return the card of one model.

    Raises:
        UnknownModelError: the registry has no such name.
    """
    known = {entry.name: entry for entry in cards()}
    if name not in known:
        raise UnknownModelError(name, sorted(known))
    return known[name]


def model_path(name: str, *, file: Path | None = None, home: Path | None = None) -> Path:
    """Find a model's file and check that it is the registered one.

    Args:
        name: Name in the registry.
        file: The caller's own copy; looked at alone if given.
        home: Home folder; a copy in its `models/` goes before the package's.

    Raises:
        UnknownModelError: the registry has no such name.
        ModelFileError: the file is missing or unreadable.
        ChecksumError: the file is another one.
    """
    entry = card(name)
    path = locate(entry, file=file, home=home)
    read_model(entry, path)
    return path


def locate(entry: ModelCard, *, file: Path | None = None, home: Path | None = None) -> Path:
    """Find a model's file: the argument, then the home folder, then package data.

    Raises:
        ModelFileError: it is in none of these places.
    """
    path = file if file is not None else _find(entry, home)
    if path is None:
        raise ModelFileError(f"{entry.name}: {Path(entry.file).name} is not here; {entry.remedy}")
    return path


def read_model(entry: ModelCard, path: Path) -> bytes:
    """Read a weights file once, so that the bytes checked are the bytes used.

    Raises:
        ModelFileError: the file cannot be read.
        ChecksumError: its sha256 is not the card's.
    """
    try:
        weights = path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"{path}: {error.strerror}; {entry.remedy}") from error
    check_model(entry, weights, path)
    return weights


def check_model(entry: ModelCard, content: bytes, path: Path) -> None:
    """Check that the bytes are the registered ones; a rig is compared by what it holds.

    Args:
        entry: The card.
        content: The file's bytes.
        path: Where they come from, for the message.

    Raises:
        ModelFileError: they are no such file.
        ChecksumError: their sha256 is not the card's.
    """
    if entry.kind == "rig":
        from facesign.models.facekit import content_sha256

        try:
            got = content_sha256(content)
        except ModelFileError as error:
            raise ModelFileError(f"{path}: {error}") from error
    else:
        got = hashlib.sha256(content).hexdigest()
    if got != entry.sha256:
        raise ChecksumError(path, entry.sha256, got, remedy=entry.remedy)


def verify(*, home: Path | None = None) -> tuple[Verification, ...]:
    """Check every registered file; a file that is missing or changed is a result."""
    return tuple(_verified(entry, home) for entry in cards())


def _verified(entry: ModelCard, home: Path | None) -> Verification:
    path = _find(entry, home)
    try:
        read_model(entry, locate(entry, file=path, home=home))
    except ModelFileError as error:
        return Verification(entry, path, str(error))
    return Verification(entry, path, None)


def _find(entry: ModelCard, home: Path | None) -> Path | None:
    places = [_packaged(entry)]
    if home is not None:
        places.insert(0, home / "models" / Path(entry.file).name)
    return next((place for place in places if place is not None and os.path.isfile(place)), None)


def _packaged(entry: ModelCard) -> Path | None:
    if entry.package is None:
        return Path(str(files("facesign.models").joinpath("weights", entry.file)))
    # The spec of a top-level package is found without importing it, and so without the
    # seconds that mediapipe takes.
    spec = find_spec(entry.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / entry.file
