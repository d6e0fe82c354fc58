"""How a movement rises to its apex and falls back: profiles with names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

import numpy as np

from facesign.biometrics.stream import TimeArray
from facesign.errors import SettingsError
from facesign.samples.studio.settings import Span, draw

__all__ = ["EDGE", "PROFILES", "Profile", "Pulse", "ease"]

Profile = Literal["sine", "asymmetric", "double", "plateau", "lingering"]
PROFILES: tuple[Profile, ...] = get_args(Profile)

EDGE = 0.1
"""Onset and offset are where a movement passes this share of its peak."""

_Points: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """Points of share of time and share of the peak, joined by half cosines."""

    rise: _Points
    """From rest to the apex."""
    fall: _Points
    """From the apex to rest."""
    apex_share: Span
    """Where between onset and offset the apex lies."""


_UP: _Points = ((0.0, 0.0), (1.0, 1.0))
_DOWN: _Points = ((0.0, 1.0), (1.0, 0.0))
_FORMS: Mapping[Profile, _Form] = {
    "sine": _Form(_UP, _DOWN, (0.5, 0.5)),
    "asymmetric": _Form(_UP, _DOWN, (0.2, 0.4)),
    "double": _Form(_UP, ((0.0, 1.0), (0.3, 0.4), (0.55, 0.75), (1.0, 0.0)), (0.22, 0.32)),
    "plateau": _Form(
        ((0.0, 0.0), (0.55, 0.95), (1.0, 1.0)), ((0.0, 1.0), (0.45, 0.95), (1.0, 0.0)), (0.4, 0.6)
    ),
    "lingering": _Form(_UP, ((0.0, 1.0), (0.35, 0.4), (1.0, 0.0)), (0.15, 0.25)),
}


@dataclass(frozen=True, slots=True)
class Pulse:
    """One rise and fall; its times are those of the truth."""

    onset_s: float
    """Passes 10 % of the peak."""
    apex_s: float
    """The maximum."""
    offset_s: float
    """Falls below 10 % of the peak for the last time."""
    profile: Profile = "sine"

    def __post_init__(self) -> None:
        if not self.onset_s < self.apex_s < self.offset_s:
            raise SettingsError(
                "a movement needs onset < apex < offset, got "
                f"{self.onset_s}, {self.apex_s}, {self.offset_s}"
            )

    @classmethod
    def drawn(
        cls, rng: np.random.Generator, onset_s: float, duration_s: float, profile: Profile
    ) -> Pulse:
        """Return a pulse of a profile, its apex where the profile may have it."""
        share = draw(rng, _FORMS[profile].apex_share)
        return cls(onset_s, onset_s + share * duration_s, onset_s + duration_s, profile)

    @property
    def start_s(self) -> float:
        """Where it leaves zero."""
        form = _FORMS[self.profile]
        return self.apex_s - (self.apex_s - self.onset_s) / (1 - _first_above(form.rise))

    @property
    def end_s(self) -> float:
        """Where it is back at zero."""
        form = _FORMS[self.profile]
        return self.apex_s + (self.offset_s - self.apex_s) / _last_above(form.fall)

    def at(self, time_s: TimeArray) -> TimeArray:
        """Return the share of the peak at any times, 0 to 1, shape (n,)."""
        form = _FORMS[self.profile]
        rising = (time_s - self.start_s) / (self.apex_s - self.start_s)
        falling = (time_s - self.apex_s) / (self.end_s - self.apex_s)
        return np.where(
            time_s < self.apex_s, _joined(rising, form.rise), _joined(falling, form.fall)
        )


def ease(share: TimeArray) -> TimeArray:
    """Run from 0 to 1 with a half cosine, flat outside."""
    eased: TimeArray = 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0, 1))
    return eased


def _joined(share: TimeArray, points: _Points) -> TimeArray:
    value = np.full_like(share, points[0][1])
    for (x0, y0), (x1, y1) in pairwise(points):
        value += (y1 - y0) * ease((share - x0) / (x1 - x0))
    return value


def _first_above(rise: _Points) -> float:
    (x0, y0), (x1, y1) = rise[:2]
    return x0 + (x1 - x0) * float(np.arccos(1 - 2 * (EDGE - y0) / (y1 - y0))) / np.pi


def _last_above(fall: _Points) -> float:
    (x0, y0), (x1, y1) = fall[-2:]
    return x0 + (x1 - x0) * float(np.arccos(1 - 2 * (EDGE - y0) / (y1 - y0))) / np.pi
