"""Whether the lips in the picture move with the sound."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, TimeArray
from facesign.biometrics.voice.levels import levels_db

__all__ = ["LipEvidence", "LipTrack", "measure_lips", "pooled"]

HISTORY_S = 30.0
"""How long the mouth is remembered: longer than any run of speech with its lateness."""
LAGS_S = np.arange(0.0, 0.31, 0.05)
"""Lips lead the sound by 0.1 to 0.3 s (Chandrasekaran et al. 2009, PLoS Comput Biol
5:e1000436); capture adds a little, either way."""
LEAST_FRAMES = 6
STILL_IOD = 0.006
"""What the mouth of a silent face varies by in the mesh, in inter-ocular distances; lips that
hardly move cannot correlate well with anything."""

_HOP = SAMPLE_RATE_HZ // 100
_SMOOTH = 10
_FLOOR_DB = -60.0


@dataclass(frozen=True, slots=True, eq=False)
class LipEvidence:
    """Sums that add up over windows: how mouth opening and loudness vary together."""

    n_frames: int
    opening: float
    """Sum of squares of the mouth opening about its mean, inter-ocular distances squared."""
    loudness: FloatArray
    """Sum of squares of the loudness about its mean, for each lag of `LAGS_S`."""
    both: FloatArray
    """Sum of products, for each lag."""

    @property
    def correlation(self) -> float:
        """Return the largest correlation over the lags, -1 to 1; less for lips that rest."""
        moved = self.opening + self.n_frames * STILL_IOD**2
        scale = np.sqrt(moved * np.maximum(self.loudness, 1e-12))
        return float((self.both / scale).max())


class LipTrack:
    """How far the mouth was open, over the last 30 s."""

    def __init__(self) -> None:
        self._time_s: deque[float] = deque()
        self._opening: deque[float] = deque()

    @property
    def until_s(self) -> float:
        """Time of the last frame; -inf before any."""
        return self._time_s[-1] if self._time_s else -np.inf

    def push(self, time_s: TimeArray, opening: FloatArray) -> None:
        """Take frames in time order.

        Args:
            time_s: Seconds, shape (n_frames,).
            opening: Gap between the lips in inter-ocular distances, shape (n_frames,); NaN
                where the face was lost.
        """
        self._time_s.extend(time_s.tolist())
        self._opening.extend(opening.tolist())
        while self._time_s and self._time_s[0] < self._time_s[-1] - HISTORY_S:
            self._time_s.popleft()
            self._opening.popleft()

    def between(self, start_s: float, end_s: float) -> tuple[TimeArray, FloatArray]:
        """Return times and openings of the frames in [start_s, end_s) that show the face."""
        times = np.array(self._time_s)
        opening = np.array(self._opening, dtype=np.float32)
        inside = (times >= start_s) & (times < end_s) & np.isfinite(opening)
        return times[inside], opening[inside]


def measure_lips(samples: FloatArray, start_s: float, mouth: LipTrack) -> LipEvidence | None:
    """Compare one window of sound with the mouth.

    Args:
        samples: 16 kHz, shape (n_samples,).
        start_s: Time of the first sample.
        mouth: The mouth, at least over that time.

    Returns:
        Evidence; None where fewer than six frames show the face.
    """
    end_s = start_s + len(samples) / SAMPLE_RATE_HZ
    lead_s = float(LAGS_S[-1])
    times, opening = mouth.between(start_s, end_s - lead_s)
    if len(times) < LEAST_FRAMES:
        return None
    levels = np.maximum(levels_db(samples, _HOP), _FLOOR_DB)
    smooth = np.convolve(levels, np.full(_SMOOTH, 1.0 / _SMOOTH), mode="same")
    at_s = start_s + (np.arange(len(smooth)) + 0.5) / 100.0
    x = opening - opening.mean()
    heard = np.stack([np.interp(times + lag_s, at_s, smooth) for lag_s in LAGS_S])
    y = heard - heard.mean(axis=1, keepdims=True)
    return LipEvidence(
        n_frames=len(times),
        opening=float(x @ x),
        loudness=np.asarray((y * y).sum(axis=1), np.float32),
        both=np.asarray(y @ x, np.float32),
    )


def pooled(evidence: Iterable[LipEvidence | None]) -> LipEvidence | None:
    """Add up the evidence of several windows; None where there is none."""
    known = [one for one in evidence if one is not None]
    if not known:
        return None
    return LipEvidence(
        n_frames=sum(one.n_frames for one in known),
        opening=sum(one.opening for one in known),
        loudness=np.sum([one.loudness for one in known], axis=0),
        both=np.sum([one.both for one in known], axis=0),
    )
