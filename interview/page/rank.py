"""How a flag's rank is written: what each contribution counts, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facesign.interview.page import figures
from facesign.interview.page.texts import Texts

__all__ = ["counted", "missing", "points", "total", "weighs"]


def points(texts: Texts, value: float) -> str:
    """Write points with every digit that they have, so that a sum can be added up again."""
    return figures.scale_end(texts, value, "points")


def weighs(texts: Texts, contribution: Mapping[str, Any]) -> str:
    """Write what one monitoring point counts: weight times factor."""
    return texts(
        "page",
        "weighs",
        weight=figures.scale_end(texts, contribution["weight"], "1"),
        factor=figures.scale_end(texts, contribution["factor"], "1"),
        points=points(texts, contribution["points"]),
    )


def counted(texts: Texts, rank: Mapping[str, Any]) -> str:
    """Write what each family counts, those that count something."""
    return texts.join(
        f"{texts('monitor_family', one['family'])} {points(texts, one['points'])}"
        for one in rank["families"]
        if one["points"]
    )


def missing(texts: Texts, rank: Mapping[str, Any]) -> str:
    """Write which families were not assessed: nothing found is not nothing looked at."""
    return texts.join(
        texts("monitor_family", one["family"])
        for one in rank["families"]
        if one["status"] == "not_assessed"
    )


def total(texts: Texts, rank: Mapping[str, Any]) -> str:
    """Write the total as the sum of its families."""
    summed = points(texts, rank["points"])
    written = texts("page", "rank_total", points=summed, families=counted(texts, rank))
    if unknown := missing(texts, rank):
        written += " " + texts("page", "rank_missing", families=unknown)
    return written
