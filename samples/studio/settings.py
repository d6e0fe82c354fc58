"""The tables of a scenario file: what each may say, checked when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeAlias, TypeVar

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict

Name = TypeVar("Name", bound=str)

__all__ = ["Section", "Span", "draw", "increasing", "one_of", "rng_for"]


class Section(BaseModel):
    """One table of a scenario: frozen, and no key but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def increasing(span: tuple[float, float]) -> tuple[float, float]:
    """Return a span whose first value is not above the second; else raise ValueError."""
    if span[0] > span[1]:
        raise ValueError(f"the first value must not be above the second, got {list(span)}")
    return span


Span: TypeAlias = Annotated[tuple[float, float], AfterValidator(increasing)]
"""Least and most of something that is drawn anew for every render."""


def draw(rng: np.random.Generator, span: tuple[float, float]) -> float:
    """Draw evenly from a span; one value twice is that value."""
    return float(rng.uniform(*span))


def one_of(rng: np.random.Generator, wanted: str, names: Sequence[Name]) -> Name:
    """Return what is wanted of some names, or one drawn where that is `any`."""
    for name in names:
        if name == wanted:
            return name
    return names[int(rng.integers(len(names)))]


def rng_for(seed: int, part: str) -> np.random.Generator:
    """Return the random numbers of one part of a render, independent of the other parts.

    Args:
        seed: The render's seed.
        part: Such as `voices`; the same name gives the same numbers.
    """
    return np.random.default_rng([seed, *part.encode()])
