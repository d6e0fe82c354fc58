"""Frames: how entries and pieces lie in `record.log`, each with the hash of the one before.

A frame is a head, a nonce, ciphertext and the chain's hash after it. The hash covers the hash
before it, the head, the nonce and the ciphertext, so the chain can be followed without a key and
still holds when a key was erased. The first frame follows the hash of `header.json`.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facesign.interview.keys import KeyClass

__all__ = [
    "CLOSING",
    "ENTRY",
    "KEY_CLASS_CODES",
    "MOST_BYTES",
    "PIECE",
    "Broken",
    "Frame",
    "open_frame",
    "plain_frame",
    "scan",
    "seal_frame",
]

ENTRY: Final = 0
PIECE: Final = 1
CLOSING: Final = 2
KEY_CLASS_CODES: dict[KeyClass, int] = {"statutory": 0, "templates": 1, "behaviour": 2, "logs": 3}
MOST_BYTES = 1 << 27
"""A head that names more is damaged."""

_HEAD = struct.Struct(">4sBBHQQI")
_MAGIC = b"FSr1"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HASH_BYTES = 32
_AROUND = _HEAD.size + _NONCE_BYTES + _HASH_BYTES
_KEY_CLASS_OF = {code: name for name, code in KEY_CLASS_CODES.items()}


class Broken(Exception):
    """The first place of a log that does not hold; told to users as a Verification."""

    def __init__(self, seq: int, offset: int, reason: str) -> None:
        super().__init__(f"entry {seq} at byte {offset}: {reason}")
        self.seq = seq
        self.offset = offset
        self.reason = reason
        self.is_cut = False
        """Whether the log only ends too early, as after a crash."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame's head, and where it lies."""

    seq: int
    kind: int
    key_class: KeyClass
    stream: int
    """Number of the piece's stream; 0 for entries."""
    at_us: int
    """Microseconds since 1970, UTC."""
    size: int
    """Bytes of ciphertext with its tag."""
    offset: int
    """Of the head in the log."""

    @property
    def end(self) -> int:
        """Offset of what follows."""
        return self.offset + self.size + _AROUND

    @property
    def plain_size(self) -> int:
        """Bytes that were encrypted."""
        return self.size - _TAG_BYTES

    def head(self) -> bytes:
        """Return the head as it lies in the log."""
        return _HEAD.pack(
            _MAGIC,
            self.kind,
            KEY_CLASS_CODES[self.key_class],
            self.stream,
            self.seq,
            self.at_us,
            self.size,
        )


def seal_frame(
    frame: Frame, plain: bytes, key: bytes, *, record: bytes, chain: bytes
) -> tuple[bytes, bytes]:
    """Encrypt one frame.

    Args:
        frame: Its head; `size` counts the tag.
        plain: What to encrypt.
        key: The data key of the frame's class.
        record: SHA-256 of `header.json`, authenticated with the frame.
        chain: The chain's hash before it.

    Returns:
        The bytes of the frame, and the chain's hash after it.
    """
    head, nonce = frame.head(), os.urandom(_NONCE_BYTES)
    body = head + nonce + AESGCM(key).encrypt(nonce, plain, record + head)
    after = hashlib.sha256(chain + body).digest()
    return body + after, after


def open_frame(descriptor: int, frame: Frame, key: bytes, *, record: bytes) -> bytes:
    """Decrypt one frame.

    Raises:
        InvalidTag: it was changed, or the key is another.
    """
    body = os.pread(descriptor, _NONCE_BYTES + frame.size, frame.offset + _HEAD.size)
    nonce, ciphertext = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, ciphertext, record + frame.head())


def plain_frame(
    seq: int, kind: int, key_class: KeyClass, stream: int, at_us: int, n_plain: int, offset: int
) -> Frame:
    """Return the head of a frame for so many bytes of plain text."""
    return Frame(seq, kind, key_class, stream, at_us, n_plain + _TAG_BYTES, offset)


def scan(
    descriptor: int, chain: bytes | None, *, offset: int = 0, seq: int = 0
) -> Iterator[tuple[Frame, bytes]]:
    """Yield the frames of a log with the chain's hash after each.

    Args:
        descriptor: The open log.
        chain: The chain's hash before the first frame; None reads heads alone, quickly, and
            does not check the chain.
        offset: Where the first frame is expected.
        seq: Its number.

    Raises:
        Broken: a frame is cut, changed, missing or in another's place.
    """
    end = os.fstat(descriptor).st_size
    while offset < end:
        frame = _read_head(descriptor, seq, offset, end)
        if chain is None:
            after = b""
        else:
            data = os.pread(descriptor, frame.end - offset, offset)
            body, after = data[:-_HASH_BYTES], data[-_HASH_BYTES:]
            if hashlib.sha256(chain + body).digest() != after:
                raise _changed(seq, offset, after)
            chain = after
        yield frame, after
        offset, seq = frame.end, seq + 1


def _read_head(descriptor: int, seq: int, offset: int, end: int) -> Frame:
    data = os.pread(descriptor, _HEAD.size, offset)
    if len(data) < _HEAD.size:
        raise _cut(seq, offset, f"{len(data)} bytes of its head are there")
    magic, kind, code, stream, found, at_us, size = _HEAD.unpack(data)
    if not any(data) and not any(os.pread(descriptor, end - offset, offset)):
        raise _cut(seq, offset, f"{end - offset} empty bytes are there")
    if (
        magic != _MAGIC
        or kind not in (ENTRY, PIECE, CLOSING)
        or code not in _KEY_CLASS_OF
        or not _TAG_BYTES <= size <= MOST_BYTES
    ):
        raise Broken(seq, offset, "its head is damaged, or it is no entry")
    if found != seq:
        what = "is missing" if found == seq + 1 else "is not here"
        raise Broken(seq, offset, f"{what}: entry {found} is in its place")
    frame = Frame(found, kind, _KEY_CLASS_OF[code], stream, at_us, size, offset)
    if frame.end > end:
        raise _cut(seq, offset, f"{end - offset} of its {frame.end - offset} bytes are there")
    return frame


def _changed(seq: int, offset: int, after: bytes) -> Broken:
    if not any(after):
        return _cut(seq, offset, "its end is empty")
    header = "" if seq else ", or header.json is another record's or was changed"
    return Broken(seq, offset, f"was changed{header}")


def _cut(seq: int, offset: int, reason: str) -> Broken:
    broken = Broken(seq, offset, f"is cut off: {reason}")
    broken.is_cut = True
    return broken
