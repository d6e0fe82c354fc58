"""Whether the lips in the picture move while a voice is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.signal import detrend

from facesign.biometrics.stream import FloatArray, TimeArray

__all__ = ["LEAD_S", "LipEvidence", "LipTrack", "pooled"]

HISTORY_S = 30.0
"""How long the mouth is remembered: longer than any run of speech with its lateness."""
LEAD_S = 0.1
"""Lips lead the sound by 0.1 to 0.3 s (Chandrasekaran et al. 2009, PLoS Comput Biol
5:e1000436)."""
LEAST_FRAMES = 15
MOVING_IOD = 0.025
"""Mouths that talk vary by 0.04 to 0.15 inter-ocular distances in 1.5 s, resting ones by less
than 0.02; docs/speakers.md has the clips. Whether opening and loudness rise together was tried
as well: over some seconds it hardly told a face's own sound from another's."""
LEAST_WINDOWS = 3
FOLLOW_SHARE = 0.7
REST_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class LipEvidence:
    """In how many windows of a voice the lips were seen, and moved."""

    n_windows: int
    n_moving: int

    @property
    def follow(self) -> bool:
        """Whether the lips move nearly whenever the voice is heard."""
        return self._is_enough and self.n_moving >= FOLLOW_SHARE * self.n_windows

    @property
    def rest(self) -> bool:
        """Whether the lips rest nearly whenever the voice is heard: it is not this mouth's."""
        return self._is_enough and self.n_moving <= REST_SHARE * self.n_windows

    @property
    def _is_enough(self) -> bool:
        return self.n_windows >= LEAST_WINDOWS


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

    def evidence(self, start_s: float, end_s: float) -> LipEvidence | None:
        """Tell whether the lips moved in one window of speech.

        Args:
            start_s: Start of the speech.
            end_s: End of the speech.

        Returns:
            Evidence of one window; None where fewer than 15 frames show the face.
        """
        variation = self.variation_iod(start_s, end_s)
        return None if variation is None else LipEvidence(1, int(variation >= MOVING_IOD))

    def variation_iod(self, start_s: float, end_s: float) -> float | None:
        """Return the deviation of the opening from a slow change; None as for `evidence`."""
        times = np.array(self._time_s)
        opening = np.array(self._opening)
        inside = (times >= start_s - LEAD_S) & (times < end_s - LEAD_S) & np.isfinite(opening)
        if np.count_nonzero(inside) < LEAST_FRAMES:
            return None
        return float(np.std(detrend(opening[inside])))


def pooled(evidence: Iterable[LipEvidence | None]) -> LipEvidence | None:
    """Add up the evidence of several windows; None where there is none."""
    known = [one for one in evidence if one is not None]
    if not known:
        return None
    return LipEvidence(sum(one.n_windows for one in known), sum(one.n_moving for one in known))
