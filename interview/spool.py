"""Signals between analysis and report: on disk, nameless and encrypted, gone with the process."""

from __future__ import annotations

import secrets
import tempfile
import weakref
from collections.abc import Iterator

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facesign.biometrics.face.signals import SIGNALS, Signals
from facesign.biometrics.stream import FloatArray, TimeArray
from facesign.errors import OutputError

__all__ = ["SignalSpool"]

CHUNK_FRAMES = 1024


class SignalSpool:
    """Hold the signals of any length in constant memory.

    Chunks are encrypted with a key that only this object has, in a temporary file that has
    no name, so nothing of a person is left on disk, not even after a crash.

    Raises:
        OutputError: there is no temporary folder that can be written.
    """

    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))
        try:
            # Unbuffered, so that nothing is left to write when it is closed.
            self._file = tempfile.TemporaryFile(prefix="facesign-", buffering=0)
        except OSError as error:
            raise OutputError("the temporary folder", error.strerror or str(error)) from error
        self._closing = weakref.finalize(self, self._file.close)
        self._index: list[tuple[bytes, int, int]] = []
        self._times: list[TimeArray] = []
        self._values: list[FloatArray] = []
        self._n_open = 0
        self.n_frames = 0

    def add(self, signals: Signals) -> None:
        """Append one block.

        Raises:
            OutputError: the temporary file cannot grow.
        """
        self._times.append(signals.time_s)
        self._values.append(signals.values)
        self._n_open += len(signals.time_s)
        self.n_frames += len(signals.time_s)
        if self._n_open >= CHUNK_FRAMES:
            self._flush()

    def chunks(self) -> Iterator[tuple[TimeArray, FloatArray]]:
        """Yield times (n,) and values (n, 132) in order."""
        self._flush()
        for nonce, start, size in self._index:
            self._file.seek(start)
            plain = self._cipher.decrypt(nonce, self._file.read(size), None)
            rows = np.frombuffer(plain, dtype=np.float64).reshape(-1, len(SIGNALS) + 1)
            yield rows[:, 0], rows[:, 1:].astype(np.float32)

    def close(self) -> None:
        """Drop everything."""
        self._closing()

    def _flush(self) -> None:
        if not self._n_open:
            return
        rows = np.column_stack([np.concatenate(self._times), np.concatenate(self._values)])
        nonce = secrets.token_bytes(12)
        sealed = self._cipher.encrypt(nonce, rows.astype(np.float64).tobytes(), None)
        try:
            start = self._file.seek(0, 2)
            rest = memoryview(sealed)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise OutputError("the temporary folder", error.strerror or str(error)) from error
        self._index.append((nonce, start, len(sealed)))
        self._times, self._values, self._n_open = [], [], 0
