"""How a template is protected: authenticated encryption, and the rotation of search vectors.

The authoritative template is encrypted under a key of its subject's own (ISO/IEC 24745:
confidentiality, revocability by shredding the key). What a search reads is a derived copy
under one random rotation per epoch: whoever holds it without the rotation can neither
compare it with the same voice elsewhere nor with a recording, and a new epoch makes it
worthless. A rotation is linear, so 192 known pairs of template and copy reveal it: it
gives renewability and unlinkability to someone without the key, not secrecy against
known pairs.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scipy.special import ndtri

from facesign.biometrics.stream import FloatArray
from facesign.errors import ItemError

__all__ = [
    "DIM",
    "KEY_BYTES",
    "SUITE",
    "KeyBox",
    "Vault",
    "new_key",
    "new_rotation",
    "pack",
    "seal",
    "unpack",
    "unseal",
]

DIM = 192
"""Length of an embedding."""
KEY_BYTES = 32
SUITE = "intl"
"""AES-256-GCM with HMAC-SHA-256; the only suite there is so far."""
_NONCE_BYTES = 12


class KeyBox(Protocol):
    """What wraps the gallery's own key: a master key that lies outside the gallery."""

    def wrap(self, data_key: bytes) -> str:
        """Encrypt a data key of class `templates`, as text."""

    def unwrap(self, wrapped: str) -> bytes:
        """Decrypt what `wrap` returned.

        Raises:
            KeyFileError: another master key wraps it, or it was changed.
        """

    def is_current(self, wrapped: str) -> bool:
        """Tell whether the master key in force wraps it, and not one that was replaced."""


@dataclass(frozen=True, slots=True)
class Vault:
    """The gallery's own key: it wraps the keys of subjects and of epochs, and names customers."""

    secret: bytes = field(repr=False)
    """32 bytes."""

    def wrap(self, data_key: bytes, bound_to: str) -> bytes:
        """Encrypt a data key, bound to what it is for."""
        return seal(self.secret, data_key, f"key of {bound_to}")

    def unwrap(self, wrapped: bytes, bound_to: str) -> bytes:
        """Decrypt a data key.

        Raises:
            InvalidTag: it was changed, or belongs to something else.
        """
        return unseal(self.secret, wrapped, f"key of {bound_to}")

    def tag(self, customer: str) -> bytes:
        """Return what a customer number is looked up by; it tells nothing without the key."""
        key = hmac.digest(self.secret, b"facesign customer tag", hashlib.sha256)
        return hmac.digest(key, customer.encode(), hashlib.sha256)


def new_key() -> bytes:
    """Make a random data key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plain: bytes, bound_to: str) -> bytes:
    """Encrypt and authenticate bytes, together with what they belong to.

    Args:
        key: 32 bytes.
        plain: What to encrypt.
        bound_to: Authenticated, not stored: ids of what the bytes belong to.

    Returns:
        Nonce and ciphertext in one.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, _bound(bound_to))


def unseal(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    """Decrypt what `seal` returned.

    Raises:
        InvalidTag: the bytes were changed, belong to something else, or the key is another.
    """
    if len(sealed) <= _NONCE_BYTES:
        raise InvalidTag
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, ciphertext, _bound(bound_to))


def pack(embedding: FloatArray) -> bytes:
    """Return the bytes of an embedding, checked.

    Args:
        embedding: Unit length, shape (192,).

    Raises:
        ItemError: it has another shape, is not finite, or not of unit length.
    """
    if embedding.shape != (DIM,) or not np.isfinite(embedding).all():
        raise ItemError("embedding", f"{DIM} finite numbers", f"shape {embedding.shape}")
    length = float(np.linalg.norm(embedding))
    if abs(length - 1.0) > 1e-3:
        raise ItemError("embedding", "of unit length", f"{length:.4f}")
    return embedding.astype("<f4").tobytes()


def unpack(data: bytes) -> FloatArray:
    """Return the numbers that bytes hold, shape (n,): 192 for what `pack` made."""
    return np.frombuffer(data, dtype="<f4").astype(np.float32)


def new_rotation() -> FloatArray:
    """Draw a rotation (or reflection) of embeddings, every one equally likely.

    Returns:
        An orthogonal matrix, shape (192, 192), from the system's random numbers: a
        generator for simulations would have a state that known vectors betray.

    Source: Mezzadri 2007.
    """
    drawn = np.frombuffer(os.urandom(8 * DIM * DIM), dtype=np.uint64) >> 11
    normal = ndtri((drawn.astype(np.float64) + 0.5) / 2.0**53).reshape(DIM, DIM)
    q, r = np.linalg.qr(normal)
    rotation: FloatArray = (q * np.sign(np.diag(r))).astype(np.float32)
    return rotation


def _bound(bound_to: str) -> bytes:
    return f"facesign gallery|{SUITE}|{bound_to}".encode()
