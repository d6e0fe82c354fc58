"""Spans that a scenario may choose within limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from facesign.samples.studio.settings import Span

__all__ = ["Within"]


@dataclass(frozen=True, slots=True)
class Within:
    """Limits of both values of a span, for `Annotated[Span, Within(low, high)]`."""

    low: float
    high: float

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check the limits after the span itself."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, span: Span) -> Span:
        if span[0] < self.low or span[1] > self.high:
            raise ValueError(f"both values must be {self.low} to {self.high}, got {list(span)}")
        return span
