"""How a flag's rank is written: what each contribution counts, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facesign.interview.page import figures
from facesign.interview.page.texts import Texts

__all__ = ["counted", "missing", "total", "weighs"]


def weighs(texts: Texts, contribution: Mapping[str, Any]) -> str:
    """Write what one monitoring point counts: weight times factor."""
    return texts(
        "page",
        "weighs",
        weight=figures.amount(texts, contribution["weight"], "1"),
        factor=figures.amount(texts, contribution["factor"], "1"),
        points=figures.amount(texts, contribution["points"], "points"),
    )


def counted(texts: Texts, rank: Mapping[str, Any]) -> str:
    """Write what each family counts, those that count something."""
    return texts.join(
        f"{texts('monitor_family', one['family'])} {figures.amount(texts, one['points'], 'points')}"
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
    points = figures.amount(texts, rank["points"], "points")
    written = texts("page", "rank_total", points=points, families=counted(texts, rank))
    if unknown := missing(texts, rank):
        written += " " + texts("page", "rank_missing", families=unknown)
    return written
