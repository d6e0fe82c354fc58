"""Tokens that let an applicant in: random, stored hashed, bound to the device that used them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from facesign.errors import TokenError

__all__ = ["FIRST_USE_S", "RECONNECT_S", "Tokens"]

FIRST_USE_S = 15 * 60.0
"""A token that nobody used for so long is worth nothing."""
RECONNECT_S = 10 * 60.0
"""A device that was away for longer must be invited again."""
_BYTES = 16


@dataclass(slots=True)
class _Invitation:
    session_id: str
    made_at_s: float
    device: bytes | None = None
    """Hash of the secret that the first device was given."""
    away_since_s: float | None = None
    """None while the device is connected."""


class Tokens:
    """The invitations of all live sessions; only hashes are held.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._invitations: dict[bytes, _Invitation] = {}

    def invite(self, session_id: str) -> str:
        """Make a token of 128 bits; those made before hold until one of them is used."""
        token = secrets.token_urlsafe(_BYTES)
        self._invitations[_hash(token)] = _Invitation(session_id, self._clock())
        return token

    def peek(self, token: str) -> str:
        """Return the session of a token that may still be used, by whichever device.

        Raises:
            TokenError: the token is unknown or too old.
        """
        return self._usable(token).session_id

    def bind(self, token: str, device: str | None) -> tuple[str, str]:
        """Use a token: the first device is bound, later uses must come from it.

        Args:
            token: What the applicant was sent.
            device: The secret that the device keeps; None for a device that has none.

        Returns:
            The session's id and the device's secret.

        Raises:
            TokenError: the token is unknown, too old, or bound to another device.
        """
        invitation = self._usable(token)
        if invitation.device is None:
            self.revoke(invitation.session_id)
            self._invitations[_hash(token)] = invitation
            device = secrets.token_urlsafe(_BYTES)
            invitation.device = _hash(device)
            invitation.away_since_s = self._clock()
            return invitation.session_id, device
        if device is None or not hmac.compare_digest(_hash(device), invitation.device):
            raise TokenError("device")
        return invitation.session_id, device

    def check(self, token: str, device: str | None) -> str:
        """Return the session of a token that this device is bound to.

        Raises:
            TokenError: the token is unknown, too old, not used yet, or another device's.
        """
        if self._usable(token).device is None:
            raise TokenError("device")
        return self.bind(token, device)[0]

    def present(self, token: str) -> None:
        """Note that the device is connected."""
        self._usable(token).away_since_s = None

    def away(self, token: str) -> None:
        """Note that the device is not connected any more: its time to come back runs."""
        invitation = self._invitations.get(_hash(token))
        if invitation is not None:
            invitation.away_since_s = self._clock()

    def revoke(self, session_id: str) -> None:
        """Make a session's tokens worthless."""
        self._invitations = {
            key: one for key, one in self._invitations.items() if one.session_id != session_id
        }

    def _usable(self, token: str) -> _Invitation:
        invitation = self._invitations.get(_hash(token))
        if invitation is None:
            raise TokenError("unknown")
        now_s = self._clock()
        if invitation.device is None and now_s - invitation.made_at_s > FIRST_USE_S:
            raise TokenError("too_old")
        away_s = invitation.away_since_s
        if away_s is not None and now_s - away_s > RECONNECT_S:
            raise TokenError("away_too_long")
        return invitation


def _hash(secret: str) -> bytes:
    # A random secret of 128 bits needs no salt and no slow hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
