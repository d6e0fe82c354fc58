"""Which file a model was written from on this machine."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from facesign.errors import ChecksumError, ModelFileError
from facesign.models.atomic import replace_file

__all__ = ["Receipt", "read_receipt", "write_receipt"]

_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """Ties a file that was written here to the registered one that it was written from."""

    source_sha256: str
    """Of the file that was read."""
    sha256: str
    """Of the file that was written."""
    is_trusted: bool
    """Whether the user vouched for a source that is not the registered one."""


def write_receipt(model: Path, receipt: Receipt) -> None:
    """Lay the receipt beside the model.

    Raises:
        OutputError: it cannot be written.
    """
    content = json.dumps({"schema": _SCHEMA, **asdict(receipt)}, indent=1) + "\n"
    replace_file(_beside(model), content.encode())


def read_receipt(model: Path, content: bytes, registered: str, *, remedy: str) -> Receipt:
    """Read the receipt of a model and check both ends of it.

    Args:
        model: Where the model lies.
        content: Its bytes.
        registered: The registered sha256 of the source.
        remedy: What to do where it does not fit.

    Raises:
        ModelFileError: there is no receipt, or it says something else.
        ChecksumError: model or source is another file.
    """
    path = _beside(model)
    try:
        values = json.loads(path.read_text("utf-8"))
        receipt = Receipt(
            str(values["source_sha256"]), str(values["sha256"]), values["is_trusted"] is True
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"{path}: no receipt of where the model comes from; {remedy}") from (
            error
        )
    got = hashlib.sha256(content).hexdigest()
    if got != receipt.sha256:
        raise ChecksumError(model, receipt.sha256, got, remedy=remedy)
    if receipt.source_sha256 != registered and not receipt.is_trusted:
        raise ChecksumError(model, registered, receipt.source_sha256, remedy=remedy)
    return receipt


def _beside(model: Path) -> Path:
    return model.with_suffix(".receipt.json")
