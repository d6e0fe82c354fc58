"""Items that travel through the analysers, and the block grid their formulas run on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from facesign.errors import ItemError, ShapeError

__all__ = [
    "SAMPLE_RATE_HZ",
    "BlockGrid",
    "BoolArray",
    "FloatArray",
    "Frame",
    "Sound",
    "TimeArray",
    "Track",
]

FloatArray: TypeAlias = npt.NDArray[np.float32]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
TimeArray: TypeAlias = npt.NDArray[np.float64]
Track: TypeAlias = Literal["mixed", "applicant", "officer"]

SAMPLE_RATE_HZ = 16_000
"""Rate of every Sound."""
BLOCK_FRAMES = 8
BLOCK_S = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture at its presentation time."""

    time_s: float
    """Seconds since time zero of the session."""
    image: npt.NDArray[np.uint8]
    """RGB, shape (height, width, 3)."""

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3:
            raise ShapeError("image", "(height, width, 3)", self.image.shape)
        if self.image.dtype != np.uint8:
            raise ItemError("image", "uint8", str(self.image.dtype))
        _require_time(self.time_s)

    def __repr__(self) -> str:
        """Show time and shape, never pixels."""
        height, width = self.image.shape[:2]
        return f"Frame(time_s={self.time_s:.3f}, {width}x{height})"


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A run of samples on the same clock as the frames."""

    time_s: float
    """Presentation time of the first sample in seconds since time zero."""
    samples: FloatArray
    """Mono, 16 kHz, in [-1, 1], shape (n_samples,)."""
    track: Track = "mixed"
    """Whose microphone: one mixed track, or one of two separate ones."""

    def __post_init__(self) -> None:
        if self.samples.ndim != 1:
            raise ShapeError("samples", "(n_samples,)", self.samples.shape)
        if self.samples.dtype != np.float32:
            raise ItemError("samples", "float32", str(self.samples.dtype))
        _require_time(self.time_s)

    @property
    def end_s(self) -> float:
        """Presentation time of the end of the last sample."""
        return self.time_s + len(self.samples) / SAMPLE_RATE_HZ

    def __repr__(self) -> str:
        """Show time and length, never samples."""
        return f"Sound(time_s={self.time_s:.3f}, n_samples={len(self.samples)}, {self.track})"


def _require_time(time_s: float) -> None:
    if not 0 <= time_s < math.inf:
        raise ItemError("time_s", "finite and not negative", str(time_s))


Item = TypeVar("Item")


class BlockGrid(Generic[Item]):
    """Group items into blocks that close after 8 items or 0.25 s of media time.

    The grid depends on the items alone, never on the sizes in which a source delivers
    them, so formulas that run block by block give the same bits live and from a file.
    """

    def __init__(self, time_of: Callable[[Item], float]) -> None:
        self._time_of = time_of
        self._open: list[Item] = []

    def push(self, item: Item) -> Iterator[list[Item]]:
        """Take one item; yield the block that it closed, if it closed one."""
        if self._open and self._time_of(item) - self._time_of(self._open[0]) >= BLOCK_S:
            yield self._open
            self._open = []
        self._open.append(item)
        if len(self._open) == BLOCK_FRAMES:
            yield self._open
            self._open = []

    def finish(self) -> Iterator[list[Item]]:
        """Yield the last, shorter block."""
        if self._open:
            yield self._open
            self._open = []
