"""When somebody speaks: Silero's voice activity, with boundaries refined by energy."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, BoolArray, FloatArray, Sound, TimeArray
from facesign.biometrics.voice.continuity import Joiner
from facesign.biometrics.voice.detector import CHUNK, SpeechDetector
from facesign.biometrics.voice.levels import levels_db
from facesign.biometrics.voice.segmenter import FRAMES_PER_CHUNK, Run, Segmenter

__all__ = ["HISTORY_S", "LATENESS_S", "MAX_SPEECH_S", "MIN_PAUSE_S", "Activity", "Speech"]

MIN_PAUSE_S = 0.25
"""Shorter silences are articulation, longer ones pauses (Goldman-Eisler 1968; of the
thresholds that de Jong and Bosker 2013 tried, this one told fluency best)."""
MAX_SPEECH_S = 20.0
"""A longer run is cut at its quietest instant, which bounds memory and lateness."""
HISTORY_S = 10.0
"""How far back `Activity.speaking_at` remembers."""
LATENESS_S = 0.6
"""`Activity.analysed_until_s` is never further behind the sound than this."""

_FRAME = CHUNK // FRAMES_PER_CHUNK
_FRAME_S = _FRAME / SAMPLE_RATE_HZ
# 16-bit rounding and comfort noise: nobody speaks down there, and the detector costs most.
_INAUDIBLE_DB = -75.0


@dataclass(frozen=True, slots=True)
class Speech:
    """Somebody speaks, without a pause of 0.25 s or more."""

    start_s: float
    end_s: float
    noise_db: float | None = None
    """Level of the silence around it, dB relative to full scale; None before any silence."""
    continues: bool = False
    """Cut after 20 s: the next Speech starts where this one ends."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


class Activity:
    """Find the runs of speech on one track.

    Results depend on the samples and on where sound is missing, not on the pieces in
    which it comes. No run crosses a hole; after `finish`, more sound opens a new stretch.
    """

    def __init__(self) -> None:
        self._detector = SpeechDetector()
        self._joiner = Joiner()
        self._history: deque[Speech] = deque()
        self._n_chunks = 0
        self._rest: FloatArray = np.zeros(0, dtype=np.float32)
        self._segmenter = _new_segmenter()
        self._analysed_until_s = -np.inf

    @property
    def analysed_until_s(self) -> float:
        """Media time up to which it is certain when somebody spoke; -inf before any sound."""
        return self._analysed_until_s

    @property
    def open_since_s(self) -> float:
        """Earliest time at which a Speech still to come may start."""
        start = self._segmenter.run_start
        return self._analysed_until_s if start is None else self._time_of(start)

    def speaking_at(self, times_s: TimeArray) -> BoolArray:
        """Tell at which times somebody spoke.

        Args:
            times_s: Seconds, shape (n_times,), within the last 10 s and not after
                `analysed_until_s`; at other times the answer is False.

        Returns:
            Shape (n_times,).
        """
        speaking = np.zeros(len(times_s), dtype=np.bool_)
        for speech in self._history:
            speaking |= (times_s >= speech.start_s) & (times_s < speech.end_s)
        start = self._segmenter.run_start
        if start is not None:
            speaking |= times_s >= self._time_of(start)
        end = self._segmenter.run_end
        until = self._analysed_until_s if end is None else self._time_of(end)
        return speaking & (times_s < min(until, self._analysed_until_s))

    def push(self, sound: Sound) -> Iterator[Speech]:
        """Take the next sound of the track and yield the runs of speech that ended."""
        if self._joiner.is_after_hole(sound):
            yield from self.finish()
        samples = np.concatenate([self._rest, self._joiner.join(sound)])
        n_whole = len(samples) // CHUNK * CHUNK
        self._rest = samples[n_whole:].copy()
        for first in range(0, n_whole, CHUNK):
            yield from self._analyse(samples[first : first + CHUNK])

    def finish(self) -> Iterator[Speech]:
        """Close the stretch and yield the speech that was still open."""
        if len(self._rest):
            padded = np.pad(self._rest, (0, CHUNK - len(self._rest)))
            self._rest = self._rest[:0]
            yield from self._analyse(padded)
        yield from self._remember(self._segmenter.finish())
        self._analysed_until_s = max(self._analysed_until_s, self._joiner.end_s)
        self._joiner = Joiner()
        self._segmenter = _new_segmenter()
        self._detector.reset()

    def _analyse(self, chunk: FloatArray) -> Iterator[Speech]:
        levels = levels_db(chunk, _FRAME)
        audible = levels.max() > _INAUDIBLE_DB
        probability = self._detector.probability(chunk) if audible else 0.0
        yield from self._remember(self._segmenter.push(probability, levels))
        decided_s = min(self._time_of(self._segmenter.decided), self._joiner.end_s)
        self._analysed_until_s = max(self._analysed_until_s, decided_s)

    def _remember(self, runs: Iterable[Run]) -> Iterator[Speech]:
        for run in runs:
            end_s = min(self._time_of(run.end), self._joiner.end_s)
            speech = Speech(self._time_of(run.start), end_s, run.noise_db, run.continues)
            self._history.append(speech)
            while self._history[0].end_s < end_s - HISTORY_S:
                self._history.popleft()
            yield speech

    def _time_of(self, frame: int) -> float:
        return self._joiner.time_of(frame * _FRAME)


def _new_segmenter() -> Segmenter:
    return Segmenter(min_pause=_frames(MIN_PAUSE_S), max_run=_frames(MAX_SPEECH_S))


def _frames(seconds: float) -> int:
    return int(np.ceil(seconds / _FRAME_S))
