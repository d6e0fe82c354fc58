"""What the gallery asks of an encoder and of a matcher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.comparison import Comparison
from facesign.biometrics.voiceprint.operating import Decision
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import TemplateMismatchError

__all__ = [
    "Comparison",
    "CosineMatcher",
    "Decision",
    "Matcher",
    "Point",
    "VoiceEncoder",
    "model_of",
    "require_one_model",
]


class VoiceEncoder(Protocol):
    """Turns speech into embeddings."""

    @property
    def name(self) -> str:
        """Name in the registry."""

    @property
    def sha256(self) -> str:
        """Hash of the weights."""

    def embed(self, samples: FloatArray) -> FloatArray:
        """Return the embedding of speech at 16 kHz, unit length, shape (192,)."""

    def embed_windows(
        self, samples: FloatArray, *, window_s: float = 1.5, step_s: float = 0.75
    ) -> FloatArray:
        """Return embeddings of windows, shape (n_windows, 192)."""


class Point(Protocol):
    """An operating point: a threshold with its error rates and where they were measured."""

    @property
    def name(self) -> str:
        """Name to ask for it by."""

    @property
    def threshold(self) -> float:
        """Least log-likelihood ratio of a match."""

    @property
    def fmr(self) -> float:
        """False match rate of one comparison, 0 to 1."""

    @property
    def fnmr(self) -> float:
        """False non-match rate, 0 to 1."""

    @property
    def measured_on(self) -> str:
        """Trials behind both rates."""

    @property
    def validated_for(self) -> Sequence[str] | str:
        """Groups of people and channels in those trials, or what is missing."""


class Matcher(Protocol):
    """Compares voiceprints of one model."""

    @property
    def points(self) -> Mapping[str, Point]:
        """Operating points by name, the default first; none without a calibration."""

    def compare(self, references: Sequence[Voiceprint], probe: Voiceprint) -> Comparison:
        """Compare a probe with the references of one person.

        Raises:
            TemplateMismatchError: they are not all of one model.
        """

    def decide(self, llr: float, point: Point, probe: Voiceprint) -> Decision:
        """Decide at an operating point."""


class CosineMatcher:
    """Cosine of the nearest reference, for a model without a calibration: it decides nothing."""

    points: Mapping[str, Point] = {}

    def compare(self, references: Sequence[Voiceprint], probe: Voiceprint) -> Comparison:
        """Return the highest cosine.

        Raises:
            TemplateMismatchError: they are not all of one model.
        """
        require_one_model(references, probe)
        cosines = [float(one.embedding @ probe.embedding) for one in references]
        return Comparison(max(cosines), None)

    def decide(self, llr: float, point: Point, probe: Voiceprint) -> Decision:
        """Return that nothing can be said."""
        return "inconclusive"


def model_of(encoder: VoiceEncoder) -> str:
    """Return what voiceprints of an encoder are marked with."""
    return f"{encoder.name}@{encoder.sha256[:12]}"


def require_one_model(references: Sequence[Voiceprint], probe: Voiceprint) -> None:
    """Check that voiceprints can be compared.

    Raises:
        TemplateMismatchError: they are of several models.
    """
    for reference in references:
        if reference.model != probe.model:
            raise TemplateMismatchError(reference.model, probe.model)
