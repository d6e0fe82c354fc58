"""The three readings of every channel against a baseline: level, speed, burst."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt

from facesign.biometrics.stream import FloatArray, TimeArray

__all__ = [
    "BURST_LATE_S",
    "GAP_S",
    "LEAST_STEP_S",
    "MAD_TO_SD",
    "BandEnergy",
    "DoubleArray",
    "Slope",
    "robust_spread",
]

BURST_LOW_HZ = 2.0
BURST_HIGH_HZ = 12.0
LEAST_BAND = 1.25
"""A band narrower than this, high over low, would ring longer than a movement lasts."""
BURST_RMS_S = 0.2
BURST_LATE_S = 0.25
"""A burst peaks at most this long after its movement's apex.

Window and filter together: 0.10 to 0.17 s for movements of 0.1 to 0.3 s from 20 frames/s on,
up to 0.23 s for longer ones, and one frame more at 15 frames/s.
"""
WARM_UP_S = 0.25
SLOPE_S = 0.1
GAP_S = 0.25
"""A longer hole between frames starts a reading afresh."""
LEAST_STEP_S = 1e-3
"""Frames closer than this, such as two of one time, count as this far apart."""
MAD_TO_SD = 1.4826
"""A normal distribution's standard deviation in median absolute deviations."""

DoubleArray = npt.NDArray[np.float64]


class BandEnergy:
    """RMS of each column after a band-pass from 2 Hz to min(12 Hz, 0.4 x rate).

    The filter runs on an even grid at the measured rate, filled by linear interpolation
    between the frames' own times, so a variable rate does not shift the band. A rate that
    leaves no band gives NaN.
    """

    def __init__(self, rate_hz: float, n_columns: int) -> None:
        high_hz = min(BURST_HIGH_HZ, 0.4 * rate_hz)
        self._has_band = high_hz > LEAST_BAND * BURST_LOW_HZ
        self._sos = np.zeros((0, 6))
        if self._has_band:
            self._sos = butter(2, (BURST_LOW_HZ, high_hz), "bandpass", fs=rate_hz, output="sos")
        self._rate_hz = rate_hz
        self._n_columns = n_columns
        self._n_rms = max(2, round(BURST_RMS_S * rate_hz))
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next frame starts a new run."""
        self._state = np.zeros((len(self._sos), 2, self._n_columns))
        self._energy = np.zeros((0, self._n_columns))
        self._last: tuple[float, DoubleArray] | None = None
        self._first_s = 0.0
        self._n_grid = 0

    def push(self, time_s: TimeArray, values: DoubleArray) -> DoubleArray:
        """Take frames of one unbroken run.

        Args:
            time_s: Shape (n_frames,), increasing.
            values: Shape (n_frames, n_columns), finite.

        Returns:
            RMS at each frame, shape (n_frames, n_columns), in the unit of values; NaN for
            the first 0.25 s of a run.
        """
        if not self._has_band:
            return np.full_like(values, np.nan)
        if self._last is None:
            self._first_s = float(time_s[0])
            # Start as if the first value had stood for ever: no step, no ringing.
            self._offset = values[0].copy()
        else:
            time_s = np.concatenate([[self._last[0]], time_s])
            values = np.concatenate([self._last[1][None], values])
        fresh = self._filter(time_s, values - self._offset)
        energy = np.concatenate([self._energy, fresh**2])
        out = self._mean_at(time_s, energy)
        self._energy = energy[-self._n_rms :]
        if self._last is not None:
            out = out[1:]
        self._last = (float(time_s[-1]), values[-1].copy())
        return out

    def _filter(self, time_s: TimeArray, values: DoubleArray) -> DoubleArray:
        last_index = int(np.floor((time_s[-1] - self._first_s) * self._rate_hz + 1e-6))
        grid_s = self._first_s + np.arange(self._n_grid, last_index + 1) / self._rate_hz
        self._n_grid = last_index + 1
        if len(grid_s) == 0:
            return np.zeros((0, self._n_columns))
        if len(time_s) == 1:
            even = np.repeat(values, len(grid_s), axis=0)
        else:
            after = np.clip(np.searchsorted(time_s, grid_s), 1, len(time_s) - 1)
            before_s = time_s[after - 1]
            step_s = np.maximum(time_s[after] - before_s, LEAST_STEP_S)
            share = ((grid_s - before_s) / step_s)[:, None]
            even = values[after - 1] * (1 - share) + values[after] * share
        out, self._state = sosfilt(self._sos, even, axis=0, zi=self._state)
        return np.asarray(out, dtype=np.float64)

    def _mean_at(self, time_s: TimeArray, energy: DoubleArray) -> DoubleArray:
        """Average the energy over the window that ends at each frame."""
        first_index = self._n_grid - len(energy)
        sums = np.concatenate([np.zeros((1, self._n_columns)), np.cumsum(energy, axis=0)])
        index = np.floor((time_s - self._first_s) * self._rate_hz + 1e-6).astype(int)
        end = np.clip(index - first_index + 1, 0, len(energy))
        begin = np.maximum(end - self._n_rms, 0)
        n_used = np.maximum(end - begin, 1)[:, None]
        rms = np.sqrt(np.maximum(sums[end] - sums[begin], 0.0) / n_used)
        rms[index + 1 < WARM_UP_S * self._rate_hz] = np.nan
        return np.asarray(rms, dtype=np.float64)


class Slope:
    """Least-squares slope of each column over the last 100 ms."""

    def __init__(self, n_columns: int) -> None:
        self._n_columns = n_columns
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next frame starts a new run."""
        self._time_s: TimeArray = np.zeros(0)
        self._values: DoubleArray = np.zeros((0, self._n_columns))

    def push(self, time_s: TimeArray, values: DoubleArray) -> DoubleArray:
        """Take frames of one unbroken run.

        Args:
            time_s: Shape (n_frames,), increasing.
            values: Shape (n_frames, n_columns), finite.

        Returns:
            Slope per second at each frame, shape (n_frames, n_columns); NaN until the run
            holds two frames within 100 ms.
        """
        times = np.concatenate([self._time_s, time_s])
        data = np.concatenate([self._values, values])
        out = np.full((len(time_s), self._n_columns), np.nan)
        for row, end in enumerate(range(len(self._time_s) + 1, len(times) + 1)):
            begin = int(np.searchsorted(times, times[end - 1] - SLOPE_S - 1e-3))
            centred = times[begin:end] - times[begin:end].mean()
            spread = float(centred @ centred)
            if spread > 0:
                out[row] = centred @ data[begin:end] / spread
        keep = int(np.searchsorted(times, times[-1] - 2 * SLOPE_S))
        self._time_s, self._values = times[keep:], data[keep:]
        return out


def robust_spread(values: FloatArray | DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Return median and median absolute deviation of each column, NaN left out.

    Args:
        values: Shape (n_frames, n_columns).

    Returns:
        Two arrays of shape (n_columns,), NaN where no row is finite.
    """
    finite = values[np.isfinite(values).all(axis=1)].astype(np.float64)
    if not len(finite):
        nothing = np.full(values.shape[1], np.nan)
        return nothing, nothing
    median = np.median(finite, axis=0)
    return median, np.median(np.abs(finite - median), axis=0)
