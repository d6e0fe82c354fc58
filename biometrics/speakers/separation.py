"""How alike two pieces of speech are when one voice spoke both: limits of one encoder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from typing import Any

from facesign.errors import CalibrationError

__all__ = ["SCHEMA", "Separation", "separation_from_dict", "shipped_separation"]

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Separation:
    """Limits on cosines of speech; they belong to one encoder and were measured with it."""

    cut: float
    """Mean cosine of two groups of 1.5 s pieces below which they are two voices."""
    same_above: float
    """Cosine of two voices of 3 s or more from which they are one."""
    other_below: float
    """Cosine of two voices below which they are two; between both limits it stays open."""
    doubtful_below: float
    """Cosine of a piece with its voice below which it is nobody's for sure."""
    one_voice_above: float
    """Cosine of the two halves of a recording that sound most different, if one voice spoke."""
    stay: float
    """What a change of voice within a run of speech costs, as a cosine."""
    turn_bonus: float
    """What track or questions add to the fit of a piece with whose turn it is, as a cosine."""

    def to_dict(self) -> dict[str, float]:
        """Return the limits for JSON."""
        return asdict(self)


def separation_from_dict(values: Mapping[str, Any]) -> Separation:
    """Read the file that belongs to an encoder.

    Raises:
        CalibrationError: it is of another schema, or a limit is missing or no number.
    """
    if values.get("schema") != SCHEMA:
        raise CalibrationError(f"limits of voices: schema {values.get('schema')} is not {SCHEMA}")
    try:
        limits = values["limits"]
        return Separation(**{it.name: float(limits[it.name]) for it in fields(Separation)})
    except (KeyError, TypeError, ValueError) as error:
        raise CalibrationError(f"limits of voices: {error} is missing or no number") from error


def shipped_separation(model: str) -> Separation | None:
    """Return the limits that ship for an encoder; None where there are none for this file of it.

    Args:
        model: The encoder, as `name@` and the start of its sha256.

    Raises:
        CalibrationError: the shipped file was changed.
    """
    path = files("facesign.biometrics.speakers").joinpath(f"{model.partition('@')[0]}.json")
    if not path.is_file():
        return None
    values = json.loads(path.read_text("utf-8"))
    return separation_from_dict(values) if values.get("model") == model else None
