"""A stream of a record as a file: decrypts what is read, wherever it is read."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from facesign.interview.record.frames import Frame

__all__ = ["RecordStream"]


class RecordStream(io.RawIOBase):
    """Read the bytes of one stream from any place; nothing decrypted is written anywhere.

    Args:
        name: What to call it.
        frames: Its pieces, in order.
        open_piece: Decrypts one of them.
    """

    def __init__(
        self, name: str, frames: Sequence[Frame], open_piece: Callable[[Frame], bytes]
    ) -> None:
        super().__init__()
        self.name = name
        self._frames = frames
        self._open_piece = open_piece
        self._starts = [0]
        for frame in frames:
            self._starts.append(self._starts[-1] + frame.plain_size)
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self._starts[-1]

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """Any place can be read."""
        return True

    def tell(self) -> int:
        """Return where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, from the start, from here or from the end."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the piece at this place goes.

        Raises:
            RecordDamagedError: the piece was changed.
        """
        index = bisect_right(self._starts, self._at) - 1
        if index >= len(self._frames):
            return 0
        if self._held[0] != index:
            self._held = (index, self._open_piece(self._frames[index]))
        first = self._at - self._starts[index]
        part = self._held[1][first : first + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)
