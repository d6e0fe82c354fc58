"""Turn speech probabilities and levels into runs of speech, as they come in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from facesign.biometrics.stream import TimeArray
from facesign.biometrics.voice.edges import NoiseFloor, first_loud, last_loud

__all__ = ["FRAMES_PER_CHUNK", "Run", "Segmenter"]

FRAMES_PER_CHUNK = 4
"""Levels of 8 ms beside each probability of 32 ms."""
# Silero's own hysteresis (snakers4/silero-vad, get_speech_timestamps).
_OPENS_AT = 0.5
_CLOSES_BELOW = 0.35
_CLOSING_CHUNKS = 2
_CLOSING_FRAMES = _CLOSING_CHUNKS * FRAMES_PER_CHUNK
_SILENT_BELOW = 0.1
_EARLIER_FRAMES = 12
"""How far before its first chunk speech may have begun: 96 ms."""
_ONSET_FRAMES = 4 * FRAMES_PER_CHUNK
"""Speech that has to be heard before its onset is placed: 128 ms."""
_TAIL_FRAMES = 28
"""How far before the detector's close speech may have ended: 224 ms."""
_LAG_FRAMES = 7
"""By how much the detector closes late, as a rule: 56 ms (docs/voice.md)."""
_KEPT_FRAMES = 256
_LEAST_FRAMES = 12
_CUT_WINDOW_FRAMES = 125
_SMOOTH_FRAMES = 5


@dataclass(frozen=True, slots=True)
class Run:
    """A run of speech, in frames of 8 ms from the start of the stretch."""

    start: int
    end: int
    noise_db: float | None
    """Level of the silence around it; None where there was none yet."""
    continues: bool = False
    """Cut for its length: the speech goes on in the next run."""


class Segmenter:
    """Open and close runs by hysteresis, place their edges by energy, join short gaps.

    Args:
        min_pause: Frames; runs closer than this are one.
        max_run: Frames; a longer run is cut where its last second is quietest.
    """

    def __init__(self, min_pause: int, max_run: int) -> None:
        self._min_pause = min_pause
        self._max_run = max_run
        self._levels: deque[float] = deque(maxlen=_KEPT_FRAMES)
        self._noise = NoiseFloor()
        self._n_frames = 0
        self._n_below = 0
        self._heard: int | None = None
        self._onset: int | None = None
        self._start: int | None = None
        self._end: int | None = None

    @property
    def run_start(self) -> int | None:
        """First frame of the run that is open or may still be continued."""
        return self._start

    @property
    def run_end(self) -> int | None:
        """End of that run as far as it is known; None while somebody speaks."""
        return self._end

    @property
    def decided(self) -> int:
        """Frame up to which it is certain who spoke and who did not."""
        if self._end is not None:
            return self._end
        if self._start is not None:
            return max(self._start, self._n_frames - _TAIL_FRAMES - _CLOSING_FRAMES)
        heard = self._n_frames if self._heard is None else self._heard
        return max(0, heard - _EARLIER_FRAMES)

    def push(self, probability: float, levels: TimeArray) -> Iterator[Run]:
        """Take one chunk.

        Args:
            probability: Of speech in the chunk, 0 to 1.
            levels: dB of its frames, shape (4,).
        """
        self._levels.extend(levels.tolist())
        self._n_frames += len(levels)
        if probability < _SILENT_BELOW:
            self._noise.push(levels.tolist())
        if self._heard is None:
            if probability >= _OPENS_AT:
                self._heard, self._n_below = self._n_frames - len(levels), 0
        else:
            self._n_below = self._n_below + 1 if probability < _CLOSES_BELOW else 0
        if self._heard is None:
            yield from self._flush_if_over()
        elif self._n_below == _CLOSING_CHUNKS:
            yield from self._close(self._heard, self._n_frames - _CLOSING_FRAMES)
        else:
            yield from self._go_on(self._heard)

    def finish(self) -> Iterator[Run]:
        """Close what is open at the end of the stretch."""
        if self._heard is not None:
            n_quiet = self._n_below * FRAMES_PER_CHUNK
            yield from self._close(self._heard, self._n_frames - n_quiet)
        yield from self._flush()

    def _go_on(self, heard: int) -> Iterator[Run]:
        if self._onset is None and self._n_frames - heard >= _ONSET_FRAMES:
            yield from self._open(self._find_onset(heard))
        if self._start is not None and self._end is None:
            if self._n_frames - self._start >= self._max_run:
                yield self._cut(self._start)

    def _open(self, onset: int) -> Iterator[Run]:
        """Continue the run before, or emit it and start another."""
        if self._end is not None and onset - self._end >= self._min_pause:
            yield from self._flush()
        if self._start is None:
            self._start = onset
        self._onset, self._end = onset, None

    def _close(self, heard: int, heard_end: int) -> Iterator[Run]:
        onset = self._find_onset(heard) if self._onset is None else self._onset
        end = self._find_offset(onset, heard_end)
        if self._onset is None and end - onset >= _LEAST_FRAMES:
            yield from self._open(onset)
        if self._onset is not None:
            self._end = max(end, self._start or 0)
        self._heard = self._onset = None

    def _flush_if_over(self) -> Iterator[Run]:
        earliest_onset = self._n_frames - _EARLIER_FRAMES
        if self._end is not None and earliest_onset - self._end >= self._min_pause:
            yield from self._flush()

    def _flush(self) -> Iterator[Run]:
        if self._start is not None and self._end is not None and self._end > self._start:
            yield Run(self._start, self._end, self._noise.level_db)
        self._start = self._end = None

    def _cut(self, start: int) -> Run:
        last = self._n_frames - _TAIL_FRAMES - _CLOSING_FRAMES
        first = max(start + 1, last - _CUT_WINDOW_FRAMES)
        levels = self._window(first, last)
        smooth = np.convolve(levels, np.ones(_SMOOTH_FRAMES) / _SMOOTH_FRAMES, mode="same")
        inner = smooth[_SMOOTH_FRAMES:-_SMOOTH_FRAMES]
        self._start = first + _SMOOTH_FRAMES + int(np.argmin(inner))
        return Run(start, self._start, self._noise.level_db, continues=True)

    def _find_onset(self, heard: int) -> int:
        first = max(heard - _EARLIER_FRAMES, self._end or 0, 0)
        levels = self._window(first, heard + _ONSET_FRAMES)
        index = first_loud(levels, self._noise.ceiling_db)
        return max(heard, first) if index is None else first + index

    def _find_offset(self, onset: int, heard_end: int) -> int:
        first = max(heard_end - _TAIL_FRAMES, onset)
        levels = self._window(first, heard_end + _CLOSING_FRAMES)
        index = last_loud(levels, self._noise.ceiling_db)
        if index is None:
            return max(onset, heard_end - _LAG_FRAMES)
        return first + index + 1

    def _window(self, first: int, end: int) -> TimeArray:
        base = self._n_frames - len(self._levels)
        return np.fromiter(islice(self._levels, first - base, end - base), dtype=np.float64)
