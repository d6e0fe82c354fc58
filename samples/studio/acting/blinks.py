"""Blinks: how the lids fall and rise, and when.

Lids fall faster than they rise: closing is 40-47 % faster than opening (Sforza et al. 2008,
Ophthalmic Physiol Opt 28:345) and takes 66 +- 10 ms in the mean, up to about 100 ms (Stern et
al. 1984, Psychophysiology 21:22); the opening slows down towards its end. Of the blinks seen,
about half close the eye wholly (Ousler et al. 2014, Clin Ophthalmol 8:869).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import TimeArray
from facesign.samples import truth
from facesign.samples.studio.acting.eyes import LIDS_MEET
from facesign.samples.studio.acting.pulses import EDGE, ease
from facesign.samples.studio.acting.schedule import Schedule
from facesign.samples.studio.acting.talk import Interval

__all__ = ["Blink", "blink_closure", "plan_blinks"]

_CLOSING_S = (0.075, 0.12)
_SHUT_S = (0.01, 0.045)
_OPENING_TO_CLOSING = (1.7, 2.4)
_EARLY = 0.8
"""Exponent of the opening's time: below 1 it is fast at first and slow at its end."""
_LEAST_CLOSURE = 0.45
_APART_S = 0.6


@dataclass(frozen=True, slots=True)
class Blink:
    """Both lids closing once."""

    apex_s: float
    """First moment of the deepest closure."""
    closing_s: float
    """From open to the apex."""
    shut_s: float
    opening_s: float
    closure: float = 1.0
    """0 open to 1 shut."""

    @classmethod
    def drawn(cls, rng: np.random.Generator, apex_s: float, *, closure: float = 1.0) -> Blink:
        """Draw a blink's speed."""
        closing_s = rng.uniform(*_CLOSING_S)
        opening_s = closing_s * rng.uniform(*_OPENING_TO_CLOSING)
        return cls(apex_s, closing_s, rng.uniform(*_SHUT_S), opening_s, closure)

    @property
    def start_s(self) -> float:
        """Where the lids begin to fall."""
        return self.apex_s - self.closing_s

    @property
    def end_s(self) -> float:
        """Where they are open again."""
        return self.apex_s + self.shut_s + self.opening_s

    def truth(self) -> truth.Blink:
        """Return its times, edges at 10 % of its closure."""
        return truth.Blink(
            onset_s=self._falls_past(EDGE),
            half_closed_s=self._falls_past(0.5),
            apex_s=self._deepest_s(),
            half_open_s=self._rises_past(0.5),
            offset_s=self._rises_past(EDGE),
            closure=self.closure,
        )

    def _deepest_s(self) -> float:
        """Return where the lids meet, which is before the shape is at its full weight."""
        meeting = LIDS_MEET / self.closure
        return self._falls_past(meeting) if meeting < 1 else self.apex_s

    def _falls_past(self, share: float) -> float:
        passed = float(np.arccos(1 - 2 * share) / np.pi)
        return self.start_s + self.closing_s * passed

    def _rises_past(self, share: float) -> float:
        passed = (np.arccos(2 * share - 1) / np.pi) ** (1 / _EARLY)
        return self.apex_s + self.shut_s + self.opening_s * float(passed)


def blink_closure(time_s: TimeArray, blinks: Schedule[Blink]) -> TimeArray:
    """Return how far the lids are closed at increasing times, 0 open to 1 shut, shape (n,)."""
    closed = np.zeros_like(time_s)
    for blink, now in blinks.during(time_s):
        falling = ease((time_s[now] - blink.start_s) / blink.closing_s)
        late = np.clip((time_s[now] - blink.apex_s - blink.shut_s) / blink.opening_s, 0, 1)
        lids = blink.closure * np.minimum(falling, 1 - ease(late**_EARLY))
        closed[now] = np.maximum(closed[now], lids)
    return closed


def plan_blinks(
    rng: np.random.Generator,
    until_s: float,
    *,
    per_minute: float,
    spread: float = 0.45,
    incomplete: float = 0.0,
    keep_clear: Sequence[Interval] = (),
) -> tuple[Blink, ...]:
    """Scatter blinks with irregular gaps.

    The gaps fill the time whole, so the rate is kept but for the blinks that find no place
    between the spans to be kept clear.

    Args:
        rng: Source of gaps, speeds and depths.
        until_s: No blink ends later.
        per_minute: Rate.
        spread: Standard deviation of the gaps' logarithm.
        incomplete: Share that does not close the eye.
        keep_clear: Spans in seconds that no blink may touch.
    """
    n_blinks = int(until_s * per_minute / 60 + rng.random())
    gaps = rng.lognormal(0, spread, n_blinks + 1)
    gaps[[0, -1]] *= rng.uniform(0.2, 0.8, 2)
    spare_s = max(until_s - _APART_S * n_blinks, 0.0)
    at_s = np.cumsum(gaps)[:-1] * (spare_s / gaps.sum()) + _APART_S * np.arange(n_blinks)
    shallow = rng.random(n_blinks) < incomplete
    depths = np.where(shallow, rng.uniform(_LEAST_CLOSURE, 0.9, n_blinks), 1.0)
    blinks: list[Blink] = []
    for time, depth in zip(at_s, depths, strict=True):
        blink = _cleared(Blink.drawn(rng, float(time) + 0.15, closure=float(depth)), keep_clear)
        after = blinks[-1].end_s + _APART_S / 2 if blinks else 0.0
        if blink.start_s >= after and blink.end_s <= until_s:
            blinks.append(blink)
    return tuple(blinks)


def _cleared(blink: Blink, keep_clear: Sequence[Interval]) -> Blink:
    """Move a blink behind the spans that it would touch."""
    for start, end in sorted(keep_clear):
        if blink.end_s > start and blink.start_s < end:
            late_s = end - blink.start_s
            blink = Blink(
                blink.apex_s + late_s, blink.closing_s, blink.shut_s, blink.opening_s, blink.closure
            )
    return blink
