"""Leave one family of the studio's generators out of what is taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from filmed import Filmed

KINDS = ("camera", "light", "texture", "pulse")


def without_family(films: Sequence[Filmed], left_out: str) -> list[Filmed]:
    """Return the takes without a family.

    Args:
        films: Rendered takes.
        left_out: Such as `camera=phone`; `pulse=double` takes single movements out and hides
            the time of those that were filmed. Empty for everything.

    Raises:
        ValueError: There is no such kind of family, or nothing is left.
    """
    if not left_out:
        return list(films)
    kind, _, name = left_out.partition("=")
    if kind not in KINDS:
        raise ValueError(f"families are of {', '.join(KINDS)}, got {left_out!r}")
    if kind == "pulse":
        kept = [replace(film, hidden_profile=name) for film in films]
    else:
        kept = [film for film in films if family_of(film, kind) != name]
    if not kept:
        raise ValueError(f"without {left_out} no take is left")
    return kept


def family_of(film: Filmed, kind: str) -> str:
    """Return the family of camera, light or texture that a take was drawn from."""
    if kind == "camera":
        return str(film.truth.conditions["camera"]["family"])
    return film.truth.families[kind][0]
