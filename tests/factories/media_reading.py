"""Read a whole file and find what was put into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, Frame, Sound, Track
from facesign.interview.media.recording import MediaProblem, open_media


def read(path: Path, **options: Any) -> tuple[list[Frame], list[Sound], dict[str, MediaProblem]]:
    with open_media(path, **options) as recording:
        items = list(recording)
    frames = [item for item in items if isinstance(item, Frame)]
    sounds = [item for item in items if isinstance(item, Sound)]
    return frames, sounds, {problem.code: problem for problem in recording.problems}


def click_times_s(sounds: list[Sound], n_clicks: int, track: Track = "mixed") -> list[float]:
    """Times of the n largest peaks at least 50 ms apart, in order."""
    pieces = [piece for piece in sounds if piece.track == track]
    times_s = np.concatenate(
        [piece.time_s + np.arange(len(piece.samples)) / SAMPLE_RATE_HZ for piece in pieces]
    )
    loudness = np.abs(np.concatenate([piece.samples for piece in pieces]))
    found = []
    for _ in range(n_clicks):
        peak = int(np.argmax(loudness))
        found.append(float(times_s[peak]))
        loudness[max(peak - 800, 0) : peak + 800] = 0
    return sorted(found)
