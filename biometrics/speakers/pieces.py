"""Speech cut into pieces short enough to hold one voice, each with its embedding."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from facesign.biometrics.speakers.lips import LipEvidence
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Track

__all__ = ["LEAST_S", "STEP_S", "WINDOW_S", "Piece", "VoiceEncoder", "Window", "windows_over"]

WINDOW_S = 1.5
"""Sound behind one embedding; windows overlap by half."""
STEP_S = 0.75
LEAST_S = 0.5
"""Shorter speech is not embedded: nobody can be told apart by it."""


class VoiceEncoder(Protocol):
    """What turns a voice into numbers."""

    def embed(self, samples: FloatArray) -> FloatArray:
        """Return the embedding of 16 kHz mono speech: shape (n_values,), unit length."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """What is embedded, and the part around its middle that it speaks for; in samples."""

    start: int
    end: int
    piece_start: int
    piece_end: int


@dataclass(slots=True, eq=False)
class Piece:
    """Up to 1.5 s of speech, taken to be one voice."""

    start_s: float
    end_s: float
    track: Track
    samples: FloatArray
    """What lies between, 16 kHz, shape (n_samples,)."""
    window_start_s: float
    """What was embedded: the samples and their surroundings, up to `window_end_s`."""
    window_end_s: float
    embedding: FloatArray
    """Unit length, shape (n_values,)."""
    echo_share: float = 0.0
    """How much of it is the other track coming back, 0 to 1."""
    two_at_once: bool = False
    """Whether two people speak at once in what was embedded."""
    lips: LipEvidence | None = None
    """How the applicant's lips moved with it; None where no face was seen."""
    opens: bool = True
    """Whether it starts a run of speech: the piece before it is not its neighbour."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s

    def __repr__(self) -> str:
        """Show times, never sound or embedding."""
        return f"Piece({self.start_s:.3f}-{self.end_s:.3f} s, {self.track})"


def windows_over(n_samples: int) -> Iterator[Window]:
    """Cut one run of speech into overlapping windows.

    Every sample belongs to the piece of exactly one window, the one whose middle is nearest.

    Args:
        n_samples: Length of the run at 16 kHz.

    Yields:
        Windows of 1.5 s every 0.75 s, the last one flush with the end; one shorter window
        for a run under 1.5 s; none under 0.5 s.
    """
    if n_samples < LEAST_S * SAMPLE_RATE_HZ:
        return
    width, step = round(WINDOW_S * SAMPLE_RATE_HZ), round(STEP_S * SAMPLE_RATE_HZ)
    starts = list(range(0, max(1, n_samples - width + 1), step))
    if starts[-1] + width < n_samples:
        starts.append(n_samples - width)
    ends = [min(n_samples, start + width) for start in starts]
    middles = [(start + end) // 2 for start, end in zip(starts, ends, strict=True)]
    borders = [0, *((a + b) // 2 for a, b in itertools.pairwise(middles)), n_samples]
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        yield Window(start, end, borders[index], borders[index + 1])
