"""How alike two pieces of speech are when one voice spoke both: settings of an encoder."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Separation"]


@dataclass(frozen=True, slots=True)
class Separation:
    """Thresholds on cosines of 1.5 s of speech; they belong to one encoder."""

    cut: float = 0.6
    """Mean cosine of two groups below which they are two voices."""
    same_above: float = 0.8
    """Cosine of two voices from which they are one."""
    other_below: float = 0.7
    """Cosine of two voices below which they are two; between both limits it stays open."""
    doubtful_below: float = 0.45
    """Cosine of a piece with its voice below which it is nobody's for sure."""
    stay: float = 0.1
    """What a change of voice within a run of speech costs, as a cosine."""
    turn_bonus: float = 0.1
    """What track or questions add to the fit of a piece with whose turn it is, as a cosine."""
    least_voice_s: float = 3.0
    """Less speech than this is not called a voice of its own."""
    echo_share: float = 0.5
    """A piece with more of the other track in it is that track coming back."""
    clean_below: float = 0.15
    """A piece with less of the other track in it is one voice alone."""
