"""Servers that help two pages find a way to each other: STUN and TURN, none by default."""

from __future__ import annotations

from typing import Any

from facesign.errors import SettingsError

__all__ = ["ICE_SCHEMES", "read_ice_servers"]

ICE_SCHEMES = ("stun:", "stuns:", "turn:", "turns:")
_KNOWN = ("urls", "username", "credential")


def read_ice_servers(value: Any) -> tuple[dict[str, str], ...]:
    """Check the setting `ice_servers`, a list of tables.

    Raises:
        SettingsError: a server has no address, or something that no server has.
    """
    if not isinstance(value, list | tuple):
        raise SettingsError(
            'ice_servers must be a list, such as [{ urls = "turn:turn.bank:3478" }]'
        )
    return tuple(_server(one) for one in value)


def _server(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(it, str) for it in value.values()):
        raise SettingsError("each of ice_servers has urls, and may have username and credential")
    for name in value:
        if name not in _KNOWN:
            raise SettingsError(f"ice_servers knows {', '.join(_KNOWN)}, got {name!r}")
    if not value.get("urls", "").startswith(ICE_SCHEMES):
        raise SettingsError(f"urls of ice_servers must start with {', '.join(ICE_SCHEMES)}")
    return dict(value)
