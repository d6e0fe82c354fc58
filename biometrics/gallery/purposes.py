"""What a template may be used for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

from facesign.errors import SettingsError

__all__ = [
    "CUSTOMER_PURPOSES",
    "PURPOSES",
    "SEARCHED",
    "Purpose",
    "SearchPurpose",
    "checked_purposes",
    "require_search_purpose",
]

Purpose: TypeAlias = Literal["verify", "duplicate_search", "watch_list"]
SearchPurpose: TypeAlias = Literal["duplicate_search", "watch_list"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
SEARCHED: tuple[SearchPurpose, ...] = get_args(SearchPurpose)
"""Purposes with a search vector; a template for `verify` alone has none."""
CUSTOMER_PURPOSES: tuple[Purpose, ...] = ("verify", "duplicate_search")
"""What a customer can be enrolled for; the watch list has rules of its own."""


def checked_purposes(purposes: Iterable[str]) -> tuple[Purpose, ...]:
    """Return a customer's purposes in order, each once.

    Raises:
        SettingsError: there is none, or one that customers are not enrolled for.
    """
    asked = set(purposes)
    if not asked or not asked <= set(CUSTOMER_PURPOSES):
        raise SettingsError(
            f"purposes must be from {', '.join(CUSTOMER_PURPOSES)}, got "
            f"{', '.join(sorted(asked)) or 'none'}; facesign voice watch-list add has its own"
        )
    return tuple(purpose for purpose in CUSTOMER_PURPOSES if purpose in asked)


def require_search_purpose(purpose: str) -> SearchPurpose:
    """Return a purpose that is searched for.

    Raises:
        SettingsError: it is not one.
    """
    for known in SEARCHED:
        if purpose == known:
            return known
    raise SettingsError(f"a search is for {' or '.join(SEARCHED)}, got {purpose!r}")
