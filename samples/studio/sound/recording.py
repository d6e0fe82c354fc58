"""A given recording in a synthetic voice's place."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import soxr
from av.error import FFmpegError
from scipy.ndimage import maximum_filter1d

from facesign.biometrics.stream import FloatArray
from facesign.errors import MediaError
from facesign.samples.studio.sound.voices import RATE_HZ, Speech, leveled

__all__ = ["phrases_of", "read_recording"]

_STEP_S = 0.01
_SPEECH_DB = -35.0
"""Relative to the recording's loud parts."""
_NOISE_DB = 8.0
"""Above the recording's own noise."""
_LEAST_PHRASE_S = 0.15


def read_recording(path: Path) -> FloatArray:
    """Read a sound file as mono at 48 kHz with a peak of 0.9, shape (n_samples,).

    Raises:
        MediaError: The file cannot be read, holds no sound or only silence.
    """
    pieces: list[FloatArray] = []
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise MediaError(path, "holds no sound track")
            to_mono = av.AudioResampler(format="flt", layout="mono")
            rate_hz = container.streams.audio[0].rate
            for frame in container.decode(audio=0):
                pieces += [piece.to_ndarray()[0] for piece in to_mono.resample(frame)]
            pieces += [piece.to_ndarray()[0] for piece in to_mono.resample(None)]
    except FFmpegError as error:
        raise MediaError(path, f"not a readable recording ({error})") from error
    samples = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
    if not samples.any():
        raise MediaError(path, "holds no sound that can be heard")
    return leveled(soxr.resample(samples, rate_hz, RATE_HZ))


def phrases_of(path: Path, *, least_pause_s: float = 0.3) -> list[tuple[float, Speech]]:
    """Cut a recording at its pauses.

    Returns:
        Each phrase's start in the recording in seconds, and the phrase, without words.

    Raises:
        MediaError: See `read_recording`.
    """
    samples = read_recording(path)
    step = round(_STEP_S * RATE_HZ)
    padded = np.pad(samples, (0, -len(samples) % step)).reshape(-1, step)
    level_db = 10 * np.log10(np.mean(np.square(padded), axis=1) + 1e-12)
    loud_db, quiet_db = np.percentile(level_db, 95), np.percentile(level_db, 5)
    # Where nothing is quiet there is no pause to cut at, and no noise to rise above.
    floor = min(max(loud_db + _SPEECH_DB, quiet_db + _NOISE_DB), loud_db - 6)
    window = max(round(least_pause_s / _STEP_S), 1) | 1
    active = level_db > floor
    bridged = maximum_filter1d(active.astype(np.int8), window)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], bridged, [0]))))
    phrases = []
    for first, last in edges.reshape(-1, 2):
        sounding = first + np.flatnonzero(active[first:last])
        begin, end = int(sounding[0]) * step, int(sounding[-1] + 1) * step
        if end - begin >= _LEAST_PHRASE_S * RATE_HZ:
            phrases.append((begin / RATE_HZ, Speech(samples[begin:end], ())))
    return phrases
