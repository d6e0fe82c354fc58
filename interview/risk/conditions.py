"""Conditions on one observation: what a monitoring point reads, and from where on it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from facesign.biometrics.observation import Observation, Status, Subject

__all__ = ["Condition", "Departure", "own_usual_limit"]

Departure: TypeAlias = Literal["up", "down", "both"]
MAD_TO_SIGMA = 1.4826
"""Median absolute deviation times this estimates a normal standard deviation."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What an observation must be: its name, and bounds on value, departure or length."""

    name: str
    at_least: float | None = None
    """Bound on the value, in the observation's unit; None where it does not matter."""
    at_most: float | None = None
    lasts_s: float | None = None
    """Least length of the interval."""
    departs: Departure | None = None
    """Side of the person's own usual on which the value must lie."""
    by: float = 0.0
    """Least departure from the own usual, in the observation's unit."""
    spreads: float = 0.0
    """Least departure in robust deviations of the own usual; both bounds must be reached."""
    status: Status = "assessed"
    subject: Subject | None = None

    def holds(self, observation: Observation) -> bool:
        """Tell whether an observation of this name is as the condition says."""
        if observation.status != self.status:
            return False
        if self.subject is not None and observation.subject != self.subject:
            return False
        if self.lasts_s is not None and observation.duration_s < self.lasts_s:
            return False
        if self.at_least is None and self.at_most is None and self.departs is None:
            return True
        value = observation.value
        if value is None:
            return False
        if self.at_least is not None and value < self.at_least:
            return False
        if self.at_most is not None and value > self.at_most:
            return False
        return self.departs is None or self._departs(observation, value)

    def reading(self, observation: Observation) -> tuple[float | None, float | None, str]:
        """Return what is held against what: value, threshold and unit."""
        if self.departs is not None and observation.baseline_median is not None:
            return observation.value, self._limit(observation), observation.unit
        if self.at_least is not None or self.at_most is not None:
            bound = self.at_least if self.at_least is not None else self.at_most
            return observation.value, bound, observation.unit
        if self.lasts_s is not None:
            return observation.duration_s, self.lasts_s, "s"
        return observation.value, None, observation.unit

    def shape(self) -> tuple[object, ...]:
        """Return the condition without its numbers: what is read, not from where on."""
        bounds = (self.at_least is not None, self.at_most is not None, self.lasts_s is not None)
        return (self.name, *bounds, self.departs, self.status, self.subject)

    def _departs(self, observation: Observation, value: float) -> bool:
        median = observation.baseline_median
        if median is None:
            return False
        least = own_usual_limit(observation, self.by, self.spreads)
        up, down = value - median >= least, median - value >= least
        return (up and self.departs != "down") or (down and self.departs != "up")

    def _limit(self, observation: Observation) -> float:
        median = observation.baseline_median or 0.0
        least = own_usual_limit(observation, self.by, self.spreads)
        below = self.departs == "down" or (
            self.departs == "both" and observation.value is not None and observation.value < median
        )
        return median - least if below else median + least


def own_usual_limit(observation: Observation, by: float, spreads: float) -> float:
    """Return how far from the own usual an observation must lie to depart from it."""
    return max(by, spreads * MAD_TO_SIGMA * (observation.baseline_mad or 0.0))
