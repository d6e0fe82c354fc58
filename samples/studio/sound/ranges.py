"""Spans whose two ends have a range of their own."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from facesign.samples.studio.settings import increasing

__all__ = [
    "Decibels",
    "Metres",
    "Pitches",
    "Rates",
    "Seconds",
    "Tracts",
]


_Seconds: TypeAlias = Annotated[float, Field(ge=0, le=60)]
_Decibels: TypeAlias = Annotated[float, Field(ge=-60, le=60)]
_Metres: TypeAlias = Annotated[float, Field(ge=0.05, le=10)]
_Pitch: TypeAlias = Annotated[float, Field(ge=0, le=99)]
_Rate: TypeAlias = Annotated[float, Field(ge=80, le=320)]
_Tract: TypeAlias = Annotated[float, Field(ge=0.7, le=1.45)]

Seconds: TypeAlias = Annotated[tuple[_Seconds, _Seconds], AfterValidator(increasing)]
"""Least and most, 0 to 60 s."""
Decibels: TypeAlias = Annotated[tuple[_Decibels, _Decibels], AfterValidator(increasing)]
"""Least and most, -60 to 60 dB."""
Metres: TypeAlias = Annotated[tuple[_Metres, _Metres], AfterValidator(increasing)]
"""Least and most, 0.05 to 10 m."""
Pitches: TypeAlias = Annotated[tuple[_Pitch, _Pitch], AfterValidator(increasing)]
"""Least and most of espeak-ng's pitch, 0 to 99; 66 more is an octave."""
Rates: TypeAlias = Annotated[tuple[_Rate, _Rate], AfterValidator(increasing)]
"""Least and most words a minute, 80 to 320."""
Tracts: TypeAlias = Annotated[tuple[_Tract, _Tract], AfterValidator(increasing)]
"""Least and most factor on every formant, 0.7 to 1.45."""
