"""Master keys, and the data keys that they wrap. Nothing here touches a file."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facesign.errors import KeyFileError

__all__ = ["KEY_BYTES", "KEY_CLASSES", "SUITE", "KeyChain", "KeyClass", "MasterKey", "WrappedKey"]

KeyClass: TypeAlias = Literal["statutory", "templates", "behaviour", "logs"]

KEY_BYTES = 32
SUITE = "intl"
"""AES-256-GCM; the only suite there is so far."""
KEY_CLASSES: tuple[KeyClass, ...] = get_args(KeyClass)
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key, encrypted and authenticated under a master key."""

    key_class: KeyClass
    key_id: str
    """The master key that wraps it."""
    suite: str
    nonce: bytes
    ciphertext: bytes

    def to_dict(self) -> dict[str, str]:
        """Return the wrapped key for JSON, bytes as base64."""
        return {
            "key_class": self.key_class,
            "key_id": self.key_id,
            "suite": self.suite,
            "nonce": base64.b64encode(self.nonce).decode(),
            "ciphertext": base64.b64encode(self.ciphertext).decode(),
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> WrappedKey:
        """Read what `to_dict` returned.

        Raises:
            KeyFileError: a field is missing or is not what it should be.
        """
        try:
            return cls(
                key_class=KEY_CLASSES[KEY_CLASSES.index(entry["key_class"])],
                key_id=entry["key_id"],
                suite=entry["suite"],
                nonce=base64.b64decode(entry["nonce"], validate=True),
                ciphertext=base64.b64decode(entry["ciphertext"], validate=True),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise KeyFileError("wrapped key", f"a field is missing or damaged: {error}") from error


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key that wraps data keys; shown by its id, never by its bytes."""

    secret: bytes = field(repr=False)
    """32 bytes."""
    key_id: str = field(init=False)
    """Derived from the secret, so that a key from the environment has one too."""

    def __post_init__(self) -> None:
        digest = hashlib.sha256(b"facesign master key id\0" + self.secret)
        object.__setattr__(self, "key_id", digest.hexdigest()[:16])

    @classmethod
    def generate(cls) -> MasterKey:
        """Make a new random key."""
        return cls(os.urandom(KEY_BYTES))

    @classmethod
    def from_text(cls, text: bytes, where: str) -> MasterKey:
        """Read a key from base64.

        Args:
            text: 32 bytes as base64; white space around it does not count.
            where: What to name in an error.

        Raises:
            KeyFileError: it is not base64, or not 32 bytes.
        """
        try:
            secret = base64.b64decode(text.strip(), validate=True)
        except ValueError as error:
            raise KeyFileError(where, "expected 32 bytes in base64, got something else") from error
        if len(secret) != KEY_BYTES:
            raise KeyFileError(where, f"expected 32 bytes in base64, got {len(secret)}")
        return cls(secret)

    def to_text(self) -> bytes:
        """Return what `from_text` reads."""
        return base64.b64encode(self.secret) + b"\n"

    def wrap(self, key_class: KeyClass, data_key: bytes) -> WrappedKey:
        """Encrypt a data key, bound to its class and to this key's id."""
        nonce = os.urandom(_NONCE_BYTES)
        bound = _bound_to(SUITE, key_class, self.key_id)
        ciphertext = AESGCM(self.secret).encrypt(nonce, data_key, bound)
        return WrappedKey(key_class, self.key_id, SUITE, nonce, ciphertext)


@dataclass(frozen=True, slots=True)
class KeyChain:
    """The master key in force, and older ones that an unfinished rotation left."""

    current: MasterKey
    older: tuple[MasterKey, ...] = ()

    @property
    def key_ids(self) -> set[str]:
        """Ids of the master keys that can unwrap here."""
        return {self.current.key_id, *(key.key_id for key in self.older)}

    def wrap(self, key_class: KeyClass, data_key: bytes) -> WrappedKey:
        """Encrypt a data key under the master key in force."""
        return self.current.wrap(key_class, data_key)

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """Decrypt a data key.

        Raises:
            KeyFileError: its suite is unknown, its master key is not here, or it was changed.
        """
        where = f"wrapped key of class {wrapped.key_class}"
        if wrapped.suite != SUITE:
            raise KeyFileError(where, f"suite is {wrapped.suite}, this version reads {SUITE}")
        for master in (self.current, *self.older):
            if master.key_id == wrapped.key_id:
                bound = _bound_to(wrapped.suite, wrapped.key_class, wrapped.key_id)
                try:
                    return AESGCM(master.secret).decrypt(wrapped.nonce, wrapped.ciphertext, bound)
                except (InvalidTag, ValueError) as error:
                    raise KeyFileError(where, "damaged: it does not authenticate") from error
        raise KeyFileError(
            where, f"master key {wrapped.key_id} wraps it, here is {self.current.key_id}"
        )


def _bound_to(suite: str, key_class: str, key_id: str) -> bytes:
    return f"facesign wrapped key|{suite}|{key_class}|{key_id}".encode()
