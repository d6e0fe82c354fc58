"""Whether two people speak at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from facesign.biometrics.speakers.pieces import LEAST_S, WINDOW_S
from facesign.biometrics.speakers.spectra import harmonic_spectra
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.errors import CalibrationError

__all__ = [
    "LONG_S",
    "MODEL",
    "SCHEMA",
    "SHORT_S",
    "OverlapDetector",
    "OverlapLimits",
    "limits_from_dict",
]

MODEL = "overlapped-speech"
SCHEMA = 2
SHORT_S, LONG_S = 6.0, 15.0
"""Recordings that have limits of their own: the mean of many windows strays less."""
_BATCH = 16


@dataclass(frozen=True, slots=True)
class OverlapLimits:
    """Estimated shares of time from which two people are taken to speak at once."""

    piece_above: float
    """In 1.5 s of speech."""
    recording_above: float
    """In a recording of up to 6 s, the mean of its windows of 1.5 s."""
    long_recording_above: float
    """In one of 15 s or more; between the two the limit moves evenly."""

    def of_recording(self, seconds: float) -> float:
        """Return the limit of a recording with so much speech."""
        known = self.recording_above, self.long_recording_above
        return float(np.interp(seconds, (SHORT_S, LONG_S), known))

    def to_dict(self) -> dict[str, float]:
        """Return the limits for JSON."""
        return asdict(self)


class OverlapDetector:
    """Estimate in how much of the time two people speak; it knows nobody's voice.

    Args:
        home: Home folder, whose `models/` goes before the package's.
        limits: The limits in force; those that ship with the model by default.

    Raises:
        ModelFileError: the model's file is missing or changed.
        CalibrationError: its limits are missing or belong to another file.
    """

    def __init__(self, home: Path | None = None, limits: OverlapLimits | None = None) -> None:
        from facesign.models.runtime import open_model

        self._model = open_model(MODEL, home=home, provider="cpu")
        self.limits = limits or _shipped_limits(self._model.card.sha256)

    def share(self, samples: FloatArray) -> float:
        """Estimate in how much of up to 1.5 s two people speak, 0 to 1.

        Args:
            samples: Speech without pauses, 16 kHz, shape (n_samples,).
        """
        return float(self._shares(harmonic_spectra(samples)[None])[0])

    def recording_share(self, speech: FloatArray) -> float | None:
        """Estimate in how much of a recording two people speak, 0 to 1.

        Args:
            speech: Speech without pauses, 16 kHz, shape (n_samples,).

        Returns:
            Mean over windows of 1.5 s, the last one flush with the end; None under 0.5 s.
        """
        length = min(round(WINDOW_S * SAMPLE_RATE_HZ), len(speech))
        if length < LEAST_S * SAMPLE_RATE_HZ:
            return None
        starts = [*range(0, len(speech) - length + 1, length)]
        if starts[-1] + length < len(speech):
            starts.append(len(speech) - length)
        shares = [
            self._shares(
                np.stack([harmonic_spectra(speech[s : s + length]) for s in starts[i : i + _BATCH]])
            )
            for i in range(0, len(starts), _BATCH)
        ]
        return float(np.concatenate(shares).mean())

    def in_piece(self, samples: FloatArray) -> bool:
        """Tell whether two people speak at once in up to 1.5 s; see `share`."""
        return self.share(samples) > self.limits.piece_above

    def in_recording(self, speech: FloatArray) -> bool:
        """Tell whether two people speak at once in a recording; see `recording_share`."""
        share = self.recording_share(speech)
        seconds = len(speech) / SAMPLE_RATE_HZ
        return share is not None and share > self.limits.of_recording(seconds)

    def _shares(self, spectra: FloatArray) -> FloatArray:
        """Run the network on spectra of shape (n, n_rows, 120)."""
        return np.asarray(self._model.run(spectra=spectra)["share"], np.float32)


def _shipped_limits(sha256: str) -> OverlapLimits:
    file = files("facesign.biometrics.speakers").joinpath(f"{MODEL}.json")
    return limits_from_dict(json.loads(file.read_text("utf-8")), sha256)


def limits_from_dict(values: Mapping[str, Any], sha256: str) -> OverlapLimits:
    """Read the file of limits that belongs to a model file.

    Raises:
        CalibrationError: it is of another schema or model file, or a limit is missing.
    """
    found = values.get("schema"), values.get("model")
    if found != (SCHEMA, f"{MODEL}@{sha256[:12]}"):
        raise CalibrationError(
            f"limits of overlapped speech: expected schema {SCHEMA} for {MODEL}@{sha256[:12]}, "
            f"got {found[0]} for {found[1]}"
        )
    try:
        limits = values["limits"]
        return OverlapLimits(**{it.name: float(limits[it.name]) for it in fields(OverlapLimits)})
    except (KeyError, TypeError, ValueError) as error:
        raise CalibrationError(f"limits of overlapped speech: {error} is missing") from error
