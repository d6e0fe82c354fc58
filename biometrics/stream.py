"""Items that travel through the analysers, and the block grid their formulas run on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from facesign.errors import ShapeError

__all__ = [
    "SAMPLE_RATE_HZ",
    "Analyser",
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

    @property
    def end_s(self) -> float:
        """Presentation time of the end of the last sample."""
        return self.time_s + len(self.samples) / SAMPLE_RATE_HZ

    def __repr__(self) -> str:
        """Show time and length, never samples."""
        return f"Sound(time_s={self.time_s:.3f}, n_samples={len(self.samples)}, {self.track})"


Item = TypeVar("Item")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)


class Analyser(Protocol[In, Out]):
    """What every analyser offers: items in, results out, in order, with bounded history."""

    def push(self, item: In) -> Iterable[Out]:
        """Take one item and return what became known with it."""
        ...

    def finish(self) -> Iterable[Out]:
        """Return what was still open at the end of the stream."""
        ...


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
