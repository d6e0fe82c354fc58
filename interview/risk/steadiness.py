"""How steady the capture is: gaps in picture and sound, and light that changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import Sound, Track

__all__ = ["GapWatcher", "LightWatcher", "SoundGaps"]

ANALYSER = "interview.steadiness"
PICTURE_GAP_S = 0.5
SOUND_GAP_S = 0.2
WINDOW_S = 1.0
"""Brightness is the median over this; shorter flicker is the camera's exposure."""
LEAST_SAMPLES = 3
"""Samples that a window needs; the face is measured four times a second."""
STEP_RATIO = 1.3
"""A step of light is so much brighter or darker than a window before."""


class GapWatcher:
    """Tell where a track is missing for a while.

    Args:
        name: Of the observations, such as `picture.gap`.
        least_s: Shorter gaps are how pictures and packets arrive.
    """

    def __init__(self, name: str, least_s: float) -> None:
        self._name = name
        self._least_s = least_s
        self._until_s: float | None = None

    def push(self, start_s: float, end_s: float) -> Iterator[Observation]:
        """Take the next stretch that is there; yield the gap before it."""
        before_s = self._until_s
        self._until_s = max(end_s, before_s or 0.0)
        if before_s is not None and start_s - before_s >= self._least_s:
            yield Observation(
                self._name,
                before_s,
                start_s,
                start_s - before_s,
                "s",
                subject="session",
                analyser=ANALYSER,
            )


class SoundGaps:
    """Tell where a track is missing, but for the officer's: their line says nothing of the
    applicant.

    Args:
        tracks: The sound that will be pushed.
    """

    def __init__(self, tracks: Iterable[Track]) -> None:
        self._watchers = {
            track: GapWatcher("sound.gap", SOUND_GAP_S) for track in tracks if track != "officer"
        }

    def push(self, sound: Sound) -> Iterator[Observation]:
        """Take sound; yield the gap before it."""
        if sound.track in self._watchers:
            yield from self._watchers[sound.track].push(sound.time_s, sound.end_s)


class LightWatcher:
    """Tell when the light on the face changes from one second to the next."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, float]] = deque(maxlen=512)
        self._told_s = -np.inf
        self._rising: tuple[float, float] | None = None
        """When the step was largest so far, and how large."""

    def push(self, time_s: float, brightness: float) -> Iterator[Observation]:
        """Take the brightness of the face, 0 to 255; yield a step of light once it is over."""
        if not np.isfinite(brightness):
            return
        self._kept.append((time_s, brightness))
        while self._kept[0][0] < time_s - 3 * WINDOW_S:
            self._kept.popleft()
        before = [b for t, b in self._kept if t < time_s - 2 * WINDOW_S]
        after = [b for t, b in self._kept if t > time_s - WINDOW_S]
        if (
            len(before) < LEAST_SAMPLES
            or len(after) < LEAST_SAMPLES
            or time_s - self._told_s < 3 * WINDOW_S
        ):
            return
        was, now = float(np.median(before)), float(np.median(after))
        ratio = max(was, now, 1.0) / max(min(was, now), 1.0)
        if ratio >= STEP_RATIO and (self._rising is None or ratio > self._rising[1]):
            self._rising = (time_s, ratio)
        elif self._rising is not None:
            yield self._told(*self._rising)
            self._rising = None

    def _told(self, time_s: float, ratio: float) -> Observation:
        self._told_s = time_s
        return Observation(
            "light.step",
            time_s - WINDOW_S,
            time_s,
            ratio,
            "1",
            subject="session",
            analyser=ANALYSER,
        )
