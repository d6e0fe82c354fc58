"""Why a flag ranks where it does: evidence of all families, each contribution listed.

The total is a rank among flags, in points: no probability, and nothing about a person. It is
a plain sum that anybody can check: a contribution counts its weight times its factor; a family
counts the sum of its contributions within the family's bounds; the total is the sum of families.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from facesign.biometrics.observation import Observation
from facesign.interview.risk.monitors import FAMILIES, Family, monitors
from facesign.interview.risk.watch import Fired, RiskState

__all__ = ["BOUNDS", "Contribution", "FamilyTotal", "Fusion", "fuse"]

AROUND_S = 30.0
"""What happened so long before or after a flag belongs to it; own choice."""
CORRELATED = 0.5
"""Each further contribution of a family counts so much of the one before it: what one family
sees twice is mostly one thing seen twice."""
SHARED = 0.5
"""Further factor where the same observation is behind a weightier contribution already."""
BOUNDS: Mapping[Family, tuple[float, float]] = {
    "behaviour": (0.0, 0.5),
    "environment": (-1.0, 0.0),
    "quality": (-1.0, 0.0),
    "protection": (0.0, 0.0),
}
"""Least and most that a family counts; behaviour less than the weakest evidence that carries,
protection nothing; other families are not bounded."""
FUSED: tuple[Family, ...] = tuple(family for family in FAMILIES if family != "protection")


@dataclass(frozen=True, slots=True)
class Contribution:
    """One monitoring point behind a flag."""

    monitor_id: str
    family: Family
    carries: bool
    weight: float
    factor: float
    """What is left of the weight after correlation, 0 to 1."""
    start_s: float
    end_s: float
    value: float | None
    threshold: float | None
    unit: str

    @property
    def points(self) -> float:
        """What it counts, before its family's bounds."""
        return self.weight * self.factor

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {
            "monitor": self.monitor_id,
            "family": self.family,
            "carries": self.carries,
            "weight": self.weight,
            "factor": self.factor,
            "points": self.points,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "value": self.value,
            "threshold": self.threshold,
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class FamilyTotal:
    """What one family counts, or that it was not assessed: nothing found is not nothing looked."""

    family: Family
    status: Literal["assessed", "not_assessed"]
    points: float | None
    """Sum of its contributions within its bounds; None where it was not assessed."""
    n_assessed: int
    """Points of this family whose observations came."""
    n_points: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {
            "family": self.family,
            "status": self.status,
            "points": self.points,
            "n_assessed": self.n_assessed,
            "n_points": self.n_points,
        }


@dataclass(frozen=True, slots=True)
class Fusion:
    """Everything behind one flag, weightiest first."""

    contributions: tuple[Contribution, ...]
    families: tuple[FamilyTotal, ...]

    @property
    def points(self) -> float:
        """Rank of the flag."""
        return sum(one.points for one in self.families if one.points is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {
            "points": self.points,
            "contributions": [one.to_dict() for one in self.contributions],
            "families": [one.to_dict() for one in self.families],
        }


def fuse(
    code: str, start_s: float, end_s: float, state: RiskState, *, around_s: float = AROUND_S
) -> Fusion:
    """Gather what belongs to a flag.

    Args:
        code: Code of the flag.
        start_s: Its interval.
        end_s: Its interval.
        state: What the monitoring points found in the session.
        around_s: How far from the flag something may be and still belong to it.

    Returns:
        The contributions of all families. Points of other flags' carriers add as well: they
        are evidence of the same session.
    """
    near = [
        one
        for one in state.fired
        if one.family in FUSED
        and one.monitor.weight != 0
        and (
            one.monitor.whole_session
            or (one.start_s <= end_s + around_s and one.end_s >= start_s - around_s)
        )
    ]
    contributions = _discounted(code, _strongest(near, code, start_s, end_s))
    families = tuple(_total(family, contributions, state) for family in FUSED)
    return Fusion(contributions, families)


def _strongest(near: Iterable[Fired], code: str, start_s: float, end_s: float) -> list[Fired]:
    """Keep one finding a point, the one nearest to the flag; the weightiest first."""

    def apart_s(one: Fired) -> float:
        return max(0.0, one.start_s - end_s, start_s - one.end_s)

    best: dict[str, Fired] = {}
    for one in near:
        known = best.get(one.monitor.monitor_id)
        if known is None or apart_s(one) < apart_s(known):
            best[one.monitor.monitor_id] = one
    return sorted(
        best.values(),
        key=lambda one: (
            one.monitor.flag != code,
            -abs(one.monitor.weight),
            one.start_s,
            one.monitor.monitor_id,
        ),
    )


def _discounted(code: str, ranked: Sequence[Fired]) -> tuple[Contribution, ...]:
    counted: dict[Family, int] = {}
    behind: set[Observation] = set()
    made = []
    for one in ranked:
        place = counted.get(one.family, 0)
        factor = CORRELATED**place
        if not behind.isdisjoint(one.evidence):
            factor *= SHARED
        counted[one.family] = place + 1
        behind.update(one.evidence)
        made.append(
            Contribution(
                monitor_id=one.monitor.monitor_id,
                family=one.family,
                carries=one.monitor.flag == code,
                weight=one.monitor.weight,
                factor=factor,
                start_s=one.start_s,
                end_s=one.end_s,
                value=one.value,
                threshold=one.threshold,
                unit=one.unit,
            )
        )
    made.sort(key=lambda one: (-one.carries, -abs(one.points), one.monitor_id))
    return tuple(made)


def _total(family: Family, contributions: Sequence[Contribution], state: RiskState) -> FamilyTotal:
    points = [one for one in monitors() if one.family == family]
    assessed = sum(one.monitor_id in state.assessed for one in points)
    found = [one.points for one in contributions if one.family == family]
    if not assessed and not found:
        return FamilyTotal(family, "not_assessed", None, 0, len(points))
    least, most = BOUNDS.get(family, (float("-inf"), float("inf")))
    return FamilyTotal(family, "assessed", min(max(sum(found), least), most), assessed, len(points))
