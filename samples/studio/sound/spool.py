"""Long sound outside of memory: written once to a temporary file, read where needed."""

from __future__ import annotations

import mmap
import tempfile
import weakref
from collections.abc import Iterable

import numpy as np

from facesign.biometrics.stream import FloatArray

__all__ = ["Spool", "stored"]

_FULL_SCALE = 32767.0


def stored(pieces: Iterable[FloatArray]) -> list[FloatArray]:
    """Move pieces of sound into a nameless temporary file that vanishes with its last view.

    Returns:
        Read-only views of the file, one a piece, same shapes.
    """
    lengths = []
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(np.ascontiguousarray(piece, dtype=np.float32).tobytes())
            lengths.append(len(piece))
        file.flush()
        if not sum(lengths):
            return [np.zeros(0, dtype=np.float32) for _ in lengths]
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    whole = np.frombuffer(view, dtype=np.float32)
    return np.split(whole, np.cumsum(lengths)[:-1])


class Spool:
    """One track in 16 bits, appended to a nameless temporary file, read from anywhere."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()
        self._close = weakref.finalize(self, self._file.close)
        self._n_samples = 0

    def __len__(self) -> int:
        return self._n_samples

    def append(self, samples: FloatArray) -> None:
        """Add samples in [-1, 1]; louder ones are clipped."""
        coarse = np.rint(np.clip(samples, -1, 1) * _FULL_SCALE).astype(np.int16)
        self._file.seek(0, 2)
        self._file.write(coarse.tobytes())
        self._n_samples += len(coarse)

    def read(self, start: int, stop: int) -> FloatArray:
        """Return samples, shape (stop - start,); silence outside of what there is."""
        out = np.zeros(max(stop - start, 0), dtype=np.float32)
        first, last = max(start, 0), min(stop, self._n_samples)
        if last > first:
            self._file.seek(2 * first)
            coarse = np.frombuffer(self._file.read(2 * (last - first)), dtype=np.int16)
            out[first - start : last - start] = coarse / np.float32(_FULL_SCALE)
        return out
