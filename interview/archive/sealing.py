"""The archive's own key: what names a person is encrypted, and found by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facesign.errors import ArchiveError
from facesign.interview.home import Home
from facesign.interview.keyfiles import KeyNotice, ensure_keys, load_keys, read_ring, store_key
from facesign.interview.keys import KEY_BYTES, KeyClass
from facesign.models.atomic import locked

__all__ = ["ArchiveSeal"]

_CLASS: KeyClass = "statutory"
"""The one key of this class in `keys/ring.json`; records have rings of their own."""
_NONCE_BYTES = 12


class ArchiveSeal:
    """Encrypt and find what names a person; the key is looked for at the first use.

    Args:
        home: Where the master key and the ring lie.
        announce: Told of a master key that had to be made.
    """

    def __init__(self, home: Home, announce: Callable[[KeyNotice], None]) -> None:
        self._home = home
        self._announce = announce

    def seal(self, values: Mapping[str, Any], *, bound_to: str) -> bytes:
        """Encrypt values, bound to the row that they belong to.

        Raises:
            KeyFileError: the master key cannot be read.
        """
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(dict(values), ensure_ascii=False).encode()
        return nonce + AESGCM(self._key).encrypt(nonce, plain, bound_to.encode())

    def unseal(self, sealed: bytes, *, bound_to: str) -> dict[str, Any]:
        """Decrypt what `seal` returned.

        Raises:
            ArchiveError: it was changed, or belongs to another row.
        """
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            plain = AESGCM(self._key).decrypt(nonce, rest, bound_to.encode())
        except (InvalidTag, ValueError) as error:
            raise ArchiveError(
                str(self._home.archive), f"the entry of {bound_to} was changed, or its key was"
            ) from error
        values: dict[str, Any] = json.loads(plain)
        return values

    def tag(self, kind: str, value: str) -> bytes:
        """Return what a value is found by; says nothing without the key."""
        return hmac.digest(self._key, f"{kind}\0{value}".encode(), hashlib.sha256)[:16]

    @cached_property
    def _key(self) -> bytes:
        ring = self._home.keys / "ring.json"
        chain = ensure_keys(self._home, self._announce)
        held = [key for key in read_ring(ring) if key.key_class == _CLASS]
        if not held:
            # Two processes that start at once must not each make one.
            with locked(self._home.make(self._home.root)):
                held = [key for key in read_ring(ring) if key.key_class == _CLASS]
                if not held:
                    store_key(self._home, ring, chain.wrap(_CLASS, os.urandom(KEY_BYTES)))
                    held = [key for key in read_ring(ring) if key.key_class == _CLASS]
        return load_keys(self._home).unwrap(held[0])
