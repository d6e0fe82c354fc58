"""Sound of a record as a curve: how loud it is in each of many short stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.errors import MediaError

if TYPE_CHECKING:
    from facesign.interview.record.stream import RecordStream

__all__ = ["BINS_PER_S", "waveform"]

BINS_PER_S = 20
MOST_BINS = 144_000
"""Two hours."""
_RATE_HZ = 8000


def waveform(stream: RecordStream) -> list[int]:
    """Return the peak of every 50 ms, from 0 to 255; empty where there is no sound.

    Raises:
        MediaError: the stream cannot be decoded.
    """
    import av

    peaks: FloatArray = np.zeros(0, dtype=np.float32)
    n_bins = 0
    try:
        with av.open(stream, mode="r", metadata_errors="ignore") as container:
            if not container.streams.audio:
                return []
            plain = av.AudioResampler("s16", "mono", _RATE_HZ)
            for frame in container.decode(container.streams.audio[0]):
                for piece in plain.resample(frame):
                    time_s, samples = piece.time or 0.0, piece.to_ndarray()[0]
                    peaks = _raised(peaks, time_s, samples)
                    n_bins = int((time_s + len(samples) / _RATE_HZ) * BINS_PER_S)
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(stream.name, f"cannot be decoded: {error}") from error
    peaks = peaks[:n_bins]
    loudest = float(peaks.max(initial=0.0)) or 1.0
    return [int(peak) for peak in np.round(255.0 * peaks / loudest)]


def _raised(peaks: FloatArray, time_s: float, samples: npt.NDArray[np.int16]) -> FloatArray:
    """Raise the peaks of the stretches that some samples lie in."""
    at_s = time_s + np.arange(len(samples)) / _RATE_HZ
    bins = np.clip((at_s * BINS_PER_S).astype(int), 0, MOST_BINS - 1)
    if len(samples) and bins[-1] >= len(peaks):
        longer = np.zeros(max(int(bins[-1]) + 1, 2 * len(peaks)), dtype=np.float32)
        longer[: len(peaks)] = peaks
        peaks = longer
    np.maximum.at(peaks, bins, np.abs(samples.astype(np.float32)))
    return peaks
