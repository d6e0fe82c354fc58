"""The open end of a record's log: appends frames and makes them durable within a second."""

from __future__ import annotations

import os
import threading
import weakref
from contextlib import suppress
from pathlib import Path

from facesign.errors import OutputError
from facesign.interview.keys import KeyClass
from facesign.interview.record.frames import plain_frame, seal_frame

__all__ = ["LogEnd"]

SYNC_EVERY_S = 0.5


class LogEnd:
    """Append frames to an open, locked log.

    Whatever stops the process, frames that were appended are in the file; whatever stops the
    machine, at most the last second is not.

    Args:
        path: The log.
        descriptor: Open for appending, and locked; closed by `close`.
        record: SHA-256 of the header.
        keys: Data keys by class.
        size: Bytes of whole frames in it.
        seq: Number of the next frame.
        chain: The chain's hash before it.
    """

    def __init__(
        self,
        path: Path,
        descriptor: int,
        *,
        record: bytes,
        keys: dict[KeyClass, bytes],
        size: int = 0,
        seq: int = 0,
        chain: bytes,
    ) -> None:
        self.path = path
        self.size = size
        self.seq = seq
        self.chain = chain
        self._keys = keys
        self._record = record
        self._descriptor = descriptor
        self._syncer = _Syncer(descriptor)
        self._closing = weakref.finalize(self, _close, self._syncer, descriptor)

    def append(
        self, kind: int, plain: bytes, key_class: KeyClass, *, stream: int = 0, at_us: int
    ) -> None:
        """Encrypt and append one frame.

        Raises:
            OutputError: it cannot be written; what was appended before is untouched.
        """
        head = plain_frame(self.seq, kind, key_class, stream, at_us, len(plain), self.size)
        data, chain = seal_frame(
            head, plain, self._keys[key_class], record=self._record, chain=self.chain
        )
        try:
            self._syncer.check()
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.size)
            reason = f"{error.strerror or error}; what was recorded until now is kept"
            raise OutputError(self.path, reason) from error
        self.size, self.seq, self.chain = self.size + len(data), self.seq + 1, chain
        self._syncer.wake()

    def sync(self) -> None:
        """Return when everything appended is on the disk.

        Raises:
            OutputError: it cannot be written there.
        """
        try:
            self._syncer.check()
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise OutputError(self.path, error.strerror or str(error)) from error

    def close(self) -> None:
        """Give the log back."""
        self._closing()


class _Syncer:
    """Sync a file soon after something was written, on a thread of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._written = threading.Event()
        self._ended = threading.Event()
        self._failed: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="record-sync", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        self._written.set()

    def check(self) -> None:
        if self._failed is not None:
            raise self._failed

    def end(self) -> None:
        self._ended.set()
        self._written.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._written.wait()
            if self._ended.wait(SYNC_EVERY_S):
                return
            self._written.clear()
            try:
                os.fdatasync(self._descriptor)
            except OSError as error:
                self._failed = error
                return


def _close(syncer: _Syncer, descriptor: int) -> None:
    syncer.end()
    with suppress(OSError):
        os.fdatasync(descriptor)
    os.close(descriptor)
