"""What a row of signals should say, from the truth of a rendered interview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.stream import TimeArray
from facesign.samples.truth import Movement

CLASSES = ("positive", "negative", "surprise", "other")
LEAST_AMPLITUDE = 0.15
"""Weaker movements are neither taught nor counted."""
CHANNEL_SHARE = 0.3
"""Of the strongest: weaker channels of a movement need not be named."""
APEX_SD_S = 0.035

_INDEX = {channel.name: i for i, channel in enumerate(CHANNELS)}


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Targets of each row, float32."""

    inside: npt.NDArray[np.float32]
    """1 within a brief movement, shape (n_rows,)."""
    weight: npt.NDArray[np.float32]
    """0 where the row teaches nothing, shape (n_rows,)."""
    apex: npt.NDArray[np.float32]
    """A bump of height 1 around each apex, shape (n_rows,)."""
    edges_s: npt.NDArray[np.float32]
    """Time since onset and to offset, shape (n_rows, 2); NaN outside."""
    channels: npt.NDArray[np.float32]
    """1 for each channel that moves, shape (n_rows, 44)."""
    kind: npt.NDArray[np.int64]
    """Index of the class, -1 outside, shape (n_rows,)."""


def labels_of(time_s: TimeArray, movements: Sequence[Movement]) -> Labels:
    """Return the targets at some times.

    Args:
        time_s: Shape (n_rows,).
        movements: The brief movements of the take.
    """
    n = len(time_s)
    inside, weight = np.zeros(n, np.float32), np.ones(n, np.float32)
    apex, edges = np.zeros(n, np.float32), np.full((n, 2), np.nan, np.float32)
    channels, kind = np.zeros((n, len(CHANNELS)), np.float32), np.full(n, -1)
    for move in movements:
        rows = (time_s >= move.onset_s - 1e-6) & (time_s <= move.offset_s + 1e-6)
        if move.amplitude < LEAST_AMPLITUDE:
            weight[rows] = 0
            continue
        inside[rows] = 1
        bump = np.exp(-0.5 * ((time_s - move.apex_s) / APEX_SD_S) ** 2)
        apex = np.maximum(apex, bump.astype(np.float32))
        edges[rows, 0] = time_s[rows] - move.onset_s
        edges[rows, 1] = move.offset_s - time_s[rows]
        strongest = max(move.channels.values())
        for name, amplitude in move.channels.items():
            if amplitude >= CHANNEL_SHARE * strongest:
                channels[rows, _INDEX[name]] = 1
        kind[rows] = CLASSES.index(move.name)
    return Labels(inside, weight, apex, edges, channels, kind)
