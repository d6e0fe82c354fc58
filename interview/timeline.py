"""The interview over time for the report: curves in bins, bounded whatever the length."""

from __future__ import annotations

from typing import Any

import numpy as np

from facesign.biometrics.stream import FloatArray, TimeArray

__all__ = ["SERIES", "Curves"]

SERIES: dict[str, str] = {
    "pose.yaw": "deg",
    "pose.pitch": "deg",
    "pose.roll": "deg",
    "gaze.horizontal": "deg",
    "gaze.vertical": "deg",
    "movement": "1",
}
"""Name and unit of every curve; `movement` is the 90th percentile of burst over channels."""
FIRST_BIN_S = 0.25
MOST_BINS = 2400


class Curves:
    """Means over bins of time; when the bins are used up, neighbours are merged."""

    def __init__(self) -> None:
        self._bin_s = FIRST_BIN_S
        self._sums = {name: np.zeros(MOST_BINS) for name in SERIES}
        self._counts = {name: np.zeros(MOST_BINS, dtype=np.int64) for name in SERIES}

    def add(self, name: str, time_s: TimeArray, values: FloatArray) -> None:
        """Add values of one curve.

        Args:
            name: One of SERIES.
            time_s: Shape (n_frames,), not negative.
            values: Shape (n_frames,); NaN is left out.
        """
        known = np.isfinite(values)
        if not known.any():
            return
        self._widen_to(float(np.nextafter(time_s[-1], np.inf)))
        bins = (time_s[known] / self._bin_s).astype(int)
        np.add.at(self._sums[name], bins, values[known])
        np.add.at(self._counts[name], bins, 1)

    def to_dict(self, duration_s: float) -> dict[str, Any]:
        """Return bin width and series for `report.json`; None where nothing was measured."""
        self._widen_to(duration_s)
        n_bins = min(MOST_BINS, max(1, int(np.ceil(duration_s / self._bin_s))))
        return {
            "duration_s": duration_s,
            "bin_s": self._bin_s,
            "series": [
                {"name": name, "unit": unit, "values": self._means(name, n_bins)}
                for name, unit in SERIES.items()
            ],
        }

    def _means(self, name: str, n_bins: int) -> list[float | None]:
        sums, counts = self._sums[name][:n_bins], self._counts[name][:n_bins]
        return [
            round(float(total / count), 3) if count else None
            for total, count in zip(sums, counts, strict=True)
        ]

    def forget(self, *names: str) -> None:
        """Drop all values of some curves."""
        for name in names:
            self._sums[name][:] = 0
            self._counts[name][:] = 0

    def _widen_to(self, end_s: float) -> None:
        while end_s > MOST_BINS * self._bin_s:
            self._merge()

    def _merge(self) -> None:
        self._bin_s *= 2
        for store in (*self._sums.values(), *self._counts.values()):
            pairs = store.reshape(-1, 2).sum(axis=1)
            store[: MOST_BINS // 2] = pairs
            store[MOST_BINS // 2 :] = 0
