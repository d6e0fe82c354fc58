"""One measured thing over one interval: what analysers tell the session."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["Observation", "Status", "Subject"]

Subject: TypeAlias = Literal["applicant", "co_applicant", "officer", "other", "session"]
Status: TypeAlias = Literal["assessed", "not_assessed"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing over an interval, with the person's own baseline beside it."""

    name: str
    """Dotted name, such as `pause` or `face.other`; docs/observations.md lists them all."""
    start_s: float
    end_s: float
    value: float | None
    """In `unit`; None where nothing was measured."""
    unit: str
    """`s`, `deg`, `dB`, `Hz`, `px`, `1` ...; `1` for a ratio."""
    baseline_median: float | None = None
    """Median of the same quantity over the person's own baseline, in `unit`."""
    baseline_mad: float | None = None
    """Median absolute deviation over the baseline, in `unit`."""
    status: Status = "assessed"
    reason: str | None = None
    """Reason code; set exactly where status is `not_assessed`."""
    quality: float | None = None
    """0 (worthless) to 1 (as good as it gets) of the capture behind the value."""
    subject: Subject = "applicant"
    analyser: str = ""

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise ValueError(f"{self.name} ends at {self.end_s} s, before {self.start_s} s")
        if (self.status == "not_assessed") != (self.reason is not None):
            raise ValueError(f"{self.name}: a reason goes with not_assessed and only with it")

    @property
    def duration_s(self) -> float:
        """Length of the interval in seconds."""
        return self.end_s - self.start_s

    def to_dict(self) -> dict[str, Any]:
        """Return the columns of `observations.parquet` as plain values."""
        return asdict(self)
