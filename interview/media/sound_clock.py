"""Decoded sound to 16 kHz pieces at their presentation times, without drift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import soxr

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.interview.media.clock import Timeline

__all__ = ["Piece", "SoundClock"]

Piece: TypeAlias = tuple[float, FloatArray]
"""Time of the first sample in seconds, and mono samples at 16 kHz."""

PIECE_SAMPLES = 1600
"""0.1 s."""
JUMP_S = 0.04
"""A packet this far off the count of samples is a gap or an overlap: more than any
container's rounding, less than an ear or a lip notices."""
DRIFT_S = 0.01
"""A mean offset this large over about a second is a clock that runs slow or fast."""
DRIFT_OVER_S = 1.0


class SoundClock:
    """Count samples between gaps, and trust the container's times across them.

    Within a run, time is the start of the run plus samples over rate, so nothing drifts
    and packet times rounded to a millisecond do no harm. A run ends where a packet lies
    40 ms or more off that count, where the packets of about a second lie 10 ms off in the
    mean, or where the rate changes; the next run starts at the packet's own time. Sound
    that overlaps what was given already is left out, so pieces never go back in time.
    """

    def __init__(self) -> None:
        self.gaps = 0
        self.gap_s = 0.0
        self.repaired = 0
        self._timeline = Timeline()
        self._run: _Run | None = None
        self._drift_s = 0.0

    @property
    def end_s(self) -> float | None:
        """Time at the end of the sound pushed so far; None before the first."""
        return None if self._run is None else self._run.end_s

    def push(self, samples: FloatArray, rate_hz: int, time_s: float | None) -> Iterator[Piece]:
        """Take one packet's sound; yield the pieces that it completed.

        Args:
            samples: Mono, shape (n_samples,), at rate_hz.
            rate_hz: Sampling rate of this packet.
            time_s: Presentation time of the first sample, None where unknown.
        """
        if self._run is None:
            self._run = _Run(self._timeline.place(time_s, None) or 0.0, rate_hz)
        start_s = self._new_start(self._run, len(samples), rate_hz, time_s)
        if start_s is not None:
            n_overlap = round((self._run.end_s - start_s) * rate_hz)
            if n_overlap >= len(samples):
                return
            yield from self._run.finish()
            self._run = _Run(max(start_s, self._run.end_s), rate_hz)
            samples = samples[max(n_overlap, 0) :]
        yield from self._run.push(samples)

    def finish(self) -> Iterator[Piece]:
        """Yield the last, shorter pieces."""
        if self._run is not None:
            yield from self._run.finish()

    def _new_start(
        self, run: _Run, n_samples: int, rate_hz: int, time_s: float | None
    ) -> float | None:
        """Return where a new run has to start, None while this one goes on."""
        expected_s = run.end_s
        placed_s = self._timeline.place(time_s, expected_s)
        if placed_s is None:
            self.repaired += 1
            placed_s = expected_s
        late_s = placed_s - expected_s
        self._drift_s += (late_s - self._drift_s) * min(n_samples / rate_hz / DRIFT_OVER_S, 1.0)
        if late_s >= JUMP_S:
            self.gaps += 1
            self.gap_s += late_s
        elif abs(late_s) >= JUMP_S or abs(self._drift_s) >= DRIFT_S:
            self.repaired += 1
            placed_s = placed_s if abs(late_s) >= JUMP_S else expected_s + self._drift_s
        elif rate_hz == run.rate_hz:
            return None
        self._drift_s = 0.0
        return placed_s


class _Run:
    """Sound without a gap at one rate."""

    def __init__(self, start_s: float, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._start_s = start_s
        self._n_in = 0
        self._n_out = 0
        self._resampler = (
            None if rate_hz == SAMPLE_RATE_HZ else soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1)
        )
        self._waiting = np.empty(0, np.float32)

    @property
    def end_s(self) -> float:
        return self._start_s + self._n_in / self.rate_hz

    def push(self, samples: FloatArray) -> Iterator[Piece]:
        self._n_in += len(samples)
        yield from self._pieces(self._resample(samples, last=False))

    def finish(self) -> Iterator[Piece]:
        yield from self._pieces(self._resample(np.empty(0, np.float32), last=True))
        if len(self._waiting):
            yield self._piece(self._waiting)
            self._waiting = np.empty(0, np.float32)

    def _resample(self, samples: FloatArray, *, last: bool) -> FloatArray:
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples, last=last)
        return np.clip(samples, -1.0, 1.0)

    def _pieces(self, samples: FloatArray) -> Iterator[Piece]:
        waiting = np.concatenate([self._waiting, samples])
        n_whole = len(waiting) // PIECE_SAMPLES * PIECE_SAMPLES
        self._waiting = waiting[n_whole:]
        for first in range(0, n_whole, PIECE_SAMPLES):
            yield self._piece(waiting[first : first + PIECE_SAMPLES])

    def _piece(self, samples: FloatArray) -> Piece:
        time_s = self._start_s + self._n_out / SAMPLE_RATE_HZ
        self._n_out += len(samples)
        return time_s, samples
